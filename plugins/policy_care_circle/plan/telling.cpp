#include "plan/steps.h"

namespace care_circle {
using namespace gateway;

void tellNetwork(const Edition& edition, Outcome& outcome) {
    const PlanName plan = edition.plan();
    const Directory& partners = edition.question.partners;
    const std::string network(edition.question.network());
    for (ToDo& task : outcome.toDo) {
        if (task.plan.number.empty()) task.plan = plan;
        if (task.owner.empty()) task.owner = edition.referent();
        if (task.at.empty()) task.at = edition.question.moment();
        outcome.give(partners, network, "tasks",
                     {"the referent gets something to do", "le référent reçoit une tâche"},
                     written(task));
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
    outcome.give(partners, network, "reports",
                 {"the network gets the report on the data of the plan",
                  "le réseau reçoit le rapport sur les données du plan"},
                 written(plan, findings, edition.question.moment()));
}

}  // namespace care_circle
