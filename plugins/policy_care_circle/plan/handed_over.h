/// @file  What the network itself recorded of who got the plan (Communication, native `diffusion`).
#pragma once

#include <string>
#include <string_view>

#include "plan/edition.h"

namespace care_circle {

/// The last day on which the partner was handed the plan, empty: never.
std::string handedOverOn(const Edition& edition, std::string_view partner);

}  // namespace care_circle
