#include "fml_siblings.h"

namespace fml {

namespace {
/// Children that are looked through without an index.
constexpr unsigned kFew = 32;
}  // namespace

std::size_t Siblings::Hash::operator()(const Key& key) const {
    return std::hash<const void*>()(key.parent) * 31 + key.name.data()->hash;
}

void Siblings::enter(Handle child) {
    const gateway::Node node = child.node();
    const void* const parent = node.parent().data();
    if (indexed_.find(parent) == indexed_.end()) return;
    const auto [known, fresh] = ends_.try_emplace({parent, node.nameOf()}, Ends{child, child});
    if (!fresh) known->second.last = child;
}

void Siblings::emptied(Handle parent) {
    const void* const key = parent.node().data();
    if (indexed_.erase(key) == 0) return;
    for (const gateway::Node child : parent.node().children()) ends_.erase({key, child.nameOf()});
}

const Siblings::Ends* Siblings::ends(Handle parent, gateway::Name name, Ends& few) {
    const void* const key = parent.node().data();
    if (indexed_.empty() || indexed_.find(key) == indexed_.end()) {
        unsigned seen = 0;
        bool all = true;
        for (const gateway::Node child : parent.node().children()) {
            if (++seen > kFew) {
                all = false;
                break;
            }
            if (!(child.nameOf() == name)) continue;
            if (!few.first) few.first = tree_.handle(child);
            few.last = tree_.handle(child);
        }
        if (all) return &few;
        indexed_.insert(key);
        for (const gateway::Node child : parent.node().children()) enter(tree_.handle(child));
    }
    const auto found = ends_.find({key, name});
    return found == ends_.end() ? nullptr : &found->second;
}

Siblings::Handle Siblings::first(Handle parent, gateway::Name name) {
    unsigned seen = 0;
    for (const gateway::Node child : parent.node().children()) {
        if (++seen > kFew) break;
        if (child.nameOf() == name) return tree_.handle(child);
    }
    if (seen <= kFew) return {};
    Ends few;
    const Ends* const found = ends(parent, name, few);
    return found ? found->first : Handle();
}

Siblings::Handle Siblings::last(Handle parent, gateway::Name name) {
    Ends few;
    const Ends* const found = ends(parent, name, few);
    return found ? found->last : Handle();
}

}  // namespace fml
