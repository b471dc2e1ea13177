#include <algorithm>

#include "plan/identity.h"
#include "plan/recipients.h"
#include "plan/steps.h"
#include "plan/traits.h"

namespace care_circle {
using namespace gateway;

namespace {

/// More of them are no mistake of one dossier any more: somebody has to look anyway.
constexpr std::size_t kMost = 5;

std::vector<RegisterEntry> openOthers(std::string_view by, const Edition& edition) {
    std::vector<RegisterEntry> all = edition.question.plans.known(by, kMost);
    std::erase_if(all, [&](const RegisterEntry& one) {
        return one.key == edition.key || !isOpen(one.state) ||
               one.key != planKey(one.network, one.fact(fact::kNumber));
    });
    return all;
}

bool tells(const RegisterEntry& entry, std::string_view of) {
    const auto all = factsOf(entry, fact::kSamePerson);
    return std::find(all.begin(), all.end(), of) != all.end();
}

ToDo taskAbout(const PlanName& plan, std::string text) {
    ToDo task;
    task.plan = plan;
    task.name = "identity/" + plan.edition;
    task.code = "notice";
    task.display = "Identité à vérifier";
    task.text = std::move(text);
    return task;
}

/// The other network learns of it too, unless the person keeps either plan to itself.
void tellOther(const RegisterEntry& other, const Edition& edition, Outcome& outcome) {
    const Partner* const network = edition.question.partners.find(other.network);
    const bool keptToItself = edition.sharingRefused() || other.fact(fact::kSharing) == "refused" ||
                              outcome.refused.contains(other.network);
    if (other.network == edition.question.network() || !network || keptToItself) return;
    PlanName plan{std::string(other.fact(fact::kSystem)), std::string(other.fact(fact::kNumber)),
                  other.edition, std::string(other.fact(fact::kPatient))};
    ToDo task = taskAbout(plan, "La même personne (même INS) a aussi un plan ouvert au réseau " +
                                    std::string(edition.question.network()) +
                                    " : se coordonner avec lui. Rien n'a été fusionné.");
    task.owner = other.fact(fact::kCoordinator);
    task.at = edition.question.moment();
    Decision& decision =
        outcome.send(*network, {},
                     {"it has an open plan for the same person: it is told so",
                      "a un plan ouvert pour la même personne : il en est informé"});
    decision.destination = channelOf(*network, "tasks");
    decision.instead = written(task);
}

void signal(const RegisterEntry& other, bool sameIns, const Edition& edition, Outcome& outcome) {
    outcome.samePerson.push_back(other.key);
    outcome.decisions.notes.push_back(
        sameIns ? say("network {0} has an open plan with the same INS: nothing is merged",
                      "le réseau {0} a un plan ouvert avec la même INS : rien n'est fusionné",
                      {other.network})
                : say("candidate: a plan of network {0} has the same five traits and no common "
                      "INS: people decide, nothing is joined",
                      "candidat : un plan du réseau {0} porte les cinq mêmes traits sans INS "
                      "commune : à vérifier par une personne, rien n'est rapproché",
                      {other.network}));
    // Told once: by this plan, or by the other one when it came.
    if ((edition.known && tells(*edition.known, other.key)) || tells(other, edition.key)) return;
    const std::string where = other.network == edition.question.network()
                                  ? std::string("un autre dossier de votre réseau")
                                  : "un plan ouvert du réseau " + other.network;
    outcome.toDo.push_back(taskAbout(
        edition.plan(),
        sameIns ? "La même INS figure dans " + where +
                      " : se coordonner avec lui. Rien n'a été fusionné."
                : "Les cinq traits d'identité sont ceux d'une personne qui a " + where +
                      ", sans INS commune : vérifier l'identité (INSi). Rien n'a été rapproché."));
    if (sameIns) tellOther(other, edition, outcome);
}

}  // namespace

void findSamePerson(const Edition& edition, Outcome& outcome) {
    if (!isOpen(edition.status) || edition.isLate()) return;
    const Node patient = edition.bundle.patient();
    const Identity identity =
        identityOf(patient, edition.question.rules, edition.question.source());
    std::set<std::string> byIns;
    if (identity.qualified())
        for (const RegisterEntry& other :
             openOthers(label::ins(identity.insOid, identity.ins), edition)) {
            byIns.insert(other.key);
            signal(other, true, edition, outcome);
        }
    if (const auto traits = traitsOf(patient))
        for (const RegisterEntry& other : openOthers(label::traits(*traits), edition))
            if (!byIns.contains(other.key)) signal(other, false, edition, outcome);
}

}  // namespace care_circle
