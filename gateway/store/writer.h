/// @file  The one thread that writes: what many callers want goes into one durable commit.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "gateway/error.h"
#include "store/transaction.h"

namespace gateway {

/// How long commits took. Noted by the writer's thread alone, read by all.
class CommitTimes {
public:
    void note(std::chrono::steady_clock::time_point began,
              std::chrono::steady_clock::time_point ended);

    static constexpr std::uint64_t kUpTo[] = {500,       1'000,     2'000,    5'000,   10'000,
                                              20'000,    50'000,    100'000,  250'000, 500'000,
                                              1'000'000, 2'500'000, 5'000'000};
    std::atomic<std::uint64_t> count{0}, microseconds{0};
    std::array<std::atomic<std::uint64_t>, std::size(kUpTo)> upTo{};  ///< each bucket alone
    std::atomic<std::uint64_t> slowest{0}, slowestBefore{0};          ///< of two minutes

private:
    std::int64_t minute_ = 0;
};

/// What a caller wants written. May be run more than once before it is committed, so it assigns its
/// results anew each time; it checks before it writes.
using Work = std::function<void(Transaction&)>;

class Writer {
public:
    struct Limits {
        std::size_t groupMost = 256;
        std::uint64_t groupBytes = 8u << 20;
    };
    /// What the writer needs of its store; called on the writer's thread, open() at first by
    /// start().
    struct Host {
        /// Opens the file, brings memory in line with it.
        std::function<std::unique_ptr<Transaction>()> open;
        std::function<Time()> now;
        /// Held while a group is written, so that a checkpoint can end between two groups.
        std::mutex* gate = nullptr;
        /// After each commit, under the board's mutex.
        std::function<void()> notify;
        std::function<void(const Error&)> failed;
    };

    Writer(Limits limits, Host host);
    /// Writes what is queued, then ends.
    ~Writer();
    /// Opens and starts; throws what open() throws.
    void start();

    /// Returns when it is durable.
    /// @param items, bytes  how much of a group's bound it takes
    /// @throws Error  nothing of this work is in the file
    void write(std::size_t items, std::uint64_t bytes, const Work& work);
    /// How many commits there were, and how long they took until they were durable.
    struct Commits {
        std::uint64_t count = 0, microseconds = 0;
        std::uint64_t slowest = 0;  ///< of this minute and the one before
        /// At most so many microseconds, and how many commits took that or less.
        std::vector<std::pair<std::uint64_t, std::uint64_t>> times;
    };
    Commits commits() const;
    /// Does not wait, unless too much is waiting already.
    void writeLater(Work work);

private:
    struct Request {
        const Work* work = nullptr;
        Work owned;  ///< of writeLater
        std::size_t items = 1;
        std::uint64_t bytes = 0;
        bool done = false;
        std::optional<Error> error;
        std::mutex mutex;  ///< guards done and error
        std::condition_variable ready;
    };
    using Group = std::vector<std::shared_ptr<Request>>;

    void run();
    bool take(Group& group);
    void perform(Group& group);
    /// @return the request that cannot be done, with its error; none when all is committed
    bool attempt(Group& group);
    void commit(Transaction& transaction);
    void publish(Transaction& transaction);
    void reopen();
    static void finish(Request& request, std::optional<Error> error);

    const Limits limits_;
    const Host host_;
    std::unique_ptr<Transaction> transaction_;  ///< null while the file cannot be used
    std::mutex mutex_;                          ///< guards queue_ and stopping_
    std::condition_variable wanted_;
    std::condition_variable room_;
    std::deque<std::shared_ptr<Request>> queue_;
    bool stopping_ = false;
    CommitTimes times_;
    std::thread thread_;
};

}  // namespace gateway
