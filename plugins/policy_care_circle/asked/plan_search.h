/// @file  Finding the plans of one person, strictly.
#pragma once

#include <vector>

#include "gateway/policy.h"
#include "gateway/register.h"

namespace care_circle {

struct PlansFound {
    std::vector<gateway::RegisterEntry> plans;
    bool byTraits = false;  ///< name and birth date: several may be several people
};

/// Words: who ("EXC-2026-0001", "relai/EXC-2026-0001" or an INS), or name and born; network narrows
/// each. @throws Error(rejected) naming the word that cannot be taken
PlansFound findPlans(const gateway::Asked& asked, const gateway::Register& plans, std::size_t most);

}  // namespace care_circle
