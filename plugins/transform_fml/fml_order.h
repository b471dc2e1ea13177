/// @file  What the list modes `first` and `last` of targets ask for: the items of a rule go before,
/// or behind, those of all others of their list.
#pragma once

#include <unordered_map>
#include <vector>

#include "gateway/tree.h"

namespace fml {

class ListOrder {
public:
    using Handle = gateway::Builder::Handle;

    explicit ListOrder(gateway::Builder& tree) : tree_(tree) {}

    /// That child, made by `rule`, goes first (or last) among its namesakes. Returns false when
    /// another rule has claimed the place.
    bool put(Handle child, bool first, const void* rule);
    /// Puts all in order; linear in the number of their siblings.
    void arrange();

private:
    enum class Rank { first, middle, last };
    struct Claims {
        const void *firstRule = nullptr, *lastRule = nullptr;
    };

    void arrange(Handle parent);

    gateway::Builder& tree_;
    std::unordered_map<const void*, Rank> ranks_;  ///< of children
    std::vector<Handle> parents_;                  ///< each once
    std::unordered_map<const void*, std::unordered_map<std::string_view, Claims>> claims_;
};

}  // namespace fml
