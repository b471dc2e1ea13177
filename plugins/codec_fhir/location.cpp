#include "location.h"

#include <cstdint>
#include <vector>

namespace fhir {
using gateway::Node;

namespace {

constexpr std::uint16_t kCount = 0xFFFF;  ///< the index is greater: count

std::size_t indexOf(Node node) {
    if (node.data()->spare != kCount) return node.data()->spare;
    std::size_t index = 0;
    for (const Node sibling : node.parent().children()) {
        if (sibling == node) break;
        if (sibling.nameOf() == node.nameOf()) ++index;
    }
    return index;
}

}  // namespace

std::string location(Node node) {
    std::vector<Node> steps;
    for (; node; node = node.parent()) steps.push_back(node);
    std::string text;
    for (; !steps.empty(); steps.pop_back()) {
        const Node step = steps.back();
        if (!text.empty() && !step.name().empty()) text += '.';
        text += step.name();
        if (step.inList()) text += '[' + std::to_string(indexOf(step)) + ']';
    }
    return text;
}

void setIndex(gateway::Builder& tree, gateway::Builder::Handle node, std::uint32_t index) {
    tree.spare(node, index < kCount ? static_cast<std::uint16_t>(index) : kCount);
}

}  // namespace fhir
