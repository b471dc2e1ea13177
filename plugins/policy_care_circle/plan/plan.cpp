#include "plan/plan.h"

#include "plan/outgoing.h"
#include "plan/recipients.h"
#include "plan/sessions.h"
#include "plan/steps.h"

namespace care_circle {
using namespace gateway;

namespace {

void makeOutgoing(const Edition& edition, Outcome& outcome) {
    const FirstSeen seen(edition);
    outcome.seen = seen.facts();
    const Sessions sessions(edition);
    outcome.sessions = sessions.facts();
    Outgoing outgoing(edition, seen, sessions);
    for (Decision& decision : outcome.decisions.recipients)
        if (const Partner* const partner = edition.question.partners.find(decision.partner);
            partner && decision.send && !decision.instead)
            decision.instead = outgoing.to(*partner);
}

}  // namespace

bool isPlan(Node pivot) {
    if (pivot.type() != "Bundle") return false;
    for (const Node entry : pivot.children())
        if (entry.name() == "entry" && entry.child("resource").type() == "CarePlan") return true;
    return false;
}

Decisions decidePlan(const Question& question) {
    const Edition edition(question);
    edition.circle.mustKnowWhoIsMeant();
    Outcome outcome;
    outcome.decisions.plan = edition.key;
    outcome.decisions.edition = edition.name;
    checkIdentity(edition, outcome);
    const Reason nobody = whyNobody(edition, outcome);
    applyRefusals(edition, outcome);
    shareWithTeam(edition, nobody, outcome);
    shareOutside(edition, nobody, outcome);
    shareWithPatient(edition, nobody, outcome);
    reachFormer(edition, nobody, outcome);
    makeOutgoing(edition, outcome);
    endSharing(edition, outcome);
    settleHandedOver(edition, outcome);
    findSamePerson(edition, outcome);
    planReview(edition, outcome);
    checkQuality(edition, outcome);
    tellNetwork(edition, outcome);
    // The register keeps what is newest.
    if (!edition.isLate()) outcome.decisions.changes.push_back(entryOf(edition, outcome));
    return std::move(outcome.decisions);
}

}  // namespace care_circle
