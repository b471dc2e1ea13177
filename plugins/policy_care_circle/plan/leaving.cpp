#include "plan/leaving.h"

#include <algorithm>

#include "plan/recipients.h"
#include "plan/steps.h"

namespace care_circle {
using namespace gateway;

namespace {

bool isAmong(const std::vector<Membership>& members, const std::string& partner) {
    return std::any_of(members.begin(), members.end(),
                       [&](const Membership& one) { return one.partner == partner; });
}

bool had(const Edition& edition, const std::string& partner) {
    const std::vector<std::string> former = edition.former();
    return std::find(former.begin(), former.end(), partner) != former.end();
}

}  // namespace

void tellEndOfSharing(const Partner& partner, const PlanName& plan, std::string_view network,
                      std::string_view time, Outcome& outcome) {
    const bool payer = isPayer(partner.category);  // never was in the team
    const Reason ended =
        payer ? Reason{"the consent that named it is over",
                       "le consentement qui le nommait a pris fin"}
              : Reason{"no longer in the care team", "ne fait plus partie de l'équipe de soins"};
    const auto& all = partner.destinations;
    if (std::find(all.begin(), all.end(), "notices") == all.end()) {
        const std::string name = partner.label.empty() ? partner.name : partner.label;
        ToDo task;
        task.name = "end-of-sharing/" + plan.edition + "/" + partner.name;
        task.code = "notice";
        task.display = "Fin du partage";
        task.text = payer ? "Le consentement qui nommait " + name + " a pris fin : "
                          : name + " ne fait plus partie de l'équipe de soins : ";
        task.text +=
            "le plan ne lui est plus envoyé ; l'en avertir (la passerelle ne peut pas lui envoyer "
            "d'avis).";
        outcome.toDo.push_back(std::move(task));
        outcome.leaveOut(
            partner.name, {},
            say("{0}; it takes no notices, so the network is asked to tell it",
                "{0} ; il ne reçoit pas d'avis, le réseau est chargé de l'avertir", {ended}));
        return;
    }
    Notice notice;
    notice.plan = plan;
    notice.name = "end-of-sharing/" + plan.edition + "/" + partner.name;
    notice.code = "FIN_PARTAGE";
    notice.display = "Fin du partage";
    notice.text =
        std::string(payer ? "Le consentement qui permettait de vous informer de ce plan a pris fin"
                          : "Vous ne faites plus partie de l'équipe de soins de ce plan") +
        " : vous ne recevrez plus ses mises à jour.";
    notice.sender = network;
    notice.at = time;
    Decision& decision =
        outcome.send(partner, {},
                     say("{0}: it is told that the sharing has ended, once",
                         "{0} : il est informé une fois de la fin du partage", {ended}));
    decision.destination = "notices";
    decision.instead = written(notice);
}

void endSharing(const Edition& edition, Outcome& outcome) {
    if (edition.isLate()) return;
    for (Membership before : edition.knownMembers) {
        if (isAmong(outcome.members, before.partner)) continue;
        // At its end a plan keeps its circle as it was.
        if (before.hasLeft() || edition.closes() || edition.isMistake()) {
            outcome.members.push_back(std::move(before));
            continue;
        }
        before.ended = edition.name;
        if (before.until.empty() || before.until > edition.date) before.until = edition.date;
        outcome.members.push_back(before);
        const Partner* const partner = edition.question.partners.find(before.partner);
        if (!partner || outcome.refused.contains(before.partner) || edition.sharingRefused())
            continue;
        outcome.close(edition.key, before.partner,
                      {"closed: no longer in the care team",
                       "clos : ne fait plus partie de l'équipe de soins"});
        if (!had(edition, before.partner)) continue;
        std::erase_if(outcome.decisions.recipients,
                      [&](const Decision& one) { return one.partner == before.partner; });
        const Partner* const network = edition.network();
        tellEndOfSharing(*partner, edition.plan(),
                         network && !network->label.empty() ? std::string_view(network->label)
                                                            : edition.question.network(),
                         edition.question.moment(), outcome);
    }
}

}  // namespace care_circle
