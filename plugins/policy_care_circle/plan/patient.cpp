#include <algorithm>

#include "plan/calendar.h"
#include "plan/handed_over.h"
#include "plan/steps.h"

namespace care_circle {
using namespace gateway;

void shareWithPatient(const Edition& edition, const Reason& nobody, Outcome& outcome) {
    if (edition.isMistake()) return;
    const std::string who = "la personne";  // as plans call people: in French
    const auto& all = edition.question.partners.all();
    const auto patient = std::find_if(all.begin(), all.end(),
                                      [](const Partner& one) { return one.category == "patient"; });
    if (patient == all.end())
        return outcome.leaveOut(
            {}, who,
            {"left out: nobody hands plans over to people; add a partner of category 'patient' "
             "with a mailbox to partners/",
             "écarté : personne ne remet les plans aux intéressés ; ajouter à partners/ un "
             "partenaire de catégorie « patient » avec une boîte (mailbox)"});
    if (!nobody.empty()) return outcome.leaveOut(patient->name, who, nobody);
    if (const std::string day = handedOverOn(edition, patient->name); day >= edition.date)
        return outcome.leaveOut(
            patient->name, who,
            say("not sent: the network handed it over on {0}",
                "non envoyé : le réseau l'a remis le {1}", {day, frenchDate(day)}));
    outcome
        .send(*patient, who,
              {"the person gets the own plan, by hand",
               "la personne reçoit son plan, en main propre"})
        .filterMap = edition.question.rules.filterOf(patient->category);
    ToDo task;
    task.name = "hand-over/" + edition.name;
    task.code = "hand-over";
    task.display = "Remise en main propre";
    task.handOver = std::string(edition.question.about.get("message")) + "/" + patient->name;
    task.text = "Remettre l'édition " + edition.name +
                " du plan à la personne, puis noter la date de remise : dans la diffusion du plan, "
                "ou par passerelle messages settle " +
                task.handOver + " --by-hand AAAA-MM-JJ.";
    outcome.toDo.push_back(std::move(task));
}

}  // namespace care_circle
