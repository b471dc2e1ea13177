/// @file  A message structure made ready for grouping: for each place and each segment id, which
/// place comes next.
#pragma once

#include <cstdint>
#include <vector>

#include "dictionary.h"
#include "gateway/tree.h"

namespace gateway::hl7v2 {

class Plan {
public:
    /// Where a segment goes: its place, and how many of the groups that are open stay open. Place 0
    /// is before the first segment: as an answer it is none.
    struct Step {
        std::uint16_t place = 0;
        std::uint16_t keep = 0;
        explicit operator bool() const { return place != 0; }
    };
    static constexpr std::uint16_t kUnknown = 0xFFFF;

    /// Made the first time it is asked for, kept for ever. Thread-safe.
    static const Plan& of(const StructureRule& rule);

    /// The number of a segment id in this plan, or kUnknown.
    std::uint16_t idOf(Name segment) const;
    std::size_t ids() const { return ids_; }
    /// The groups around a place, outermost first.
    const std::vector<Name>& groupsOf(std::uint16_t place) const { return spots_[place].groups; }

    /// The first place ahead that fits.
    Step ahead(std::uint16_t place, std::uint16_t id) const { return steps_[place * ids_ + id]; }
    /// The same, passing required segments that the message lacks.
    Step aheadWithout(std::uint16_t place, std::uint16_t id,
                      const std::vector<bool>& present) const;
    /// A place in one of the groups that are open, the innermost first, wherever it stands.
    Step behind(std::uint16_t place, std::uint16_t id) const;

private:
    struct Spot {
        const ElementRule* rule = nullptr;  ///< null: the structure itself
        std::uint16_t parent = 0;
        std::uint16_t id = kUnknown;  ///< of a segment
        std::vector<std::uint16_t> children;
        std::vector<Name> groups;

        bool choice() const { return rule && rule->choice; }
        bool repeats() const { return rule && rule->repeats; }
    };

    explicit Plan(const StructureRule& rule);
    void addSpots(const std::vector<ElementRule>& elements, std::uint16_t parent);
    void indexNames();
    std::uint16_t depthIn(std::uint16_t group) const;
    template <class Passes, class Offer>
    bool starts(std::uint16_t at, const Passes& passes, const Offer& offer) const;
    template <class Passes, class Offer>
    void eachAhead(std::uint16_t from, const Passes& passes, const Offer& offer) const;

    const StructureRule* rule_;
    std::vector<Spot> spots_;
    std::size_t ids_ = 0;
    std::vector<Name> names_;            ///< by id
    std::vector<std::uint16_t> lookup_;  ///< open addressing; id plus one
    std::vector<Step> steps_;
};

}  // namespace gateway::hl7v2
