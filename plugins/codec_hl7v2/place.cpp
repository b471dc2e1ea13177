#include "place.h"

#include <algorithm>
#include <optional>

#include "marks.h"
#include "names.h"

namespace gateway::hl7v2 {
namespace {

constexpr std::uint16_t kOurs = 0xA000, kOursMask = 0xF000;
constexpr std::uint16_t kKept = 1, kReturns = 2, kTruncated = 4;
constexpr unsigned kGapShift = 3;
constexpr std::uint16_t kNamed = 0x40, kCharsetMask = 0x3F;

/// Which of its name this is, from 1; 0 when it is the only one.
std::uint32_t ordinalOf(Node node) {
    std::uint32_t before = 0, all = 0, each = 0;
    std::optional<Marks> marks;
    for (const Node sibling : node.parent().children()) {
        if (!(sibling.nameOf() == node.nameOf())) continue;
        ++each;
        Spare spare = Spare::of(sibling);
        if (spare.told) {
            if (!marks) marks = Marks::beside(node);
            spare = marks->of(sibling, numberOf(node.name()), each);
        }
        all += 1 + spare.gap;
        if (sibling == node) before = all;
    }
    return all > 1 ? before : 0;
}

std::string withOrdinal(Node node) {
    const std::uint32_t ordinal = ordinalOf(node);
    std::string text(node.name());
    if (ordinal > 0) text += "[" + std::to_string(ordinal) + "]";
    return text;
}

}  // namespace

std::string pathOf(Node node) {
    std::string below;
    bool field = false;  // whether what was put in front last was a number
    for (Node at = node; at; at = at.parent()) {
        if (!at.parent()) return below.empty() ? std::string(at.name()) : below;
        const bool number = numberOf(at.name()) != 0 && !isSegmentId(at.name());
        const bool inSegment = isSegmentId(at.parent().name());
        if (below.empty())
            below = withOrdinal(at);
        else if (field)
            below = withOrdinal(at) + (number ? "." : "-") + below;
        else
            below = withOrdinal(at) + "/" + below;
        field = number || inSegment;
    }
    return below;
}

bool Spare::isOurs(Node node) { return node && (node.data()->spare & kOursMask) == kOurs; }

Spare Spare::read(Node node) {
    if (!isOurs(node)) return {};
    const std::uint16_t value = node.data()->spare;
    const std::uint32_t gap = static_cast<std::uint32_t>(value >> kGapShift) & kMostGap;
    return {{(value & kKept) != 0, (value & kReturns) != 0, (value & kTruncated) != 0},
            gap,
            gap == kMostGap};
}

std::uint16_t Spare::value() const {
    return static_cast<std::uint16_t>(kOurs | (std::min(gap, kMostGap) << kGapShift) |
                                      (how.kept ? kKept : 0u) | (how.returns ? kReturns : 0u) |
                                      (how.truncated ? kTruncated : 0u));
}

SourceSet SourceSet::of(Node root) {
    if (!Spare::isOurs(root)) return {};
    const std::uint16_t value = root.data()->spare;
    return {&Charset::at(value & kCharsetMask), (value & kNamed) != 0};
}

std::uint16_t SourceSet::value() const {
    return static_cast<std::uint16_t>(kOurs | (charset->index() & kCharsetMask) |
                                      (named ? kNamed : 0u));
}

}  // namespace gateway::hl7v2
