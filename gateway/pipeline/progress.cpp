#include "pipeline/progress.h"

#include <algorithm>

#include "pipeline/clock.h"

namespace gateway {

namespace {

constexpr Milliseconds kLongest{86'400'000};

}  // namespace

Progress ProgressBoard::wait(const std::string& messageId, Stage stage, Time deadline) {
    if (stage == Stage::stored) return {.reached = true, .refused = false, .reason = {}};
    // Whatever people do to the time of day meanwhile.
    const Clock::Steady until =
        Clock::real().steady() + std::min(deadline - currentTime(), kLongest);
    std::unique_lock lock(mutex_);
    ++watched_[messageId].waiters;
    Progress progress;
    for (;;) {
        const std::uint64_t seen = watched_[messageId].version;
        lock.unlock();
        progress = look(messageId, stage);
        lock.lock();
        if (progress.reached) break;
        const bool told =
            changed_.wait_until(lock, until, [&] { return watched_[messageId].version != seen; });
        if (!told) break;
    }
    if (--watched_[messageId].waiters == 0) watched_.erase(messageId);
    return progress;
}

void ProgressBoard::signal(const std::string& messageId) {
    const std::lock_guard lock(mutex_);
    if (watched_.empty()) return;
    const auto found = watched_.find(messageId);
    if (found == watched_.end()) return;
    ++found->second.version;
    changed_.notify_all();
}

Progress ProgressBoard::look(const std::string& messageId, Stage stage) {
    const std::optional<MessageView> message = store_.show(messageId);
    Progress progress;
    if (!message || message->state == MessageState::received) return progress;
    if (message->state == MessageState::held || message->state == MessageState::closed) {
        progress.reached = progress.refused = true;
        progress.reason = message->reason;
        return progress;
    }
    bool waiting = false;
    for (const DeliveryView& delivery : message->deliveries) {
        if (delivery.state == DeliveryState::held || delivery.state == DeliveryState::setAside) {
            progress.refused = true;
            progress.reason = delivery.reason;
        } else if (!finished(delivery.state)) {
            waiting = true;
        }
    }
    progress.reached = progress.refused || stage == Stage::translated || !waiting;
    return progress;
}

}  // namespace gateway
