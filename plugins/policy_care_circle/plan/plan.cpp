#include "plan/plan.h"

#include <algorithm>
#include <set>

#include "plan/circle.h"

namespace care_circle {
using namespace gateway;

namespace {

const Reason kRefused{"left out: the person refused this recipient",
                      "écarté : la personne a refusé ce destinataire"};

/// Why nobody gets this plan; empty when members may.
Reason nobodyBecause(const Circle& circle, const Rules& rules,
                     const std::optional<RegisterEntry>& known, std::int64_t order) {
    if (circle.sharingRefused())
        return {"left out: the person refused that the plan is shared",
                "écarté : la personne a refusé le partage du plan"};
    if (!circle.consentRecorded() && rules.holdWithoutConsent)
        return {"left out: no consent is recorded in the plan",
                "écarté : aucun consentement n'est enregistré dans le plan"};
    if (known && care_circle::orderOf(known->edition) > order)
        return {"left out: a newer edition of this plan is known",
                "écarté : une édition plus récente de ce plan est connue"};
    return {};
}

Decision decideOn(const Member& member, const Circle& circle, const Question& question,
                  const std::set<std::string>& barred) {
    Decision decision;
    decision.who = member.role.empty() ? "member without a role" : member.role;
    const Partner* const partner = partnerOf(member, question.partners);
    if (partner) decision.partner = partner->name;
    const bool refused = std::any_of(circle.refused().begin(), circle.refused().end(),
                                     [&](const Member& one) { return one.url == member.url; }) ||
                         (partner && barred.contains(partner->name));
    if (refused) {
        decision.reason = kRefused;
    } else if (member.left) {
        decision.reason = {"left out: no longer in the care team",
                           "écarté : ne fait plus partie de l'équipe de soins"};
    } else if (!partner) {
        decision.reason = {"left out: no partner has one of its identifiers",
                           "écarté : aucun partenaire ne porte l'un de ses identifiants"};
    } else {
        decision.send = true;
        decision.filterMap = question.rules.filterOf(partner->category);
        decision.reason = {"member of the care team", "membre de l'équipe de soins"};
    }
    return decision;
}

}  // namespace

bool isPlan(Node pivot) {
    if (pivot.type() != "Bundle") return false;
    for (const Node entry : pivot.children())
        if (entry.name() == "entry" && entry.child("resource").type() == "CarePlan") return true;
    return false;
}

Decisions decidePlan(const Question& question) {
    const auto& [pivot, about, directory, plans, rules] = question;
    const Circle circle(pivot.root(), std::string_view(about.get("time")).substr(0, 10));
    Decisions decisions;
    if (!circle.hasPlan() || circle.number().empty())
        throw Error(Fault::rejected, "CarePlan",
                    {"the map made no plan with a number",
                     "la transformation n'a pas fait de plan qui porte un numéro"});
    decisions.plan = std::string(about.get("network")) + "/" + circle.number();
    decisions.edition = circle.edition();
    if (decisions.edition.empty()) decisions.edition = about.get("time");  // accepted when
    const std::int64_t order = care_circle::orderOf(decisions.edition);

    std::set<std::string> barred;
    for (const Member& refused : circle.refused())
        if (const Partner* const partner = partnerOf(refused, directory))
            barred.insert(partner->name);
    for (const Partner& partner : directory.all())
        if (circle.refusesCategory(partner.category)) barred.insert(partner.name);

    // The same edition again, an older copy of it replayed perhaps: what was refused stays
    // refused.
    const std::optional<RegisterEntry> known = plans.find(decisions.plan);
    if (known && care_circle::orderOf(known->edition) >= order)
        barred.insert(known->barred.begin(), known->barred.end());

    const Reason all = nobodyBecause(circle, rules, known, order);
    std::set<std::string> seen;
    for (const Member& member : circle.members()) {
        if (!member.professional) continue;
        Decision decision = decideOn(member, circle, question, barred);
        if (!all.empty() && decision.send) {
            decision.send = false;
            decision.reason = all;
        }
        if (!decision.partner.empty() && !seen.insert(decision.partner).second) continue;
        decisions.recipients.push_back(std::move(decision));
    }
    for (const Member& refused : circle.refused()) {  // who was refused without being in the team
        const Partner* const partner = partnerOf(refused, directory);
        if (partner && !seen.insert(partner->name).second) continue;
        const bool member = std::any_of(circle.members().begin(), circle.members().end(),
                                        [&](const Member& m) { return m.url == refused.url; });
        if (!member)
            decisions.recipients.push_back(
                {partner ? partner->name : "", refused.role, false, {}, kRefused});
    }

    RegisterEntry entry;
    entry.key = decisions.plan;
    entry.network = about.get("network");
    entry.edition = decisions.edition;
    entry.state = circle.status();
    entry.subjects = circle.subjects();
    entry.barred.assign(barred.begin(), barred.end());
    if (circle.sharingRefused())
        for (const Partner& partner : directory.all()) entry.barred.push_back(partner.name);
    decisions.changes.push_back({std::move(entry), order});
    return decisions;
}

Decision recheckPlan(const DeliveryHead& delivery, const Directory&, const Register& plans) {
    Decision decision;
    decision.partner = delivery.partner;
    const std::optional<RegisterEntry> entry = plans.find(delivery.plan);
    decision.send = !entry || std::find(entry->barred.begin(), entry->barred.end(),
                                        delivery.partner) == entry->barred.end();
    decision.reason = decision.send
                          ? Reason{"may still get it", "peut toujours le recevoir"}
                          : Reason{"not sent: the person has refused this recipient since",
                                   "non envoyé : la personne a refusé ce destinataire depuis"};
    return decision;
}

}  // namespace care_circle
