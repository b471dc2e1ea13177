/// @file  One breaker per destination: while it is open nobody tries, then one probe goes first.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "gateway/time.h"

namespace gateway {

/// 2^(failures-1) times `first`, at most `most`, a fifth of it up or down by chance so that a
/// hundred lanes do not come back in one instant.
Milliseconds backoff(unsigned failures, Milliseconds first, Milliseconds most);

class Breaker {
public:
    /// Waits until a try is allowed; false when stop() came first. One caller at a time gets the
    /// probe.
    bool waitUntilAllowed();
    /// A try succeeded, or was answered at all.
    void close();
    /// A try found the destination unavailable. @return when the next probe may go
    Time open(Milliseconds first, Milliseconds most);
    /// The probe was not made, or told nothing: somebody else may make it.
    void release();
    bool isOpen() const;
    /// Wakes whoever waits, for good.
    void stop();

private:
    mutable std::mutex mutex_;  // guards the rest
    std::condition_variable changed_;
    unsigned failures_ = 0;
    std::chrono::steady_clock::time_point until_{};  ///< whatever the time of day does
    bool probing_ = false;
    bool stopped_ = false;
};

}  // namespace gateway
