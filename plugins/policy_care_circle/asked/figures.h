/// @file  Figures that are published: who is counted, and which must not be shown.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace care_circle {

/// Fewer people than that behind a figure, and it could tell of one of them.
inline constexpr std::size_t kFewest = 5;

/// What a figure is of; empty: of all.
struct FigureName {
    std::string network, indicator;
    std::string row, column;  ///< of its table: a reason; an approach and a payer

    friend auto operator<=>(const FigureName&, const FigureName&) = default;
};

struct Figure {
    std::int64_t value = 0;  ///< whole, or cents
    /// Plans that it counts, as long as they are few; sorted.
    std::vector<std::uint32_t> people;
    bool masked = false;

    bool few() const { return !people.empty() && people.size() < kFewest; }
};

/// Figures and how they add up: where a sum and all its parts but one are shown, the last could be
/// reckoned.
class Figures {
public:
    /// Adds to a figure.
    void count(const FigureName& name, std::int64_t value, std::uint32_t plan);
    /// That it exists, though nothing was counted.
    void name(const FigureName& name) { figures_[name]; }
    /// `left` added up is `right` added up. Names of no figure count as zero.
    void balance(std::vector<FigureName> left, std::vector<FigureName> right);
    /// Masks what few are behind, and then what would let it be reckoned.
    void mask();

    const std::map<FigureName, Figure>& all() const { return figures_; }
    bool masked(const FigureName& name) const;

private:
    struct Balance {
        std::vector<FigureName> parts;  ///< of both sides
    };
    bool maskOneMore(const Balance& balance);

    std::map<FigureName, Figure> figures_;
    std::vector<Balance> balances_;
};

}  // namespace care_circle
