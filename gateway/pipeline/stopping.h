/// @file  The word "stop", for workers that wait.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "gateway/time.h"

namespace gateway {

/// Many threads.
class Stopping {
public:
    void ask();
    bool asked() const { return asked_; }
    /// Waits that long, or until ask().
    void wait(Milliseconds time);

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::atomic<bool> asked_{false};  ///< changed under mutex_
};

}  // namespace gateway
