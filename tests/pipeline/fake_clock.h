/// @file  A clock that stands still but where somebody waits: then it is there at once, unless he
/// is told something within a moment.
#pragma once

#include <atomic>

#include "pipeline/clock.h"

namespace pipeline_test {

class FakeClock final : public gateway::Clock {
public:
    explicit FakeClock(gateway::Time start) : start_(start) {}
    /// Where several wait: so long does one give the others' work, in real time.
    void giveOthers(gateway::Milliseconds moment) { moment_ = moment; }

    gateway::Time now() const override { return start_ + gateway::Milliseconds(passed_); }
    Steady steady() const override { return Steady(gateway::Milliseconds(1'000'000 + passed_)); }
    void wait(std::condition_variable& changed, std::unique_lock<std::mutex>& lock,
              Steady until) const override {
        if (moment_.count() > 0 && changed.wait_for(lock, moment_) == std::cv_status::no_timeout)
            return;
        passTo(std::chrono::ceil<gateway::Milliseconds>(until - steady()).count() + passed_);
    }
    void pass(gateway::Milliseconds time) const { passTo(passed_ + time.count()); }
    /// The time of day alone.
    void putRight(gateway::Milliseconds by) { start_ += by; }

private:
    void passTo(std::int64_t to) const {
        std::int64_t before = passed_;
        while (before < to && !passed_.compare_exchange_weak(before, to)) {
        }
    }

    gateway::Milliseconds moment_{};
    gateway::Time start_;
    mutable std::atomic<std::int64_t> passed_{0};
};

}  // namespace pipeline_test
