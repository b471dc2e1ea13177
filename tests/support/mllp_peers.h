/// @file  Both ends of the benchmark: a load generator and a sink, plain sockets, as lean as they
/// can be, since they share the machine with what is measured.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace support {

using Clock = std::chrono::steady_clock;

/// Answers AA to every frame and counts.
class Sink {
public:
    struct Arrival {
        std::string controlId, body;
    };

    /// @param record  keeps every body
    explicit Sink(bool record = false);
    ~Sink();
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;
    std::uint16_t port() const { return port_; }
    std::uint64_t received() const { return received_; }
    std::vector<Arrival> arrivals() const;

private:
    void run();
    int listener_ = -1, wake_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<std::uint64_t> received_{0};
    std::atomic<bool> stopping_{false};
    const bool record_;
    mutable std::mutex mutex_;  // guards arrivals_
    std::vector<Arrival> arrivals_;
    std::thread thread_;
};

struct Load {
    int connections = 32;
    std::uint64_t messages = 0;  ///< at most; 0: until the time is over
    double seconds = 0;          ///< after warmUp; 0: until all messages are sent
    double warmUp = 0;           ///< seconds that count nowhere
    double perSecond =
        0;  ///< 0: as fast as the answers come; else latency counts from the scheduled instant
    int patients = 5000;
    std::size_t bytes = 1024;
    bool documents = false;  ///< an MDM^T02 with a document of that size instead of an ADT^A01
    /// Told of every message that was accepted, warm-up too.
    std::atomic<std::uint64_t>* accepted = nullptr;
};

struct LoadResult {
    double seconds = 0;                      ///< without the warm-up
    std::uint64_t accepted = 0, failed = 0;  ///< without the warm-up
    std::vector<double> latenciesMs;         ///< sorted
    double percentile(double p) const;
};

/// An invented ADT^A01 of that size about that person.
std::string admission(const std::string& controlId, int patient, std::size_t bytes);

/// An invented MDM^T02 of that size, with a document in OBX-5.
std::string document(const std::string& controlId, int patient, std::size_t bytes);

/// One connection of a sender, one message in flight.
class Client {
public:
    explicit Client(std::uint16_t port);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    /// Sends one message; the answer without framing, or empty when the connection broke.
    std::string exchange(const std::string& message);

private:
    int socket_ = -1;
    std::string answer_;
};

/// Sends, one message in flight on each connection, as MLLP senders do.
LoadResult run(std::uint16_t port, const Load& load);

}  // namespace support
