/// @file  At most so many messages in so long, for one destination or for all of a partner.
#pragma once

#include <mutex>
#include <optional>

#include "pipeline/clock.h"

namespace gateway {

/// `rate:`
struct Rate {
    unsigned most = 1;
    Milliseconds per{1'000};
    friend bool operator==(const Rate&, const Rate&) = default;
};

/// Many threads, several destinations. Evenly spaced: what a partner allows in a second does not
/// come in its first moment, and after a restart nothing comes faster either. A fiftieth slower
/// than allowed, so that the partner's own clock counts no more either.
class Pace {
public:
    using Steady = Clock::Steady;

    /// In force at once.
    void limit(const Rate& rate);
    /// When something may be sent next.
    Steady next() const;
    /// How many may be taken together at this instant.
    std::size_t room(Steady now) const;
    /// @return whether so many could be taken
    bool take(std::size_t count, Steady now);

private:
    mutable std::mutex mutex_;  ///< guards the rest
    Rate rate_;
    std::chrono::nanoseconds interval_{};
    std::size_t together_ = 1;
    Steady next_{};
};

}  // namespace gateway
