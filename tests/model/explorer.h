/// @file  Looks at every state that a scenario can come to, breadth first.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model/model.h"

namespace model {

struct Found {
    std::size_t states = 0;
    std::size_t steps = 0;
    std::size_t quiet = 0;           ///< states in which nothing happens by itself any more
    std::string broken;              ///< the first promise found broken; empty: none
    std::vector<std::string> story;  ///< the shortest way there
    std::string text() const;
};

/// Every state must keep the promises; from every state one without further steps must be
/// reachable by ordinary progress alone, and there nothing may have ended in silence.
Found explore(const Scenario& scenario, Mutation mutation = Mutation::none);

}  // namespace model
