/// @file  How long a claim waits.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "gateway/store.h"

namespace gateway {

/// How long from now until then; for ever when it is never.
Milliseconds until(Time then, Time now);

class Waiting {
public:
    Waiting(const Lease& lease, std::uint64_t wakes);
    /// Whether the time is over or somebody called wake().
    bool over(std::uint64_t wakes) const;
    /// Until notified, the time is over, or `most` has passed.
    void wait(std::condition_variable& ready, std::unique_lock<std::mutex>& lock,
              Milliseconds most) const;

private:
    const std::chrono::steady_clock::time_point until_;
    const std::uint64_t wakes_;
};

}  // namespace gateway
