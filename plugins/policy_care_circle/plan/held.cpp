#include <algorithm>
#include <set>

#include "plan/identity.h"
#include "plan/plan.h"
#include "plan/recipients.h"
#include "plan/steps.h"

namespace care_circle {
using namespace gateway;

namespace {

const Reason kClosed{
    "closed: a newer edition, which is held, refuses this recipient or somebody whom nobody knows",
    "clos : une édition plus récente, retenue, refuse ce destinataire ou quelqu'un que personne ne "
    "connaît"};

/// Whether nothing of the plan may go to anybody: also when somebody is refused and nobody can say
/// who.
bool refusesEverybody(const Edition& edition) {
    return edition.sharingRefused() || edition.circle.refusesSomebodyUnknown();
}

void add(RegisterEntry& entry, std::string_view name, const std::string& value) {
    const auto all = factsOf(entry, name);
    if (std::find(all.begin(), all.end(), value) == all.end())
        entry.facts.emplace_back(name, value);
}

/// What stood, and the refusals of the edition beside those that stood.
RegisterEntry withRefusals(const Edition& edition, const std::set<std::string>& refused) {
    RegisterEntry entry = *edition.known;
    std::set<std::string> barred(entry.barred.begin(), entry.barred.end());
    barred.insert(refused.begin(), refused.end());
    entry.barred.assign(barred.begin(), barred.end());
    if (refusesEverybody(edition)) add(entry, fact::kSharing, "refused");
    for (const std::string& kind : edition.circle.refusedKinds())
        add(entry, fact::kRefusedKind, kind);
    for (const Member& member : edition.circle.refused())
        for (const auto& [scheme, value] : member.identifiers)
            add(entry, fact::kRefusedId, scheme + "|" + value);
    return entry;
}

}  // namespace

Decisions endForHeldPlan(const Question& question) {
    const Edition edition(question);
    Decisions decisions;
    // A test in production says nothing of the real person.
    const bool test = question.rules.production && isOfTests(question.pivot.root());
    if (!edition.known || edition.isLate() || edition.isMistake() || test) return decisions;
    std::set<std::string> refused = refusedBy(edition);
    RegisterEntry entry = withRefusals(edition, refused);
    if (entry.barred == edition.known->barred && entry.facts == edition.known->facts)
        return decisions;
    if (refusesEverybody(edition))
        for (const Register::Waiting& one : question.plans.waiting(edition.key))
            if (one.partner != question.network()) refused.insert(one.partner);
    for (const std::string& partner : refused)
        decisions.ends.push_back({edition.key, partner, {}, DeliveryState::closed, kClosed});
    RegisterChange change{std::move(entry), edition.knownOrder};
    change.expected = edition.known->revision;
    decisions.changes.push_back(std::move(change));
    return decisions;
}

}  // namespace care_circle
