#include <algorithm>

#include "plan/recipients.h"
#include "plan/steps.h"

namespace care_circle {
using namespace gateway;

namespace {

Reason whatIsMissing(const Permission& permission, std::string_view today) {
    if (permission.given.empty())
        return {"left out: the consent that names it has no date",
                "écarté : le consentement qui le nomme n'a pas de date"};
    if (permission.given > today.substr(0, permission.given.size()))
        return {"left out: the consent that names it begins later",
                "écarté : le consentement qui le nomme commence plus tard"};
    if (!permission.collected)
        return {"left out: the consent that names it does not say how it was collected",
                "écarté : le consentement qui le nomme ne dit pas comment il a été recueilli"};
    if (!permission.until.empty() && permission.until < today.substr(0, permission.until.size()))
        return {"left out: the consent that names it has ended",
                "écarté : le consentement qui le nomme a pris fin"};
    return {};
}

void share(const Permission& permission, const Partner& partner, const Edition& edition,
           const Reason& nobody, Outcome& outcome) {
    const std::string who =
        permission.to.role.empty() ? "destinataire hors de l'équipe" : permission.to.role;
    if (outcome.refused.contains(partner.name))
        return outcome.leaveOut(partner.name, who, kRefused);
    if (const Reason why = whatIsMissing(permission, edition.question.today()); !why.empty())
        return outcome.leaveOut(partner.name, who, why);
    outcome.members.push_back({partner.name, permission.given, permission.until, {}});
    if (!nobody.empty()) return outcome.leaveOut(partner.name, who, nobody);
    outcome
        .send(partner, who,
              say("outside the care team: the person agreed on {0}",
                  "hors de l'équipe de soins : la personne y a consenti le {1}",
                  {permission.given, frenchDate(permission.given)}))
        .filterMap = edition.question.rules.extractOf(partner.category);
}

}  // namespace

void shareOutside(const Edition& edition, const Reason& nobody, Outcome& outcome) {
    if (edition.isMistake()) return;
    for (const Permission& permission : edition.circle.permissions()) {
        const Partner* const partner = reachedAs(permission.to, edition);
        if (!partner) {
            outcome.leaveOut({}, permission.to.role,
                             {"left out: a consent names it, but no partner has one of its "
                              "identifiers",
                              "écarté : un consentement le nomme, mais aucun partenaire ne porte "
                              "l'un de ses identifiants"});
            continue;
        }
        auto& all = outcome.decisions.recipients;
        const auto isIt = [&](const Decision& one) { return one.partner == partner->name; };
        const auto decided = std::find_if(all.begin(), all.end(), isIt);
        // A body outside every team was left out of it; the consent decides.
        if (decided != all.end()) {
            if (decided->send || !isPayer(partner->category)) continue;
            all.erase(decided);
        }
        share(permission, *partner, edition, nobody, outcome);
    }
}

}  // namespace care_circle
