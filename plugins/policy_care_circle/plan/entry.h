/// @file  When time itself concerns a plan next.
#pragma once

#include "plan_facts.h"

namespace care_circle {

/// Sets RegisterEntry::due of an open plan from its facts: the next Task of its review, or the end
/// of a participation.
void setTimer(gateway::RegisterEntry& entry);

/// Replaces every value of a fact.
void setFact(gateway::RegisterEntry& entry, std::string_view name,
             const std::vector<std::string>& values);

/// Partners that may not get anything: refused ones, as they stand, and those who have left.
std::vector<std::string> barredOf(const std::vector<std::string>& refused,
                                  const std::vector<Membership>& members);

}  // namespace care_circle
