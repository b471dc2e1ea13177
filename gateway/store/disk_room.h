/// @file  How much room the store's disk has: what is accepted must leave enough for its delivery.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

#include "gateway/log.h"

namespace gateway {

class DiskRoom {
public:
    /// @param reserve  bytes; 0: nobody looks
    /// @param log      may be null
    DiskRoom(std::string path, std::uint64_t reserve, Log* log);

    /// @throws Error(unavailable) when the reserve would be touched by that many bytes
    void claim(std::uint64_t bytes);
    /// Whether there is no more than the reserve.
    bool low();

private:
    using Clock = std::chrono::steady_clock;

    /// Bytes that are free; looked up now and then.
    std::uint64_t free();

    const std::string folder_;
    const std::uint64_t reserve_;
    Log* const log_;
    std::mutex mutex_;  // guards the rest
    Clock::time_point looked_{};
    std::uint64_t free_ = 0;
    bool low_ = false;
};

}  // namespace gateway
