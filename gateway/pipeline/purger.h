/// @file  What time does, beside the work that goes on: takes away what is finished and older than
/// the configuration says, sets aside what nobody picked up, counts what waits.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "gateway/log.h"
#include "gateway/store.h"
#include "pipeline/current.h"
#include "pipeline/inbox.h"

namespace gateway {

/// One thread: a small slice, then a pause three times as long as the slice took, so that at most a
/// quarter of the time the writer has it among its work; when nothing is left, a rest of a
/// minute, or a quarter of the shortest time that something is kept.
class Purger {
public:
    Purger(Store& store, Log& log, const Current& current, Backlog& backlog,
           Milliseconds rest = Milliseconds{60'000})
        : store_(store), log_(log), current_(current), backlog_(backlog), rest_(rest) {}
    ~Purger() { stop(); }

    void start();
    /// The configuration changed: looks again at once.
    void again();
    void stop();

private:
    void run();
    /// @return how long to rest before the next
    Milliseconds slice();

    Store& store_;
    Log& log_;
    const Current& current_;
    Backlog& backlog_;
    const Milliseconds rest_;
    bool offered_ = true;  ///< of the thread alone: the store can do it, and it is not failing
    std::mutex mutex_;     ///< guards the two below
    std::condition_variable changed_;
    bool stopping_ = false, again_ = false;
    std::thread thread_;
};

}  // namespace gateway
