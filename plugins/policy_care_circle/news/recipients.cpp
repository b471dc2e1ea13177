#include "news/recipients.h"

#include <algorithm>

#include "plan/plan.h"
#include "plan/recipients.h"
#include "plan_facts.h"

namespace care_circle {
using namespace gateway;

namespace {

constexpr std::string_view kNotices = "notices";

bool contains(const std::vector<std::string>& all, std::string_view one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

Decision leftOut(std::string partner, std::string who, Reason reason) {
    Decision decision;
    decision.partner = std::move(partner);
    decision.who = std::move(who);
    decision.reason = std::move(reason);
    return decision;
}

Decision told(const Partner& partner, std::string who, std::string destination, Reason reason) {
    Decision decision = leftOut(partner.name, std::move(who), std::move(reason));
    decision.send = true;
    decision.destination = std::move(destination);
    return decision;
}

/// The destination for news: the one of that name; a network's only one, too.
std::string destinationOf(const Partner& partner, bool network) {
    if (contains(partner.destinations, kNotices)) return std::string(kNotices);
    if (network && partner.destinations.size() == 1) return partner.destinations.front();
    return {};
}

bool isMember(const RegisterEntry& plan, std::string_view partner, std::string_view today) {
    const std::vector<Membership> members = membersOf(plan);
    return std::any_of(members.begin(), members.end(), [&](const Membership& one) {
        return one.partner == partner && !one.hasLeft() &&
               (one.until.empty() || one.until >= today);
    });
}

/// Whether the plan itself was given: who may not have it, for want of a consent say, is not told
/// of the person either.
bool hasPlan(const RegisterEntry& plan, std::string_view partner, const Register& plans) {
    const std::vector<RegisterReceipt> receipts = plans.receipts(plan.key);
    const std::vector<Register::Waiting> waiting = plans.waiting(plan.key);
    const auto his = [&](const auto& one) { return one.partner == partner; };
    return std::any_of(receipts.begin(), receipts.end(), his) ||
           std::any_of(waiting.begin(), waiting.end(), his);
}

Decision toGp(const Partner& gp, const RegisterEntry& plan, const Question& question) {
    const std::string who = "MEDECIN_TRAITANT";
    const Decision now = recheckPlan({"", gp.name, std::string(kNotices), plan.key, plan.edition},
                                     question.partners, question.plans);
    if (!now.send) return leftOut(gp.name, who, kRefused);
    if (!isMember(plan, gp.name, question.today()))
        return leftOut(gp.name, who,
                       {"left out: no longer in the care team",
                        "écarté : ne fait plus partie de l'équipe de soins"});
    if (!hasPlan(plan, gp.name, question.plans))
        return leftOut(gp.name, who,
                       {"left out: has not been given the plan",
                        "écarté : le plan ne lui a pas été transmis"});
    const std::string destination = destinationOf(gp, false);
    if (destination.empty())
        return leftOut(gp.name, who,
                       say("left out: the GP {0} has no destination for news: add 'notices' "
                           "under 'destinations:' of partners/{0}.yaml if the GP wants them",
                           "écarté : le médecin {0} n'a pas de destination pour les nouvelles : "
                           "ajouter « notices » sous « destinations: » dans partners/{0}.yaml "
                           "s'il les souhaite",
                           {gp.name}));
    return told(gp, who, destination,
                {"told: the plan's GP, member of the care team",
                 "informé : médecin traitant du plan, membre de l'équipe de soins"});
}

}  // namespace

Decision networkOf(const RegisterEntry& plan, const Question& question) {
    const std::string& name = plan.network;
    const Partner* const partner = question.partners.find(name);
    if (!partner)
        return leftOut("", name,
                       say("left out: the network {0} is not a partner: add partners/{0}.yaml with "
                           "'category: network' and a destination 'notices'",
                           "écarté : le réseau {0} n'est pas un partenaire : ajouter "
                           "partners/{0}.yaml avec « category: network » et une destination "
                           "« notices »",
                           {name}));
    const std::string destination = destinationOf(*partner, true);
    if (destination.empty())
        return leftOut(name, name,
                       say("left out: the network {0} has no destination for news: add "
                           "'notices' under 'destinations:' of partners/{0}.yaml",
                           "écarté : le réseau {0} n'a pas de destination pour les nouvelles : "
                           "ajouter « notices » sous « destinations: » dans partners/{0}.yaml",
                           {name}));
    return told(
        *partner, name, destination,
        {"told: the network follows this person", "informé : le réseau suit cette personne"});
}

std::vector<NewsRecipient> newsRecipients(const RegisterEntry& plan, const Question& question) {
    std::vector<NewsRecipient> all{{networkOf(plan, question), true}};
    const std::string_view gp = plan.fact(fact::kGp);
    if (gp.empty()) return all;
    if (const Partner* const partner = question.partners.find(gp))
        all.push_back({toGp(*partner, plan, question), false});
    return all;
}

Decision mayStillBeTold(const ToldPartner& told, const Directory& partners, const Register& plans) {
    Decision now =
        recheckPlan({"", told.partner, told.destination, told.plan, ""}, partners, plans);
    if (!now.send) return now;
    const Partner* const partner = partners.find(told.partner);
    if (!partner)
        return leftOut(
            "", told.partner,
            say("left out: {0}, who was told before, is not a partner any more",
                "écarté : {0}, qui avait été informé, n'est plus un partenaire", {told.partner}));
    return care_circle::told(
        *partner, told.partner, told.destination,
        {"told: got what this corrects", "informé : avait reçu ce que ceci corrige"});
}

}  // namespace care_circle
