#include "location.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

namespace fhir {
using gateway::Node;

namespace {

constexpr std::uint16_t kCount = 0xFFFF;  ///< the index is greater: count

/// Counts on from a sibling of that index.
std::optional<std::size_t> countedFrom(Node at, std::size_t index, Node node) {
    for (; at && at != node; at = at.nextSibling())
        if (at.nameOf() == node.nameOf()) ++index;
    return at ? std::optional(index) : std::nullopt;
}

/// An element's name. What cannot be one may be anything, a patient's name or a line end too: then
/// only that it is there.
std::string_view spelled(Node step) {
    constexpr std::size_t kLongest = 64;
    const std::string_view name = step.name();
    if (!step.parent()) return name;
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_';
    };
    const bool element = name.empty() || (name.size() <= kLongest && !(name[0] <= 'Z') &&
                                          std::all_of(name.begin(), name.end(), plain));
    return element ? name : std::string_view("?");
}

}  // namespace

std::size_t Places::indexOf(Node node) {
    if (node.data()->spare != kCount) return node.data()->spare;
    Counted& last = counted_[{node.parent().data(), node.nameOf().data()}];
    std::optional<std::size_t> index = countedFrom(last.node, last.index, node);
    if (!index) index = countedFrom(node.parent().firstChild(), 0, node);
    last = {node, index.value_or(0)};
    return last.index;
}

std::string Places::of(Node node) {
    std::vector<Node> steps;
    for (; node; node = node.parent()) steps.push_back(node);
    std::string text;
    for (; !steps.empty(); steps.pop_back()) {
        const Node step = steps.back();
        if (!text.empty() && !step.name().empty()) text += '.';
        text += spelled(step);
        if (step.inList()) text += '[' + std::to_string(indexOf(step)) + ']';
    }
    return text;
}

std::string location(Node node) { return Places().of(node); }

void setIndex(gateway::Builder& tree, gateway::Builder::Handle node, std::uint32_t index) {
    tree.spare(node, index < kCount ? static_cast<std::uint16_t>(index) : kCount);
}

}  // namespace fhir
