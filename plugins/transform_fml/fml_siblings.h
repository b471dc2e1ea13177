/// @file  Children of the target by name, in constant time however many there are.
#pragma once

#include <unordered_map>
#include <unordered_set>

#include "gateway/tree.h"

namespace fml {

/// Few children are looked through; a node with many gets an index, when first asked for.
class Siblings {
public:
    using Handle = gateway::Builder::Handle;

    explicit Siblings(const gateway::Builder& tree) : tree_(tree) {}

    /// The first or the last child of that name, or none.
    Handle first(Handle parent, gateway::Name name);
    Handle last(Handle parent, gateway::Name name);
    /// A child was added at the end. Every one must be told.
    void added(Handle child) {
        if (!indexed_.empty()) enter(child);
    }
    /// All children of the node are about to go.
    void emptied(Handle parent);

private:
    struct Key {
        const void* parent;
        gateway::Name name;
        friend bool operator==(const Key&, const Key&) = default;
    };
    struct Hash {
        std::size_t operator()(const Key& key) const;
    };
    struct Ends {
        Handle first, last;
    };

    const Ends* ends(Handle parent, gateway::Name name, Ends& few);
    void enter(Handle child);

    const gateway::Builder& tree_;
    std::unordered_set<const void*> indexed_;
    std::unordered_map<Key, Ends, Hash> ends_;
};

}  // namespace fml
