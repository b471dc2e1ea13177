/// @file  Complementary approaches of a plan, as the register keeps them for figures.
#pragma once

#include <vector>

#include "plan/bundle.h"
#include "plan_facts.h"

namespace care_circle {

/// Also psychologists and occupational therapists whom somebody pays.
std::vector<Approach> approachesIn(const Bundle& bundle);

}  // namespace care_circle
