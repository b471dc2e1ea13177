#include "plan/review.h"

#include <algorithm>

#include "fhir_tree.h"
#include "plan/steps.h"

namespace care_circle {
using namespace gateway;

namespace {

constexpr ReviewStage kStages[] = {{"DANS_7_JOURS", "Dans les 7 jours", -7},
                                   {"ECHUE", "À faire", 0},
                                   {"DEPASSEE", "En retard", 15}};

/// The first review that the plan names and that is still to be held.
std::string stated(const Edition& edition) {
    std::string first;
    for (const Node task : edition.bundle.all("Task")) {
        if (codeOf(task.child("code"), "pps-task") != "review") continue;
        const std::string_view status = task.child("status").text();
        if (status == "completed" || status == "cancelled" || status == "entered-in-error")
            continue;
        const std::string_view end = task.child("restriction").child("period").child("end").text();
        const auto day = calendar::read(end);
        if (day && (first.empty() || calendar::write(*day) < first)) first = calendar::write(*day);
    }
    return first;
}

/// What is asked for a review is over when the plan ends, or names another date.
void endAsked(const Edition& edition, Outcome& outcome) {
    for (const Register::Waiting& one : edition.question.plans.waiting(edition.key)) {
        if (one.partner != edition.question.network() || !one.edition.starts_with("review/"))
            continue;
        DeliveryEnd end;
        end.plan = edition.key;
        end.partner = one.partner;
        end.edition = one.edition;
        end.reason = {"closed: an edition of the plan has settled this review",
                      "clos : une édition du plan a réglé cette réévaluation"};
        outcome.decisions.ends.push_back(std::move(end));
    }
}

}  // namespace

const ReviewStage* stageOn(calendar::Day review, calendar::Day today) {
    const ReviewStage* last = nullptr;
    for (const ReviewStage& stage : kStages)
        if (review + std::chrono::days(stage.days) <= today) last = &stage;
    return last;
}

const ReviewStage* stageAfter(std::string_view code) {
    if (code.empty()) return std::begin(kStages);
    const auto at = std::find_if(std::begin(kStages), std::end(kStages),
                                 [&](const ReviewStage& one) { return one.code == code; });
    return at == std::end(kStages) || at + 1 == std::end(kStages) ? nullptr : at + 1;
}

std::string textOf(const ReviewStage& stage, std::string_view number, std::string_view review) {
    const std::string of = "du plan " + std::string(number);
    const std::string on = frenchDate(review);
    if (stage.days < 0) return "Réévaluation " + of + " à prévoir : échéance le " + on + ".";
    if (stage.days == 0) return "Réévaluation " + of + " à faire : échéance le " + on + ".";
    return "Réévaluation " + of + " en retard de plus de 15 jours : elle était due le " + on + ".";
}

void planReview(const Edition& edition, Outcome& outcome) {
    if (edition.isLate()) return;
    if (isOpen(edition.status) && edition.status != "draft" && !edition.saysDeath()) {
        std::string review = stated(edition);
        if (review.empty())
            if (const auto from = calendar::read(edition.date))
                review =
                    calendar::write(calendar::later(*from, edition.question.rules.reviewMonths));
        if (!review.empty()) outcome.review = review;
    }
    if (edition.known && edition.known->fact(fact::kReview) != outcome.review.value_or(""))
        endAsked(edition, outcome);
}

}  // namespace care_circle
