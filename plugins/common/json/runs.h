/// @file  The children of a node as an encoder of objects needs them: siblings of one name
/// together.
#pragma once

#include <cstddef>
#include <vector>

#include "gateway/tree.h"

namespace json {

/// A stack of children. Those of one push() stand in runs of one name, each run at the place of its
/// first. Nodes are asked for by index because a deeper push() may move them.
class Runs {
public:
    /// Puts the children of `parent` on top; returns the index of the first.
    std::size_t push(gateway::Node parent);
    /// Where the run that begins at `at` ends.
    std::size_t end(std::size_t at) const;
    std::size_t size() const { return nodes_.size(); }
    gateway::Node operator[](std::size_t at) const { return nodes_[at]; }
    void pop(std::size_t first) { nodes_.resize(first); }

private:
    bool tidy(std::size_t first) const;
    void sort(std::size_t first);
    void sortFew(std::size_t first);

    std::vector<gateway::Node> nodes_;
};

}  // namespace json
