#include "common/json/runs.h"

#include <algorithm>
#include <array>
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
bool Runs::tidy(std::size_t first) const {
    constexpr std::size_t kCheap = 32;
    std::array<std::size_t, kCheap> runs;  // where each begins
    std::size_t count = 0;
    for (std::size_t at = first; at < nodes_.size(); ++at) {
        const Name name = nodes_[at].nameOf();
        if (at > first && nodes_[at - 1].nameOf() == name) continue;
        for (std::size_t i = 0; i < count; ++i)
            if (nodes_[runs[i]].nameOf() == name) return false;
        if (count == kCheap) return false;
        runs[count++] = at;
    }
    return true;
}

void Runs::sort(std::size_t first) {
    constexpr std::size_t kFew = 64;
    if (nodes_.size() - first <= kFew) return sortFew(first);
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

/// Brings what has the name of each run behind it, one by one.
void Runs::sortFew(std::size_t first) {
    for (std::size_t end = first; end < nodes_.size();) {
        end = this->end(end);
        const Node last = nodes_[end - 1];
        for (std::size_t at = end + 1; at < nodes_.size(); ++at) {
            if (!(nodes_[at].nameOf() == last.nameOf())) continue;
            const Node moved = nodes_[at];
            for (std::size_t to = at; to > end; --to) nodes_[to] = nodes_[to - 1];
            nodes_[end++] = moved;
        }
    }
}

}  // namespace json
