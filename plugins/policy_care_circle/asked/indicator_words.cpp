#include "asked/indicator_words.h"

#include "asked/tally.h"

namespace care_circle {
using namespace gateway;

namespace {

struct Words {
    std::string_view code, en, fr;
};

constexpr Words kIndicators[] = {
    {indicator::kOpenBefore, "plans open before the period", "plans ouverts avant la période"},
    {indicator::kOpened, "plans opened in the period", "plans ouverts dans la période"},
    {indicator::kClosed, "plans closed in the period (by reason)",
     "plans clos dans la période (par motif)"},
    {indicator::kOpen, "plans open at its end", "plans ouverts à la fin"},
    {indicator::kReviews, "reviews due in the period, not yet held",
     "réévaluations prévues dans la période, pas encore faites"},
    {indicator::kPlanned, "sessions planned (by approach, for whom)",
     "séances prévues (par approche et bénéficiaire)"},
    {indicator::kDone, "sessions done (by approach, for whom)",
     "séances réalisées (par approche et bénéficiaire)"},
    {indicator::kCarers, "share of sessions that is for carers",
     "part des séances destinée aux aidants"},
    {indicator::kAmounts, "amounts of sessions done (by approach and payer)",
     "montants des séances réalisées (par approche et financeur)"},
    {indicator::kEvaluated, "programmes with sessions, evaluated or not (by approach)",
     "programmes avec séances, évalués ou non (par approche)"},
    {indicator::kDeliveries, "plans delivered (by category of the recipient)",
     "plans remis (par catégorie de destinataire)"}};

constexpr Words kDetails[] = {{"late", "late", "en retard"},
                              {"to-come", "to come", "à venir"},
                              {"person", "for the person", "pour la personne"},
                              {"carer", "for a carer", "pour un aidant"},
                              {"evaluated", "evaluated", "évalués"},
                              {"not-evaluated", "not evaluated", "non évalués"},
                              {"other", "other", "autre"}};

constexpr std::string_view kExitReasons =
    "https://passerelle.example/fhir/CodeSystem/pps-exit-reason";
constexpr std::string_view kApproaches = "https://passerelle.example/fhir/CodeSystem/pps-approach";
constexpr std::string_view kFunctions = "https://passerelle.example/fhir/CodeSystem/pps-function";
constexpr std::string_view kPayerCodes = "https://passerelle.example/fhir/CodeSystem/pps-payer";

template <std::size_t N>
Reason wordsOf(const Words (&all)[N], std::string_view code) {
    for (const Words& one : all)
        if (one.code == code) return {std::string(one.en), std::string(one.fr)};
    return code;
}

/// A psychologist or occupational therapist, known by what they are.
bool isFunction(std::string_view code) { return code == "PSYCHOLOGUE" || code == "ERGOTHERAPEUTE"; }

bool byApproach(std::string_view of) {
    using namespace indicator;
    return of == kPlanned || of == kDone || of == kCarers || of == kAmounts || of == kEvaluated;
}

}  // namespace

Reason indicatorWords(std::string_view code) { return wordsOf(kIndicators, code); }
Reason detailWords(std::string_view code) { return wordsOf(kDetails, code); }

std::string_view rowSystem(std::string_view of, std::string_view code) {
    if (of == indicator::kClosed) return kExitReasons;
    if (byApproach(of)) return isFunction(code) ? kFunctions : kApproaches;
    return {};
}

std::string_view columnSystem(std::string_view of) {
    return of == indicator::kAmounts ? kPayerCodes : std::string_view();
}

std::string_view rowKind(std::string_view of) {
    if (of == indicator::kClosed) return "reason";
    if (of == indicator::kReviews) return "state";
    return byApproach(of) ? "approach" : "category";
}

std::string_view columnKind(std::string_view of) {
    if (of == indicator::kAmounts) return "payer";
    return of == indicator::kEvaluated ? "evaluation" : "beneficiary";
}

}  // namespace care_circle
