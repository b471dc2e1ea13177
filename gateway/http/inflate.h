/// @file  gzip bodies, opened within bounds.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace gateway::http {

/// What one compressed body may become.
struct InflateLimits {
    std::uint64_t most = 64ull << 20;  ///< bytes
    unsigned ratio = 200;              ///< times what came; does not matter below `free`
    std::uint64_t free = 1 << 20;
};

/// What a whole gzip body (RFC 1952, one member or several) was made of. Stops as soon as a limit
/// is passed: nothing is made that is over it.
/// @param room  asked before more is made: whether there is memory for so many bytes in all
/// @throws Error at kInflated: malformed for what is no gzip, cut or damaged, rejected over the
/// limits,
///         unavailable without room
std::string inflated(std::string_view gzip, const InflateLimits& limits,
                     const std::function<bool(std::uint64_t)>& room = {});
inline constexpr std::string_view kInflated = "gzip body";

}  // namespace gateway::http
