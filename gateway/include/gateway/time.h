/// @file  Instants. All times inside the gateway are UTC, to the millisecond.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "gateway/bytes.h"

namespace gateway {

using Milliseconds = std::chrono::milliseconds;
using Time = std::chrono::time_point<std::chrono::system_clock, Milliseconds>;

inline Time currentTime() {
    return std::chrono::time_point_cast<Milliseconds>(std::chrono::system_clock::now());
}

/// RFC 3339 with milliseconds and Z: "2025-03-18T08:42:10.000Z".
GATEWAY_API std::string toText(Time time);
/// Reads what toText() writes. @throws Error(malformed)
GATEWAY_API Time timeFromText(std::string_view text);

}  // namespace gateway
