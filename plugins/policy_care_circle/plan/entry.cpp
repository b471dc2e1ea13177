#include "plan/entry.h"

#include <algorithm>
#include <set>

#include "plan/approaches.h"
#include "plan/calendar.h"
#include "plan/forgetting.h"
#include "plan/identity.h"
#include "plan/recipients.h"
#include "plan/review.h"
#include "plan/steps.h"
#include "plan/traits.h"

namespace care_circle {
using namespace gateway;

namespace {

class Facts {
public:
    explicit Facts(RegisterEntry& entry) : entry_(entry) {}
    void add(std::string_view name, std::string_view value) {
        if (!value.empty()) entry_.facts.emplace_back(name, value);
    }

private:
    RegisterEntry& entry_;
};

std::string coordinatorId(const Edition& edition, const Member& referent) {
    for (const auto& [scheme, value] : referent.identifiers)
        if (scheme == "rpps") return value;
    return normalised(edition.referent());
}

std::string exitReason(Node plan) {
    for (const Node part : extensionOf(plan, "exit").children())
        if (part.name() == "extension" && part.child("url").text() == "reason")
            return std::string(codeOf(part.child("value"), "pps-exit-reason"));
    return {};
}

std::string gpOf(const Edition& edition) {
    for (const Member& member : edition.circle.members())
        if (member.has("MEDECIN_TRAITANT"))
            if (const Partner* const partner = reachedAs(member, edition)) return partner->name;
    return {};
}

/// Agreed and begun; proposals are nobody's yet.
std::string actionsUnderWay(const Bundle& bundle) {
    const std::vector<Node> requests = bundle.all("ServiceRequest");
    return std::to_string(std::count_if(requests.begin(), requests.end(), [](const Node request) {
        return request.child("status").text() == "active" &&
               request.child("intent").text() != "proposal";
    }));
}

void addDates(const Edition& edition, Facts& facts) {
    const Node period = edition.bundle.plan().child("period");
    std::string opened(period.child("start").text().substr(0, 10));
    if (opened.empty() && edition.known) opened = edition.known->fact(fact::kOpened);
    facts.add(fact::kOpened, opened.empty() ? edition.date : opened);
    if (!edition.closes() && !edition.isMistake()) return;
    const std::string_view end = period.child("end").text().substr(0, 10);
    facts.add(fact::kClosed, end.empty() ? std::string_view(edition.date) : end);
    facts.add(fact::kExit, exitReason(edition.bundle.plan()));
    if (edition.saysDeath()) facts.add(fact::kDied, "yes");
}

void addRefusals(const Edition& edition, Facts& facts) {
    if (edition.sharingRefused()) facts.add(fact::kSharing, "refused");
    std::set<std::string> kinds(edition.circle.refusedKinds().begin(),
                                edition.circle.refusedKinds().end());
    std::set<std::string> ids;
    for (const Member& member : edition.circle.refused())
        for (const auto& [scheme, value] : member.identifiers) ids.insert(scheme + "|" + value);
    if (!edition.isNew()) {
        for (const auto kind : factsOf(*edition.known, fact::kRefusedKind)) kinds.emplace(kind);
        for (const auto id : factsOf(*edition.known, fact::kRefusedId)) ids.emplace(id);
    }
    for (const std::string& kind : kinds) facts.add(fact::kRefusedKind, kind);
    for (const std::string& id : ids) facts.add(fact::kRefusedId, id);
}

void addLabels(const Edition& edition, const Outcome& outcome, const std::string& coordinator,
               RegisterEntry& entry) {
    const std::string_view network = edition.question.network();
    const Node patient = edition.bundle.patient();
    if (!coordinator.empty()) entry.labels.push_back(label::coordinator(network, coordinator));
    if (const std::string_view sector = entry.fact(fact::kSector); !sector.empty())
        entry.labels.push_back(label::sector(network, sector));
    entry.labels.push_back(label::identifier(entry.fact(fact::kSystem), entry.fact(fact::kNumber)));
    if (isOpen(entry.state)) {
        entry.labels.push_back(label::open(network));
        if (outcome.review) entry.labels.push_back(label::review(outcome.review->substr(0, 7)));
    }
    const Identity identity =
        identityOf(patient, edition.question.rules, edition.question.source());
    if (identity.qualified()) {
        entry.labels.push_back(label::ins(identity.insOid, identity.ins));
        entry.facts.emplace_back(fact::kInsOid, identity.insOid);
    }
    if (const auto traits = traitsOf(patient)) entry.labels.push_back(label::traits(*traits));
    for (const std::string& family : familiesOf(patient))
        entry.labels.push_back(label::named(family, patient.child("birthDate").text()));
    entry.subjects = identity.subjects;
}

}  // namespace

void setFact(RegisterEntry& entry, std::string_view name, const std::vector<std::string>& values) {
    std::erase_if(entry.facts, [&](const auto& one) { return one.first == name; });
    for (const std::string& value : values) entry.facts.emplace_back(name, value);
}

std::vector<std::string> barredOf(const std::vector<std::string>& refused,
                                  const std::vector<Membership>& members) {
    std::set<std::string> barred(refused.begin(), refused.end());
    for (const Membership& one : members)
        if (one.hasLeft()) barred.insert(one.partner);
    return {barred.begin(), barred.end()};
}

void setTimer(RegisterEntry& entry) {
    entry.due.reset();
    entry.dueReason.clear();
    const auto earliest = [&](calendar::Day day, std::string_view why) {
        const Time at = calendar::begin(day);
        if (entry.due && *entry.due <= at) return;
        entry.due = at;
        entry.dueReason = why;
    };
    if (const auto review = calendar::read(entry.fact(fact::kReview)))
        if (const ReviewStage* const next = stageAfter(entry.fact(fact::kAsked)))
            earliest(*review + std::chrono::days(next->days), "review");
    for (const Membership& one : membersOf(entry))
        if (const auto until = calendar::read(one.until); until && !one.hasLeft())
            earliest(*until + std::chrono::days(1), "leaving");
}

RegisterChange entryOf(const Edition& edition, const Outcome& outcome) {
    RegisterEntry entry;
    entry.key = edition.key;
    entry.network = edition.question.network();
    entry.edition = edition.name;
    entry.state = edition.status;
    entry.barred = barredOf({outcome.refused.begin(), outcome.refused.end()}, outcome.members);
    Facts facts(entry);
    const PlanName plan = edition.plan();
    const Node care = edition.bundle.plan();
    const Member referent =
        edition.circle.memberOf(care.child("contributor").child("reference").text());
    const std::string coordinator = coordinatorId(edition, referent);
    facts.add(fact::kNumber, plan.number);
    facts.add(fact::kSystem, plan.system);
    facts.add(fact::kPatient, plan.patient);
    facts.add(fact::kCoordinator, edition.referent());
    facts.add(fact::kCoordinatorId, coordinator);
    facts.add(fact::kSector, extensionOf(care, "sector").text());
    addDates(edition, facts);
    if (outcome.review) {
        facts.add(fact::kReview, *outcome.review);
        if (edition.known && edition.known->fact(fact::kReview) == *outcome.review)
            facts.add(fact::kAsked, edition.known->fact(fact::kAsked));
    }
    facts.add(fact::kActions, actionsUnderWay(edition.bundle));
    facts.add(fact::kMessage, edition.question.about.get("message"));
    facts.add(fact::kGp, gpOf(edition));
    for (const Membership& one : outcome.members) facts.add(fact::kMember, written(one));
    addRefusals(edition, facts);
    for (const std::string& other : outcome.samePerson) facts.add(fact::kSamePerson, other);
    for (const std::string& line : outcome.seen) facts.add(fact::kSeen, line);
    for (const Finding& finding : outcome.findings)
        facts.add(fact::kReport, finding.text.in(Spoken::french));
    for (const std::string& session : outcome.sessions) facts.add(fact::kSession, session);
    for (const Approach& one : approachesIn(edition.bundle))
        facts.add(fact::kApproach, written(one));
    // A plan that was a mistake means nobody any more.
    if (edition.isMistake())
        entry.subjects = {"mistake|" + edition.key};
    else
        addLabels(edition, outcome, coordinator, entry);
    if (isOpen(entry.state))
        setTimer(entry);
    else
        forgetLater(entry, edition.question);
    RegisterChange change{std::move(entry), edition.order};
    change.expected = edition.known ? edition.known->revision : 0;
    return change;
}

}  // namespace care_circle
