/// @file  What a check finds in a tree, bounded: a place is spelled only for what is told, for that
/// may walk all siblings.
#pragma once

#include "gateway/error.h"
#include "gateway/tree.h"

namespace check {

class Found {
public:
    explicit Found(gateway::Issues& issues) : issues_(issues) {}
    void error(gateway::Node at, gateway::Reason text);
    /// Whether nothing more is told: words need not be made.
    bool full() const;

private:
    gateway::Issues& issues_;
    std::size_t count_ = 0;
};

}  // namespace check
