/// @file  A log (SQLite's write-ahead log) in which a bit has flipped since it was written.
///
/// SQLite takes of a log what comes before the first frame whose sum is wrong, and passes over all
/// that follows in silence: one bit in a log that a kill left would lose every commit behind it.
/// The sums that tell of it mostly also tell which bit it was; where several would fit nothing is
/// touched.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace gateway {

struct RepairedLog {
    int bits = 0;            ///< put right
    std::uint64_t lost = 0;  ///< commits that stand behind what could not be put right
};

/// Of a log that nobody has open. There may be none.
/// @param before  is called once before the first byte is changed
/// @throws Error(unavailable)
RepairedLog repairLog(
    const std::string& log, const std::function<void()>& before = [] {});

}  // namespace gateway
