#include "pipeline/clock.h"

namespace gateway {

Clock::~Clock() = default;

Time Clock::now() const { return currentTime(); }

Clock::Steady Clock::steady() const { return std::chrono::steady_clock::now(); }

void Clock::wait(std::condition_variable& changed, std::unique_lock<std::mutex>& lock,
                 Steady until) const {
    if (until == Steady::max())
        changed.wait(lock);
    else
        changed.wait_until(lock, until);
}

const Clock& Clock::real() {
    static const Clock clock;
    return clock;
}

}  // namespace gateway
