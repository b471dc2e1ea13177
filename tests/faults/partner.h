/// @file  A partner that keeps the oracle informed and behaves as badly as it is told to.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "oracle.h"

namespace faults {

/// What it does about one message.
struct Manner {
    enum class Kind {
        answers,
        silent,      ///< reads, and never answers
        resets,      ///< closes hard instead of an answer
        resetsMid,   ///< in the middle of its answer
        otherId,     ///< answers for another message, nothing more
        twice,       ///< the answer two times in one piece
        twiceApart,  ///< the second a while later
        refuses,     ///< AE, naming the person in its words
    };
    Kind kind = Kind::answers;
    std::chrono::milliseconds after{0};  ///< before it does so
};

class Partner {
public:
    using Choice = std::function<Manner(std::uint64_t number)>;

    /// @param number  by which the oracle knows it
    Partner(Oracle& oracle, std::size_t number);
    ~Partner();
    Partner(const Partner&) = delete;
    Partner& operator=(const Partner&) = delete;

    std::uint16_t port() const { return port_; }
    std::uint64_t received() const { return received_; }
    /// When each message came, in order.
    std::vector<std::chrono::steady_clock::time_point> times() const;
    /// How it behaves from now on; gets how many messages came before.
    void behave(Choice choice);
    void behave(Manner::Kind kind, std::chrono::milliseconds after = {});
    /// Nobody listens at its port, all connections are closed; and back.
    void die();
    void rise();

private:
    void accept();
    void serve(int socket);
    bool act(int socket, const Manner& manner, const std::string& id);
    bool pause(std::chrono::milliseconds length) const;

    Oracle& oracle_;
    const std::size_t number_;
    std::uint16_t port_ = 0;
    std::atomic<int> listener_{-1};
    std::atomic<bool> stopping_{false};
    std::atomic<std::uint64_t> received_{0};
    mutable std::mutex mutex_;  // guards the rest
    Choice choice_;
    std::vector<std::chrono::steady_clock::time_point> times_;
    std::list<std::thread> threads_;
    std::thread accepting_;
};

}  // namespace faults
