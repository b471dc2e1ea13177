/// @file  A log (SQLite's write-ahead log) in which a bit has flipped since it was written.
///
/// SQLite takes of a log what comes before the first frame whose sum is wrong, and passes over all
/// that follows in silence: one bit in a log that a kill left would lose every commit behind it.
/// The sums that tell of it also tell which bit it was.
#pragma once

#include <cstdint>
#include <string>

namespace gateway {

struct RepairedLog {
    int bits = 0;            ///< put right
    std::uint64_t lost = 0;  ///< commits that stand behind what could not be put right
};

/// Of a log that nobody has open. There may be none. @throws Error(unavailable)
RepairedLog repairLog(const std::string& log);

}  // namespace gateway
