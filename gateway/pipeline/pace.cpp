#include "pipeline/pace.h"

#include <algorithm>

namespace gateway {

using std::chrono::nanoseconds;

namespace {

/// What is due within that goes out together, and shares its commits.
constexpr Milliseconds kTogether{10};

}  // namespace

void Pace::limit(const Rate& rate) {
    const std::lock_guard lock(mutex_);
    if (rate == rate_ && interval_ != nanoseconds(0)) return;
    const nanoseconds former = interval_;
    rate_ = rate;
    interval_ = nanoseconds(rate.per) / rate.most;
    interval_ += interval_ / 50;
    together_ = static_cast<std::size_t>(
        std::max<std::int64_t>(1, nanoseconds(kTogether) / std::max(interval_, nanoseconds(1))));
    if (former > interval_ && next_ != Steady{}) next_ -= former - interval_;
}

Pace::Steady Pace::next() const {
    const std::lock_guard lock(mutex_);
    return next_;
}

std::size_t Pace::room(Steady now) const {
    const std::lock_guard lock(mutex_);
    return now < next_ ? 0 : together_;
}

bool Pace::take(std::size_t count, Steady now) {
    const std::lock_guard lock(mutex_);
    if (now < next_) return false;
    // Who wakes a little late does not lose that time.
    next_ = std::max(next_, now - nanoseconds(kTogether)) +
            interval_ * static_cast<std::int64_t>(count);
    return true;
}

}  // namespace gateway
