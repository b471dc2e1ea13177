#include <algorithm>

#include "plan/circle.h"
#include "plan/plan.h"
#include "plan/recipients.h"

namespace care_circle {
using namespace gateway;

namespace {

bool isNumberOf(const Partner& partner, std::string_view id) {
    return std::any_of(partner.identifiers.begin(), partner.identifiers.end(),
                       [&](const auto& one) { return one.first + "|" + one.second == id; });
}

/// Also a partner that the directory did not have when the plan came.
bool isRefused(const RegisterEntry& entry, const DeliveryHead& delivery,
               const Directory& directory) {
    if (entry.fact(fact::kSharing) == "refused") return true;
    if (std::find(entry.barred.begin(), entry.barred.end(), delivery.partner) !=
            entry.barred.end() &&
        !hasLeft(membersOf(entry), delivery.partner))
        return true;
    const Partner* const partner = directory.find(delivery.partner);
    if (!partner) return false;
    std::vector<std::string> kinds;
    for (const std::string_view kind : factsOf(entry, fact::kRefusedKind)) kinds.emplace_back(kind);
    if (refusesCategory(kinds, partner->category)) return true;
    const auto ids = factsOf(entry, fact::kRefusedId);
    return std::any_of(ids.begin(), ids.end(),
                       [&](std::string_view id) { return isNumberOf(*partner, id); });
}

/// Who has left gets the one notice that says so, and nothing else.
bool isEndOfSharing(const RegisterEntry& entry, const DeliveryHead& delivery) {
    if (!delivery.destination.ends_with("/notices") && delivery.destination != "notices")
        return false;
    for (const Membership& one : membersOf(entry))
        if (one.partner == delivery.partner && one.ended == delivery.edition) return true;
    return false;
}

}  // namespace

Decision recheckPlan(const DeliveryHead& delivery, const Directory& directory,
                     const Register& plans) {
    Decision decision;
    decision.partner = delivery.partner;
    decision.send = true;
    decision.reason = {"may still get it", "peut toujours le recevoir"};
    const std::optional<RegisterEntry> entry = plans.find(delivery.plan);
    if (!entry || delivery.partner == entry->network) return decision;
    if (isRefused(*entry, delivery, directory)) {
        decision.send = false;
        decision.reason = {"not sent: the person has refused this recipient since",
                           "non envoyé : la personne a refusé ce destinataire depuis"};
    } else if (hasLeft(membersOf(*entry), delivery.partner) && !isEndOfSharing(*entry, delivery)) {
        decision.send = false;
        decision.reason = {"not sent: no longer in the care team",
                           "non envoyé : ne fait plus partie de l'équipe de soins"};
    }
    return decision;
}

}  // namespace care_circle
