/// @file  What changes while what lies in the store is counted.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "store/tally.h"

namespace gateway {

/// The count goes along the numbers of messages and deliveries, in slices, each in its own
/// snapshot. What changes later among those that it has passed is added here; so the sum is exact
/// at its end although work goes on all the time.
struct Recount {
    struct Change {
        TallyKey key;
        std::uint64_t id;
        std::int64_t change;
    };
    using Changes = std::vector<Change>;

    /// Adds what was committed.
    void add(const Changes& committed) {
        if (!running) return;
        for (const Change& one : committed)
            if (one.id <= passed[static_cast<std::size_t>(one.key.kind)])
                changes[one.key] += one.change;
    }

    bool running = false;
    /// The last number that was counted, by kind of key.
    std::array<std::uint64_t, TallyKey::erased + 1> passed{};
    Tally changes;
};

}  // namespace gateway
