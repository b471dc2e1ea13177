#include "store/waiting.h"

#include <algorithm>

namespace gateway {

Waiting::Waiting(const Lease& lease, std::uint64_t wakes)
    : until_(std::chrono::steady_clock::now() + lease.wait), wakes_(wakes) {}

bool Waiting::over(std::uint64_t wakes) const {
    return wakes != wakes_ || std::chrono::steady_clock::now() >= until_;
}

void Waiting::wait(std::condition_variable& ready, std::unique_lock<std::mutex>& lock, Time next,
                   Time now) const {
    auto until = until_;
    if (next != Time::max()) {
        const auto delay = std::clamp(next - now, Milliseconds(1), Milliseconds(3'600'000));
        until = std::min(until, std::chrono::steady_clock::now() + delay);
    }
    ready.wait_until(lock, until);
}

}  // namespace gateway
