#include <algorithm>

#include "plan/steps.h"

namespace care_circle {
using namespace gateway;

namespace {

/// A Task, or the report, for the network; without it as a partner nobody can be told.
void tell(const Edition& edition, std::string_view kind, Reason why,
          std::shared_ptr<const Document> what, Outcome& outcome) {
    const std::string network(edition.question.network());
    const Partner* const partner = edition.network();
    if (!partner) {
        Reason missing = say(
            "left out: the network is no partner; add partners/{0}.yaml with category network and "
            "a destination {1}",
            "écarté : le réseau n'est pas un partenaire ; ajouter partners/{0}.yaml, catégorie "
            "network, avec une destination {1}",
            {network, kind});
        const auto& all = outcome.decisions.recipients;
        if (std::none_of(all.begin(), all.end(),
                         [&](const Decision& one) { return one.reason == missing; }))
            outcome.leaveOut({}, "network " + network, std::move(missing));
        return;
    }
    Decision& decision = outcome.send(*partner, {}, std::move(why));
    decision.destination = channelOf(*partner, kind);
    decision.instead = std::move(what);
}

}  // namespace

void tellNetwork(const Edition& edition, Outcome& outcome) {
    const PlanName plan = edition.plan();
    for (ToDo& task : outcome.toDo) {
        if (task.plan.number.empty()) task.plan = plan;
        if (task.owner.empty()) task.owner = edition.referent();
        if (task.at.empty()) task.at = edition.question.time();
        tell(edition, "tasks",
             {"the referent gets something to do", "le référent reçoit une tâche"}, written(task),
             outcome);
    }
    const bool before = edition.known && !edition.known->fact(fact::kReport).empty();
    std::vector<Finding> findings = outcome.findings;
    if (findings.empty() && before)
        findings.push_back({Severity::information,
                            "AUTRE",
                            "Rien à corriger",
                            {"nothing is left to correct in this edition",
                             "plus rien à corriger dans cette édition"},
                            {},
                            {}});
    if (findings.empty()) return;
    tell(edition, "reports",
         {"the network gets the report on the data of the plan",
          "le réseau reçoit le rapport sur les données du plan"},
         written(plan, findings, edition.question.time()), outcome);
}

}  // namespace care_circle
