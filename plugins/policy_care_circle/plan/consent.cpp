#include "plan/steps.h"

namespace care_circle {
using namespace gateway;

Reason whyNobody(const Edition& edition, Outcome& outcome) {
    if (edition.isMistake()) return {};  // those who had it must know
    const auto everybody = [&](Reason why, Reason told, Reason remedy) {
        outcome.findings.push_back(
            {Severity::warning, "AUTRE", "Partage", std::move(told), std::move(remedy), "Bundle"});
        return why;
    };
    if (edition.sharingRefused())
        return everybody({"left out: the person refused that the plan is shared",
                          "écarté : la personne a refusé le partage du plan"},
                         {"the person refuses that the plan is shared: nobody gets it",
                          "la personne refuse le partage de son plan : personne ne le reçoit"},
                         {});
    if (edition.isLate())
        return everybody(
            say("left out: edition {0} of this plan is known, which is newer",
                "écarté : l'édition {0} de ce plan, plus récente, est connue",
                {edition.known->edition}),
            say("edition {0} came after edition {1}, which is newer: it is not sent on",
                "l'édition {0} est arrivée après l'édition {1}, plus récente : elle n'est pas "
                "transmise",
                {edition.name, edition.known->edition}),
            {"send the newest edition again if it is not the one that is meant",
             "renvoyer l'édition la plus récente si ce n'est pas celle qui est voulue"});
    if (edition.circle.consentRecorded()) return {};
    if (edition.question.rules.holdWithoutConsent)
        throw Error(Fault::rejected, "Consent",
                    {"no consent to sharing is recorded in the plan: record it and send the plan "
                     "again, or set 'consent_missing: team-only' of the policy",
                     "aucun consentement au partage n'est enregistré dans le plan : le recueillir "
                     "et renvoyer le plan, ou mettre « consent_missing: team-only » dans la "
                     "politique"});
    outcome.findings.push_back(
        {Severity::warning,
         "AUTRE",
         "Partage",
         {"no consent is recorded: the care team alone gets the plan",
          "aucun consentement n'est enregistré : seule l'équipe de soins reçoit le plan"},
         {"record the consent of the person", "recueillir le consentement de la personne"},
         "Bundle"});
    return {};
}

}  // namespace care_circle
