/// @file  Names of time zones.
#pragma once

#include <string>

#include "gateway/error.h"

namespace gateway {

/// What is wrong with the name of a time zone; empty when this system knows it, or knows none.
Reason zoneMistake(const std::string& zone);

}  // namespace gateway
