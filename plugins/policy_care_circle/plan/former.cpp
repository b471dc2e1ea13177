#include <set>

#include "plan/recipients.h"
#include "plan/steps.h"

namespace care_circle {
using namespace gateway;

namespace {

/// The closing edition, to those whom the team does not name any more.
void tellOfTheEnd(const Edition& edition, const Reason& nobody, Outcome& outcome) {
    for (const std::string& name : edition.former()) {
        const Partner* const partner = edition.question.partners.find(name);
        if (!partner || isNetwork(*partner) || outcome.isDecided(name)) continue;
        if (outcome.refused.contains(name))
            outcome.leaveOut(name, {}, kRefused);
        else if (hasLeft(edition.knownMembers, name))
            outcome.leaveOut(name, {},
                             {"left out: it left the care team before the plan ended",
                              "écarté : a quitté l'équipe de soins avant la fin du plan"});
        else if (!nobody.empty())
            outcome.leaveOut(name, {}, nobody);
        else
            outcome
                .send(*partner, {},
                      {"it had an earlier edition: it is told that the plan has ended",
                       "a reçu une édition précédente : il est informé de la fin du plan"})
                .filterMap = edition.question.rules.extractOf(partner->category);
    }
}

/// Who may not get anything any more has data of a wrong plan: people tell him.
void askToTell(const Partner& partner, const Edition& edition, Outcome& outcome) {
    ToDo task;
    task.name = "mistake/" + edition.name + "/" + partner.name;
    task.code = "notice";
    task.display = "Plan envoyé par erreur";
    task.text = "Le plan a été envoyé par erreur. " +
                (partner.label.empty() ? partner.name : partner.label) +
                " en a reçu une édition et ne doit plus rien recevoir : lui demander de la "
                "détruire par un autre moyen.";
    outcome.toDo.push_back(std::move(task));
}

void takeBack(const Edition& edition, Outcome& outcome) {
    std::set<std::string> waiting;
    if (edition.known)
        for (const Register::Waiting& one : edition.question.plans.waiting(edition.key))
            if (one.partner != edition.question.network()) waiting.insert(one.partner);
    for (const std::string& partner : waiting)
        outcome.close(edition.key, partner,
                      {"closed: the plan was sent by mistake", "clos : plan envoyé par erreur"});
    for (const std::string& name : edition.former()) {
        const Partner* const partner = edition.question.partners.find(name);
        if (!partner || isNetwork(*partner)) continue;
        if (outcome.refused.contains(name) || hasLeft(edition.knownMembers, name)) {
            askToTell(*partner, edition, outcome);
            outcome.leaveOut(name, {},
                             {"left out: it may not get anything any more; the network is asked to "
                              "tell it that the plan was a mistake",
                              "écarté : il ne doit plus rien recevoir ; le réseau est chargé de "
                              "l'avertir que le plan était une erreur"});
            continue;
        }
        outcome
            .send(*partner, {},
                  {"it had an edition: it is told that the plan was a mistake",
                   "a reçu une édition : il est informé que le plan était une erreur"})
            .filterMap = edition.question.rules.extractOf(partner->category);
    }
    if (outcome.decided.empty())
        outcome.findings.push_back({Severity::information,
                                    "AUTRE",
                                    "Plan envoyé par erreur",
                                    {"the plan was a mistake; nobody had got it",
                                     "le plan était une erreur ; personne ne l'avait reçu"},
                                    {},
                                    "CarePlan.status"});
}

}  // namespace

void reachFormer(const Edition& edition, const Reason& nobody, Outcome& outcome) {
    if (edition.isLate()) return;
    if (edition.isMistake())
        takeBack(edition, outcome);
    else if (edition.closes())
        tellOfTheEnd(edition, nobody, outcome);
}

}  // namespace care_circle
