#include "grouping_plan.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <memory>

namespace gateway::hl7v2 {
namespace {

/// More than all structures of all versions, so that a free slot is always found.
constexpr std::size_t kSlots = 8192;

}  // namespace

const Plan& Plan::of(const StructureRule& rule) {
    static std::array<std::atomic<const Plan*>, kSlots> plans{};
    const std::size_t hash = reinterpret_cast<std::uintptr_t>(&rule) / alignof(StructureRule);
    std::unique_ptr<const Plan> made;
    for (std::size_t slot = (hash * 0x9E3779B97F4A7C15u) >> 32;; ++slot) {
        std::atomic<const Plan*>& at = plans[slot % kSlots];
        const Plan* found = at.load(std::memory_order_acquire);
        if (found == nullptr) {
            if (!made) made.reset(new Plan(rule));
            if (at.compare_exchange_strong(found, made.get(), std::memory_order_acq_rel))
                return *made.release();
        }
        if (found->rule_ == &rule) return *found;
    }
}

Plan::Plan(const StructureRule& rule) : rule_(&rule) {
    spots_.emplace_back();
    addSpots(rule.elements, 0);
    indexNames();
    steps_.resize(spots_.size() * ids_);
    const auto none = [](std::uint16_t) { return false; };
    for (std::size_t from = 0; from < spots_.size(); ++from)
        eachAhead(static_cast<std::uint16_t>(from), none,
                  [&](std::uint16_t place, std::uint16_t group) {
                      Step& step = steps_[from * ids_ + spots_[place].id];
                      if (!step) step = {place, depthIn(group)};
                  });
}

void Plan::addSpots(const std::vector<ElementRule>& elements, std::uint16_t parent) {
    for (const ElementRule& element : elements) {
        const auto at = static_cast<std::uint16_t>(spots_.size());
        Spot spot{&element, parent, kUnknown, {}, spots_[parent].groups};
        if (spots_[parent].rule && !spots_[parent].choice())
            spot.groups.push_back(spots_[parent].rule->name);
        spots_.push_back(std::move(spot));
        spots_[parent].children.push_back(at);
        addSpots(element.children, at);
    }
}

void Plan::indexNames() {
    lookup_.assign(1, 0);
    for (Spot& spot : spots_) {
        if (spot.rule == nullptr || spot.rule->group) continue;
        const auto known = std::find(names_.begin(), names_.end(), spot.rule->name);
        spot.id = static_cast<std::uint16_t>(known - names_.begin());
        if (known == names_.end()) names_.push_back(spot.rule->name);
    }
    ids_ = names_.size();
    lookup_.assign(std::bit_ceil(ids_ * 4 + 1), 0);
    for (std::size_t id = 0; id < ids_; ++id) {
        std::size_t slot = names_[id].data()->hash & (lookup_.size() - 1);
        while (lookup_[slot] != 0) slot = (slot + 1) & (lookup_.size() - 1);
        lookup_[slot] = static_cast<std::uint16_t>(id + 1);
    }
}

std::uint16_t Plan::idOf(Name segment) const {
    const std::size_t mask = lookup_.size() - 1;
    for (std::size_t slot = segment.data()->hash & mask; lookup_[slot] != 0;
         slot = (slot + 1) & mask) {
        const auto id = static_cast<std::uint16_t>(lookup_[slot] - 1);
        if (names_[id] == segment) return id;
    }
    return kUnknown;
}

/// How many groups are open directly in that group, choice or structure.
std::uint16_t Plan::depthIn(std::uint16_t group) const {
    const Spot& spot = spots_[group];
    const bool counts = spot.rule != nullptr && !spot.choice();
    return static_cast<std::uint16_t>(spot.groups.size() + (counts ? 1 : 0));
}

/// Offers the segments that can stand first in a segment, group or choice; returns whether all of
/// it may be missing.
template <class Passes, class Offer>
bool Plan::starts(std::uint16_t at, const Passes& passes, const Offer& offer) const {
    const Spot& spot = spots_[at];
    if (!spot.rule->group) {
        offer(at);
        return !spot.rule->required || passes(spot.id);
    }
    bool through = true;
    for (const std::uint16_t child : spot.children) {
        if (!starts(child, passes, offer)) through = false;
        if (!through && !spot.choice()) break;
    }
    return through || !spot.rule->required;
}

/// Offers each place that may follow and the group that it is in, the preferred ones first.
template <class Passes, class Offer>
void Plan::eachAhead(std::uint16_t from, const Passes& passes, const Offer& offer) const {
    if (from == 0) {
        for (const std::uint16_t child : spots_[0].children)
            starts(child, passes, [&](std::uint16_t place) { offer(place, 0); });
        return;
    }
    if (spots_[from].rule->group) return;
    if (spots_[from].repeats()) offer(from, spots_[from].parent);
    for (std::uint16_t at = from; at != 0; at = spots_[at].parent) {
        const std::uint16_t parent = spots_[at].parent;
        const auto& siblings = spots_[parent].children;
        if (!spots_[parent].choice())
            for (auto next = std::upper_bound(siblings.begin(), siblings.end(), at);
                 next != siblings.end(); ++next)
                starts(*next, passes, [&](std::uint16_t place) { offer(place, parent); });
        if (spots_[parent].repeats())
            starts(parent, passes,
                   [&](std::uint16_t place) { offer(place, spots_[parent].parent); });
    }
}

Plan::Step Plan::aheadWithout(std::uint16_t place, std::uint16_t id,
                              const std::vector<bool>& present) const {
    Step step;
    eachAhead(
        place, [&](std::uint16_t required) { return !present[required]; },
        [&](std::uint16_t found, std::uint16_t group) {
            if (!step && spots_[found].id == id) step = {found, depthIn(group)};
        });
    return step;
}

Plan::Step Plan::behind(std::uint16_t place, std::uint16_t id) const {
    Step step;
    for (std::uint16_t at = place; at != 0 && !step; at = spots_[at].parent) {
        const std::uint16_t parent = spots_[at].parent;
        if (spots_[parent].choice()) continue;
        for (const std::uint16_t child : spots_[parent].children)
            starts(
                child, [](std::uint16_t) { return false; },
                [&](std::uint16_t found) {
                    if (!step && spots_[found].id == id) step = {found, depthIn(parent)};
                });
    }
    return step;
}

}  // namespace gateway::hl7v2
