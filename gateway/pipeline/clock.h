/// @file  The time of day, the time that only goes on, and waiting for it. A test has its own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "gateway/time.h"

namespace gateway {

/// Many threads.
class Clock {
public:
    using Steady = std::chrono::steady_clock::time_point;

    virtual ~Clock();
    virtual Time now() const;
    /// Whatever people do to the time of day.
    virtual Steady steady() const;
    /// Until notified or `until` is there.
    virtual void wait(std::condition_variable& changed, std::unique_lock<std::mutex>& lock,
                      Steady until) const;

    static const Clock& real();
};

}  // namespace gateway
