#include "plan/recipients.h"
#include "plan/steps.h"

namespace care_circle {
using namespace gateway;

namespace {

void closeWhatWaits(const Edition& edition, Outcome& outcome) {
    const Reason why{"closed: the person has refused this recipient since",
                     "clos : la personne a refusé ce destinataire depuis"};
    std::set<std::string> partners = outcome.refused;
    if (edition.sharingRefused())
        for (const Register::Waiting& one : edition.question.plans.waiting(edition.key))
            if (one.partner != edition.question.network()) partners.insert(one.partner);
    for (const std::string& partner : partners) outcome.close(edition.key, partner, why);
}

}  // namespace

std::set<std::string> refusedBy(const Edition& edition) {
    const Directory& partners = edition.question.partners;
    std::set<std::string> refused;
    for (const Member& member : edition.circle.refused()) {
        if (const Partner* const partner = partnerOf(member, partners))
            refused.insert(partner->name);
        if (const Alias* const alias = aliasOf(member, edition)) refused.insert(alias->partner);
    }
    for (const Partner& partner : partners.all())
        if (!isNetwork(partner) && refusesCategory(edition.circle.refusedKinds(), partner.category))
            refused.insert(partner.name);
    // The network itself is who keeps the plan.
    refused.erase(std::string(edition.question.network()));
    return refused;
}

void applyRefusals(const Edition& edition, Outcome& outcome) {
    outcome.refused = refusedBy(edition);
    // The same edition again, an older copy of it replayed perhaps, takes no refusal back.
    if (!edition.isNew())
        for (const std::string& partner : edition.known->barred)
            if (!hasLeft(edition.knownMembers, partner)) outcome.refused.insert(partner);
    if (edition.known && !edition.isLate()) closeWhatWaits(edition, outcome);
}

}  // namespace care_circle
