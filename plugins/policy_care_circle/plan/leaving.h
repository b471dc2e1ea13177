/// @file  The one notice to a partner that is no longer in the care team.
#pragma once

#include "plan/outcome.h"

namespace care_circle {

/// To its destination "notices"; where it has none, a Task asks the network to tell it.
void tellEndOfSharing(const gateway::Partner& partner, const PlanName& plan,
                      std::string_view network, std::string_view time, Outcome& outcome);

}  // namespace care_circle
