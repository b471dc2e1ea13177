#include "pipeline/breaker.h"

#include <algorithm>
#include <random>

namespace gateway {

using Clock = std::chrono::steady_clock;

Milliseconds backoff(unsigned failures, Milliseconds first, Milliseconds most) {
    thread_local std::minstd_rand random{std::random_device{}()};
    const unsigned doublings = std::min(failures > 0 ? failures - 1 : 0u, 20u);
    const Milliseconds base = std::min(first * (std::int64_t{1} << doublings), most);
    std::uniform_int_distribution<std::int64_t> jitter(-base.count() / 5, base.count() / 5);
    return base + Milliseconds(jitter(random));
}

bool Breaker::waitUntilAllowed() {
    std::unique_lock lock(mutex_);
    for (;;) {
        if (stopped_) return false;
        if (failures_ == 0) return true;
        if (!probing_ && Clock::now() >= until_) {
            probing_ = true;
            return true;
        }
        if (probing_)
            changed_.wait(lock);
        else
            changed_.wait_until(lock, until_);
    }
}

void Breaker::close() {
    const std::lock_guard lock(mutex_);
    if (failures_ == 0) return;
    failures_ = 0;
    probing_ = false;
    changed_.notify_all();
}

Time Breaker::open(Milliseconds first, Milliseconds most) {
    const std::lock_guard lock(mutex_);
    // Workers that were under way when it opened find the same fault: they count as one.
    const auto now = Clock::now();
    if (failures_ == 0 || now >= until_) {
        ++failures_;
        until_ = now + backoff(failures_, first, most);
    }
    probing_ = false;
    changed_.notify_all();
    return currentTime() + std::chrono::ceil<Milliseconds>(until_ - now);
}

void Breaker::release() {
    const std::lock_guard lock(mutex_);
    probing_ = false;
    changed_.notify_all();
}

bool Breaker::isOpen() const {
    const std::lock_guard lock(mutex_);
    return failures_ != 0;
}

void Breaker::stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
}

}  // namespace gateway
