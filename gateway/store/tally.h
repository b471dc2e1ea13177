/// @file  How many messages and deliveries are in which state: kept exact in the file, one row per
/// kind, name and state, and in memory.
#pragma once

#include <cstdint>
#include <map>
#include <tuple>

namespace gateway {

struct TallyKey {
    /// From `accepted` on what is counted once, when it comes in, and what lies in the store is
    /// held against (reconcile.h): messages of a source, deliveries to a destination, left-outs of
    /// a partner (0: nobody of the directory), and of those the ones that retention took away.
    /// `reused`: ids of a source that came again with other content.
    enum Kind : int { message, delivery, ever, accepted, intended, leftOutOf, erased, reused };
    enum Ever : int { refused, repeats, leftOut };
    int kind = 0;
    std::int64_t name = 0;
    int state = 0;
    friend auto operator<=>(const TallyKey&, const TallyKey&) = default;
};

/// Number of each key, or changes of it.
using Tally = std::map<TallyKey, std::int64_t>;

}  // namespace gateway
