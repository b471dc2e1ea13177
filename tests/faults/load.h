/// @file  Senders as hospitals have them: some connections, one message in flight on each, the same
/// message again until it is acknowledged.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "oracle.h"

namespace faults {

struct LoadShape {
    int connections = 8;
    int lanes = 16;  ///< persons, shared out over the connections
    std::size_t bytes = 600;
    double perSecond = 0;    ///< over all; 0: as fast as the answers come
    std::uint64_t most = 0;  ///< messages in all; 0: until it is stopped
    int firstLane = 0;
};

class Load {
public:
    Load(Oracle& oracle, LoadShape shape);
    ~Load();
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;

    /// Where the gateway listens from now on; 0: nowhere, wait.
    void at(std::uint16_t port) { port_ = port; }
    /// What is in hand is repeated until it is acknowledged, for `grace` at most.
    void stop(std::chrono::milliseconds grace = std::chrono::seconds(20));
    /// Whether all of `most` are acknowledged.
    bool done() const { return running_ == 0; }

    std::uint64_t acknowledged() const { return acknowledged_; }
    std::uint64_t later() const { return later_; }      ///< AR
    std::uint64_t refused() const { return refused_; }  ///< any other no
    std::uint64_t broken() const { return broken_; }    ///< no answer
    std::uint64_t leaked() const { return leaked_; }    ///< answers that said what was planted
    /// Milliseconds from the scheduled instant to the acknowledgement, sorted; since the last call.
    std::vector<double> latencies();

private:
    void run(int connection);
    bool over() const;

    Oracle& oracle_;
    const LoadShape shape_;
    const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
    std::atomic<std::uint16_t> port_{0};
    std::atomic<std::uint64_t> next_{0};
    std::atomic<bool> stopping_{false};
    std::atomic<std::int64_t> giveUp_{INT64_MAX};  ///< steady milliseconds
    std::atomic<int> running_;
    std::atomic<std::uint64_t> acknowledged_{0}, later_{0}, refused_{0}, broken_{0}, leaked_{0};
    std::mutex mutex_;  // guards latencies_
    std::vector<double> latencies_;
    std::vector<std::thread> threads_;
};

double percentile(const std::vector<double>& sorted, double p);

}  // namespace faults
