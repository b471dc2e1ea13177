#include "plan/handed_over.h"

#include <algorithm>
#include <map>

#include "plan/calendar.h"
#include "plan/recipients.h"
#include "plan/steps.h"

namespace care_circle {
using namespace gateway;

namespace {

const Partner* recipientOf(Node reference, const Edition& edition) {
    const std::string_view url = reference.child("reference").text();
    const Node resource = edition.bundle.at(url);
    if (!resource) return nullptr;
    if (resource.type() != "Patient") return reachedAs(edition.circle.memberOf(url), edition);
    const auto& all = edition.question.partners.all();
    const auto patient = std::find_if(all.begin(), all.end(),
                                      [](const Partner& one) { return one.category == "patient"; });
    return patient == all.end() ? nullptr : &*patient;
}

/// Partner → last day.
std::map<std::string, std::string, std::less<>> handedOver(const Edition& edition) {
    std::map<std::string, std::string, std::less<>> days;
    for (const Node sent : edition.bundle.all("Communication")) {
        const auto day = calendar::read(sent.child("sent").text());
        if (!day || sent.child("status").text() != "completed") continue;
        for (const Node child : sent.children()) {
            if (child.name() != "recipient") continue;
            const Partner* const partner = recipientOf(child, edition);
            if (!partner) continue;
            std::string& last = days[partner->name];
            last = std::max(last, calendar::write(*day));
        }
    }
    return days;
}

/// Nobody hands an older edition to the person when a newer one is there.
bool isReplaced(const Register::Waiting& one, const Edition& edition, const Outcome& outcome) {
    const Partner* const partner = edition.question.partners.find(one.partner);
    if (!partner || partner->category != "patient" || one.edition == edition.name) return false;
    const auto& all = outcome.decisions.recipients;
    return std::any_of(all.begin(), all.end(), [&](const Decision& decision) {
        return decision.send && decision.partner == one.partner;
    });
}

}  // namespace

std::string handedOverOn(const Edition& edition, std::string_view partner) {
    const auto days = handedOver(edition);
    const auto found = days.find(partner);
    const bool toCome = found != days.end() && found->second > edition.question.today();
    return found == days.end() || toCome ? std::string() : found->second;
}

void settleHandedOver(const Edition& edition, Outcome& outcome) {
    if (!edition.known || edition.isLate()) return;
    const auto days = handedOver(edition);
    for (const Register::Waiting& one : edition.question.plans.waiting(edition.key)) {
        if (one.state != DeliveryState::offered) continue;
        const auto day = days.find(one.partner);
        const bool settled = day != days.end() && day->second <= edition.question.today() &&
                             day->second >= toText(one.since).substr(0, 10);
        if (!settled && !isReplaced(one, edition, outcome)) continue;
        DeliveryEnd end;
        end.plan = edition.key;
        end.partner = one.partner;
        end.edition = one.edition;
        end.reason = {"closed: a newer edition is to be handed over",
                      "clos : une édition plus récente est à remettre"};
        if (settled) {
            end.state = DeliveryState::delivered;
            end.at = std::max(one.since, calendar::begin(*calendar::read(day->second)));
            end.reason = say("handed over on {0}, as the network recorded it",
                             "remis le {1}, comme le réseau l'a noté",
                             {day->second, frenchDate(day->second)});
        }
        outcome.decisions.ends.push_back(std::move(end));
    }
}

}  // namespace care_circle
