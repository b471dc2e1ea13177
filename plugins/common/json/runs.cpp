#include "common/json/runs.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace json {
using gateway::Name;
using gateway::Node;

std::size_t Runs::push(Node parent) {
    const std::size_t first = nodes_.size();
    for (const Node child : parent.children()) nodes_.push_back(child);
    if (!tidy(first)) sort(first);
    return first;
}

std::size_t Runs::end(std::size_t at) const {
    const Name name = nodes_[at].nameOf();
    while (++at < nodes_.size() && nodes_[at].nameOf() == name) {
    }
    return at;
}

/// Whether no name returns after another; asked only as far as it is cheap.
bool Runs::tidy(std::size_t first) {
    constexpr std::size_t kCheap = 32;
    seen_.clear();
    for (std::size_t at = first; at < nodes_.size(); ++at) {
        const Name name = nodes_[at].nameOf();
        if (!seen_.empty() && seen_.back() == name) continue;
        if (seen_.size() == kCheap || std::find(seen_.begin(), seen_.end(), name) != seen_.end())
            return false;
        seen_.push_back(name);
    }
    return true;
}

void Runs::sort(std::size_t first) {
    std::unordered_map<std::string_view, std::size_t> order;
    std::vector<std::pair<std::size_t, Node>> ordered;
    ordered.reserve(nodes_.size() - first);
    for (std::size_t at = first; at < nodes_.size(); ++at)
        ordered.emplace_back(order.try_emplace(nodes_[at].name(), order.size()).first->second,
                             nodes_[at]);
    std::stable_sort(ordered.begin(), ordered.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [rank, node] : ordered) nodes_[first++] = node;
}

}  // namespace json
