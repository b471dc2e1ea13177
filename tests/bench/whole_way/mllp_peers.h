/// @file  Both ends of the benchmark: a load generator and a sink, plain sockets, as lean as they
/// can be, since they share the machine with what is measured.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace bench {

using Clock = std::chrono::steady_clock;

/// Answers AA to every frame and counts.
class Sink {
public:
    Sink();
    ~Sink();
    std::uint16_t port() const { return port_; }
    std::uint64_t received() const { return received_; }

private:
    void run();
    int listener_ = -1, wake_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<std::uint64_t> received_{0};
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

struct Load {
    int connections = 32;
    std::uint64_t messages = 0;
    double perSecond =
        0;  ///< 0: as fast as the answers come; else latency counts from the scheduled instant
    int patients = 5000;
    std::size_t bytes = 1024;
};

struct LoadResult {
    double seconds = 0;
    std::uint64_t accepted = 0, failed = 0;
    std::vector<double> latenciesMs;  ///< sorted
    double percentile(double p) const;
};

/// Sends, one message in flight on each connection, as MLLP senders do.
LoadResult run(std::uint16_t port, const Load& load);

}  // namespace bench
