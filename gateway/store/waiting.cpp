#include "store/waiting.h"

#include <algorithm>

namespace gateway {

Milliseconds until(Time then, Time now) {
    return then == Time::max() ? Milliseconds::max() : then - now;
}

Waiting::Waiting(const Lease& lease, std::uint64_t wakes)
    : until_(std::chrono::steady_clock::now() + lease.wait), wakes_(wakes) {}

bool Waiting::over(std::uint64_t wakes) const {
    return wakes != wakes_ || std::chrono::steady_clock::now() >= until_;
}

void Waiting::wait(std::condition_variable& ready, std::unique_lock<std::mutex>& lock,
                   Milliseconds most) const {
    const auto delay = std::clamp(most, Milliseconds(1), Milliseconds(3'600'000));
    ready.wait_until(lock, std::min(until_, std::chrono::steady_clock::now() + delay));
}

}  // namespace gateway
