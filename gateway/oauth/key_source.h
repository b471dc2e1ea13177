/// @file  Where the keys of an issuer come from, read in the background, so that who asks waits
/// little and in small number.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "gateway/log.h"
#include "gateway/time.h"
#include "oauth/key_set.h"

namespace gateway::oauth {

using WallClock = std::function<Time()>;

/// Many threads.
class KeySource {
public:
    /// The text of the key set; throws Error. Called by one thread of the source's own.
    using Read = std::function<std::string()>;
    struct Times {
        Milliseconds refresh{15 * 60'000};  ///< keys older than that are read again
        Milliseconds again{10'000};         ///< between two readings, whatever is asked
        Milliseconds most{24 * 3'600'000};  ///< keys older than that are believed no more
        Milliseconds wait{3'000};           ///< how long somebody waits for a reading
    };
    static constexpr unsigned kWaiting = 16;  ///< that wait for a reading at one time

    KeySource(std::string issuer, Read read, Times times, WallClock now = currentTime);
    /// A reading in hand ends first.
    ~KeySource();

    /// Begins to read, and tells the log from now on.
    void start(Log& log);
    /// Begins with what another knows, until it has read itself. Before start().
    void adopt(const KeySource& former);

    /// @throws Error(unavailable) when there are none and they cannot be had soon
    std::shared_ptr<const KeySet> keys();
    /// Others than `former`, because it lacks one: waits for a reading, unless the last was a
    /// moment ago; `former` when there are none.
    std::shared_ptr<const KeySet> newerThan(const std::shared_ptr<const KeySet>& former);

private:
    using Lock = std::unique_lock<std::mutex>;
    void run();
    void readOnce(Lock& lock);
    void ask(Lock& lock);
    bool mayAsk() const;
    void await(Lock& lock);
    void tell(const std::optional<Error>& failed);

    const std::string issuer_;
    const Read read_;
    const Times times_;
    const WallClock now_;

    mutable std::mutex mutex_;  ///< guards all below
    std::condition_variable changed_;
    std::shared_ptr<const KeySet> keys_;
    std::optional<Time> readAt_, triedAt_;
    std::optional<Error> failure_;  ///< of the last reading
    Log* log_ = nullptr;
    unsigned waiting_ = 0;
    bool wanted_ = false, stopping_ = false;
    std::thread thread_;
};

}  // namespace gateway::oauth
