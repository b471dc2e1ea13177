/// @file  Lets time cause messages: asks policies what is due and puts it through the inbox, as
/// messages of the source that names the policy.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "gateway/log.h"
#include "gateway/store.h"
#include "pipeline/clock.h"
#include "pipeline/current.h"
#include "pipeline/inbox.h"
#include "pipeline/paused.h"

namespace gateway {

/// One thread. It looks when the earliest due time of the register comes, when it is told of an
/// earlier one, and once a minute: the time of day may have been put right.
class Timekeeper {
public:
    Timekeeper(Store& store, Log& log, const Current& current, StoringInbox& inbox,
               const Paused& paused, const Clock& clock);

    void start();
    /// An entry of the register now has that due time.
    void follow(Time due);
    /// The configuration changed, or a source may go on: looks at once.
    void again();
    void askToStop();
    void join();

private:
    /// What came of asking a policy.
    enum class Answer { nothing, caused, later };

    void run();
    /// @return how long to wait for the next look; nothing: until told
    std::optional<Milliseconds> look();
    Answer askAll(const Setup& setup, Time now);
    Answer ask(const SourceSetup& source, Time now);
    std::vector<DueMessage> dueOf(const SourceSetup& source, Time now);
    /// It was caused before and is still due, as an edition came that is due at the same time.
    bool moveOn(const SourceSetup& source, const DueMessage& due, Time now);
    bool standsDue(const DueMessage& due, Time now) const;
    Milliseconds untilNext(const Setup& setup, Time now);
    void tellOnce(const std::string& about, const std::string& what);

    Store& store_;
    Log& log_;
    const Current& current_;
    StoringInbox& inbox_;
    const Paused& paused_;
    const Clock& clock_;
    std::mutex mutex_;  ///< guards the three below
    bool stopping_ = false, again_ = false;
    Time next_{};  ///< the earliest due time known
    std::condition_variable changed_;
    // Of the thread alone.
    unsigned failures_ = 0;
    std::map<std::string, std::string> told_;  ///< what is in the log, by source
    std::set<std::string> movedOn_;            ///< keys of what was caused before
    std::thread thread_;
};

}  // namespace gateway
