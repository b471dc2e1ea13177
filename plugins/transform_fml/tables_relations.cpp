#include "tables_relations.h"

#include <utility>

namespace tables {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr std::string_view kNarrower = kRelations[1];
constexpr std::string_view kBroader = kRelations[2];

/// The first of each relation is the one that is written.
constexpr std::array<Pair, 10> kOfR4 = {{{"equivalent", kEquivalent},
                                         {"wider", kNarrower},
                                         {"narrower", kBroader},
                                         {"relatedto", kRelated},
                                         {"disjoint", kNotRelated},
                                         {"equal", kEquivalent},
                                         {"subsumes", kNarrower},
                                         {"specializes", kBroader},
                                         {"inexact", kRelated},
                                         {"unmatched", kNotRelated}}};

constexpr std::array<Pair, 10> kOfSigns = {{{"==", kEquivalent},
                                            {"<=", kNarrower},
                                            {">=", kBroader},
                                            {"-", kRelated},
                                            {"!=", kNotRelated},
                                            {"=", kEquivalent},
                                            {"<-", kNarrower},
                                            {">-", kBroader},
                                            {"->", kBroader},
                                            {"--", kNotRelated}}};

template <class Pairs>
std::string_view secondOf(const Pairs& pairs, std::string_view first) {
    for (const auto& [one, other] : pairs)
        if (one == first) return other;
    return {};
}

template <class Pairs>
std::string_view firstOf(const Pairs& pairs, std::string_view second) {
    for (const auto& [one, other] : pairs)
        if (other == second) return one;
    return {};
}

}  // namespace

std::string_view relationOfR4(std::string_view equivalence) {
    if (equivalence == "equivalence") return kEquivalent;  // an old table of ours
    return secondOf(kOfR4, equivalence);
}

std::string_view toR4(std::string_view relation) { return firstOf(kOfR4, relation); }

std::string_view relationOfSign(std::string_view sign) {
    const std::string_view relation = secondOf(kOfSigns, sign);
    return relation.empty() ? kRelated : relation;
}

std::string_view toSign(std::string_view relation) { return firstOf(kOfSigns, relation); }

std::string_view inverse(std::string_view relation) {
    return relation == kNarrower ? kBroader : relation == kBroader ? kNarrower : relation;
}

}  // namespace tables
