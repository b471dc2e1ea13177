#include "fml_order.h"

#include <algorithm>
#include <map>

namespace fml {

using gateway::Node;

bool ListOrder::put(Handle child, bool first, const void* rule) {
    const Node parent = child.node().parent();
    auto& names = claims_[parent.data()];
    if (names.empty()) parents_.push_back(tree_.handle(parent));
    Claims& claims = names[child.node().name()];
    const void*& owner = first ? claims.firstRule : claims.lastRule;
    if (owner && owner != rule) return false;
    owner = rule;
    ranks_.emplace(child.node().data(), first ? Rank::first : Rank::last);
    return true;
}

void ListOrder::arrange() {
    for (const Handle parent : parents_) arrange(parent);
}

/// Each list keeps its places among the other children; its items change places among themselves.
/// The children are moved off the front one by one into queues, then back in the wanted order: a
/// move is quick only for what stands first.
void ListOrder::arrange(Handle parent) {
    const auto& claimed = claims_[parent.node().data()];
    const auto rankOf = [&](Node child) {
        const auto known = ranks_.find(child.data());
        return known == ranks_.end() ? Rank::middle : known->second;
    };
    std::map<std::string_view, std::vector<Node>> lists;
    std::vector<Node> children;
    for (const Node child : parent.node().children()) {
        children.push_back(child);
        if (claimed.count(child.name())) lists[child.name()].push_back(child);
    }
    for (auto& [name, list] : lists)
        std::stable_sort(list.begin(), list.end(),
                         [&](Node a, Node b) { return rankOf(a) < rankOf(b); });
    std::map<std::string_view, std::size_t> taken;
    for (Node& child : children)
        if (const auto list = lists.find(child.name()); list != lists.end())
            child = list->second[taken[child.name()]++];

    std::map<std::pair<std::string_view, Rank>, Handle> queues;
    const auto queueOf = [&](Node child) {
        const bool listed = lists.count(child.name()) != 0;
        Handle& queue = queues[{listed ? child.name() : std::string_view(), rankOf(child)}];
        if (!queue) queue = tree_.add(parent, "queue");
        return queue;
    };
    std::vector<Handle> order;
    for (const Node child : children) order.push_back(tree_.handle(child));
    std::vector<Handle> before;
    for (const Node child : parent.node().children()) before.push_back(tree_.handle(child));
    // The queues stand behind all that moves, and in front of it at the end.
    for (const Handle child : before) tree_.adopt(queueOf(child.node()), child);
    for (const Handle child : order) tree_.adopt(parent, child);
    for (const auto& [key, queue] : queues) tree_.remove(queue);
}

}  // namespace fml
