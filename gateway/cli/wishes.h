/// @file  What a partner wants of who sends to it, in a few words.
#pragma once

#include <cstdint>
#include <string>

#include "gateway/error.h"

namespace gateway {

/// @param shown  the time of day at which it ends
Reason quietText(const std::string& shown);
Reason rateText(std::uint64_t most, std::uint64_t perMilliseconds);

}  // namespace gateway
