/// @file  Between the loop of a listener and the inbox: frames in, acknowledgements out.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "common/records/records.h"
#include "connection.h"
#include "gateway/transport.h"
#include "waiters.h"

namespace transport_mllp {

/// A few threads. One takes all connections that have frames ready, up to 64, so that their
/// messages share one durable commit, and writes the answers itself, those of a connection at
/// once. A connection is in the queue once at most, which bounds it.
class Workers {
public:
    Workers(gateway::Gateway& gateway, const Sources& sources, records::Door& door,
            const ListenOptions& options);
    /// As stop().
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    void push(std::span<const ConnectionPtr> ready);
    /// Answers that wait for more than the store are given without waiting from now on.
    void hurry();
    /// Finishes what is queued.
    void stop();

private:
    struct Counted {
        std::uint64_t count = 0;
        std::optional<std::chrono::steady_clock::time_point> logged;
    };
    struct Turn;
    struct Job;
    struct Batch;

    void work();
    bool pop(std::vector<ConnectionPtr>& ready);
    void take(std::vector<ConnectionPtr>& ready, Batch& batch);
    void handle(Batch& batch);
    void accept(Batch& batch);
    void acknowledge(Batch& batch, Job& job);
    static bool isNothing(const Job& job);
    void replyToNothing(Batch& batch, Job& job);
    void settle(Batch& batch, Job& job, const gateway::Accepted& accepted);
    void reply(Batch& batch, Job& job, const mllp::Verdict& verdict);
    std::optional<std::uint64_t> counted(Counted& what);
    void noteUnanswered(const Connection& connection, const mllp::Verdict& verdict);
    void know(Job& job, Turn& turn, const gateway::Access& access);
    gateway::Error nobodys(const Connection& connection, const Job& job);
    void send(Batch& batch);
    void answerLater(const Waiting& waiting, const mllp::Verdict& verdict);

    gateway::Gateway& gateway_;
    const Sources& sources_;
    records::Door& door_;
    const bool commit_;
    const bool encrypted_;
    std::mutex mutex_;  // guards the queue, stopping_ and what was not answered
    std::condition_variable some_;
    std::deque<ConnectionPtr> queue_;
    bool stopping_ = false;
    Counted unanswered_;                ///< refusals that their senders did not want to hear of
    Counted nobodys_;                   ///< messages that no source takes
    std::unique_ptr<Waiters> waiters_;  ///< null when no source needs them
    std::vector<std::thread> threads_;
};

}  // namespace transport_mllp
