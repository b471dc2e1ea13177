/// @file  States of messages and deliveries, and what stands on timelines, as people call them.
#pragma once

#include <string_view>

#include "gateway/error.h"

namespace gateway {

/// @param name  "set-aside". @return "set aside"; what is none of them as it is
Reason stateWord(std::string_view name);

}  // namespace gateway
