/// @file  Between the loop of a listener and the inbox: frames in, acknowledgements out.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "connection.h"
#include "gateway/transport.h"
#include "waiters.h"

namespace transport_mllp {

/// A few threads. One takes all connections that have a frame ready, up to 64, so that their
/// messages share one durable commit, and writes the answers itself. A connection is in the queue
/// once at most, which bounds it.
class Workers {
public:
    Workers(gateway::Gateway& gateway, const Sources& sources, std::size_t threads);
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
    struct Job;

    void work();
    bool pop(std::vector<ConnectionPtr>& batch);
    void handle(std::vector<Job>& jobs);
    void accept(std::vector<Job>& jobs);
    void settle(Job& job, const gateway::Accepted& accepted);
    void answer(Job& job, const mllp::Verdict& verdict);

    gateway::Gateway& gateway_;
    const Sources& sources_;
    std::mutex mutex_;  // guards the queue and stopping_
    std::condition_variable some_;
    std::deque<ConnectionPtr> queue_;
    bool stopping_ = false;
    std::unique_ptr<Waiters> waiters_;  ///< null when no source needs them
    std::vector<std::thread> threads_;
};

}  // namespace transport_mllp
