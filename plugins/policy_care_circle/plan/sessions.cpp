#include "plan/sessions.h"

#include <set>

namespace care_circle {
namespace {
using namespace gateway;

bool isPlanned(std::string_view status) {
    return status == "proposed" || status == "pending" || status == "booked" ||
           status == "waitlist";
}

std::string spelled(Node identifier) {
    return std::string(identifier.child("system").text()) + "|" +
           std::string(identifier.child("value").text());
}

bool isOfCarer(Node resource) { return static_cast<bool>(extensionOf(resource, "beneficiary")); }

/// Also by the problem or the goal that it is for.
bool concernsCarer(Node action, const Bundle& bundle) {
    const auto leadsToCarer = [&](Node from, std::string_view name) {
        for (const Node child : from.children())
            if (child.name() == name && isOfCarer(bundle.at(child.child("reference").text())))
                return true;
        return false;
    };
    if (isOfCarer(action) || leadsToCarer(action, "reasonReference")) return true;
    for (const Node child : action.children()) {
        if (!child.child("url").text().ends_with("resource-pertainsToGoal")) continue;
        const Node goal = bundle.referred(child, "value");
        if (isOfCarer(goal) || leadsToCarer(goal, "addresses")) return true;
    }
    return false;
}

ComingSession sessionIn(Node appointment, const Bundle& bundle) {
    const bool hours = static_cast<bool>(appointment.child("start"));
    const Node period = hours ? appointment : appointment.child("requestedPeriod");
    const Node action = bundle.referred(appointment, "basedOn");
    ComingSession one;
    one.url = appointment.parent().child("fullUrl").text();
    one.id = spelled(appointment.child("identifier"));
    one.from = period.child("start").text();
    one.to = period.child("end").text();
    one.what = appointment.child("description").text();
    one.action = appointment.child("basedOn").child("reference").text();
    if (action) one.actionId = spelled(action.child("identifier"));
    one.carer = concernsCarer(action, bundle);
    return one;
}

/// A session without a date may always be to come.
bool isOver(const ComingSession& one, const std::string& last) {
    return !one.from.empty() && one.from.substr(0, 10) < last;
}

}  // namespace

Sessions::Sessions(const Edition& edition) {
    const std::string last = edition.lastDay();
    read(edition, last);
    if (edition.known) compare(edition, last);
}

void Sessions::read(const Edition& edition, const std::string& last) {
    for (const Node appointment : edition.bundle.all("Appointment")) {
        if (!isPlanned(appointment.child("status").text())) continue;
        ComingSession one = sessionIn(appointment, edition.bundle);
        if (isOver(one, last)) continue;
        if (edition.saysDeath())
            ended_.push_back(appointment);
        else
            coming_.push_back(std::move(one));
    }
}

void Sessions::compare(const Edition& edition, const std::string& last) {
    std::set<std::string> here;
    for (const std::string_view type : {"Appointment", "Procedure"})
        for (const Node session : edition.bundle.all(type)) {
            here.insert(spelled(session.child("identifier")));
            here.emplace(session.parent().child("fullUrl").text());
        }
    for (ComingSession& one : sessionsOf(*edition.known)) {
        if (here.contains(one.url) || here.contains(one.id) || isOver(one, last)) continue;
        if (!one.gone.empty() && one.gone != edition.name) continue;  // told before
        // Filters know a carer's session by its action alone.
        if (one.carer && !concernsCarer(edition.bundle.at(one.action), edition.bundle)) continue;
        one.gone = edition.name;
        gone_.push_back(std::move(one));
    }
}

std::vector<std::string> Sessions::facts() const {
    std::vector<std::string> all;
    for (const std::vector<ComingSession>* some : {&coming_, &gone_})
        for (const ComingSession& one : *some) all.push_back(written(one));
    return all;
}

}  // namespace care_circle
