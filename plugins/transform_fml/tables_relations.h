/// @file  How a code and its target stand to each other: one set of relations, three spellings.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace tables {

/// As R5's ConceptMap and the tables spell them.
inline constexpr std::string_view kEquivalent = "equivalent";
inline constexpr std::string_view kRelated = "related-to";
inline constexpr std::string_view kNotRelated = "not-related-to";
inline constexpr std::array<std::string_view, 5> kRelations = {
    kEquivalent, "source-is-narrower-than-target", "source-is-broader-than-target", kRelated,
    kNotRelated};

/// R4's code of the same relation ("wider"), or of the same word; empty when neither knows it.
std::string_view relationOfR4(std::string_view equivalence);
/// R4 names what the target is, not the source.
std::string_view toR4(std::string_view relation);

/// Of a row of an inline conceptmap, all versions' signs.
std::string_view relationOfSign(std::string_view sign);
/// R5's sign: -, ==, !=, <= (the source is narrower) or >=.
std::string_view toSign(std::string_view relation);

/// Of the way back.
std::string_view inverse(std::string_view relation);

}  // namespace tables
