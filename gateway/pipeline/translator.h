/// @file  The translator: claims messages, makes their deliveries, commits both in one transaction.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "gateway/log.h"
#include "gateway/store.h"
#include "pipeline/clock.h"
#include "pipeline/current.h"
#include "pipeline/inbox.h"
#include "pipeline/progress.h"
#include "pipeline/stopping.h"
#include "pipeline/translating.h"

namespace gateway {

class Translator {
public:
    /// @param dueAt  told of each due time that an entry of the register got by a commit
    /// @param queued  told of each destination where a commit left something to be sent
    Translator(Store& store, Log& log, Current& current, ProgressBoard& board, Backlog& backlog,
               UnmappedSeen& unmapped, Milliseconds lease, std::function<void(Time)> dueAt,
               std::function<void(const std::string&)> queued);

    void start(unsigned workers);
    /// Workers end after what they have in hand; call store.wake() so that idle ones notice.
    void askToStop() { stopping_.ask(); }
    void join();

    /// What becomes of one claimed message, by the register as it is committed: as
    /// Translating::run(), with what the sender is told. Commits nothing.
    Translation translate(const Setup& setup, const MessageClaim& claim);
    /// The same of a message that is none: nothing is counted or told either.
    Translation examine(const Setup& setup, const MessageClaim& claim);

private:
    struct Batch;
    void run();
    void translateAll(std::span<const MessageClaim> claims);
    std::optional<Translation> attempt(const Setup& setup, const MessageClaim& claim,
                                       const Register& plans);
    Translation translate(const Setup& setup, const MessageClaim& claim, const Register& plans);
    /// They can be claimed again at once; those that are translated stay so.
    void giveBackWaiting();
    std::optional<Translation> holdWithoutMemory(const Setup& setup, const MessageClaim& claim);
    /// It is translated: want of memory another time begins anew.
    void forgetMemory(const std::string& message);
    void giveBack(std::span<const MessageClaim> claims);
    void commit(Batch& batch);
    bool translateAlone(const Setup& setup, const MessageClaim& claim);
    void committed(const Translation& result, Settled settled);

    Store& store_;
    Log& log_;
    Current& current_;
    ProgressBoard& board_;
    Backlog& backlog_;
    const Milliseconds lease_;
    const std::function<void(Time)> dueAt_;
    const std::function<void(const std::string&)> queued_;
    IdStock ids_;
    const Translations shared_;
    Stopping stopping_;
    std::mutex memoryMutex_;  ///< guards the next two
    std::map<std::string, Clock::Steady> noMemorySince_;
    std::vector<std::pair<ClaimId, Clock::Steady>>
        waiting_;  ///< claims that wait for memory, since when
    std::vector<std::thread> workers_;
};

}  // namespace gateway
