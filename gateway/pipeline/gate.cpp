#include "pipeline/gate.h"

#include <algorithm>

namespace gateway {
namespace {

using Steady = Clock::Steady;

/// Who waits looks again so often: people put clocks right.
constexpr Milliseconds kLookAgain{5'000};
/// Causes that are told while a destination is broken; more are told as one.
constexpr std::size_t kCauses = 8;

}  // namespace

void Gate::follow(const QuietHours& quiet, std::vector<std::shared_ptr<Pace>> paces) {
    const std::lock_guard lock(mutex_);
    quiet_ = quiet;
    known_ = {};
    paces_ = std::move(paces);
    ++wakes_;
    changed_.notify_all();
}

void Gate::again(bool evenIfAsked) {
    const std::lock_guard lock(mutex_);
    breaker_.hurry(clock_.steady(), evenIfAsked);
    changed_.notify_all();
}

void Gate::stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
}

bool Gate::quietNow() const {
    if (quiet_.empty()) return false;
    const Time now = clock_.now();
    if (now < known_.from || now >= known_.to) {
        known_.until = quiet_.until(now);
        known_.from = now;
        // Windows begin and end with a minute.
        known_.to = std::chrono::floor<std::chrono::minutes>(now) + std::chrono::minutes(1);
    }
    return known_.until.has_value();
}

/// When something may be tried; `now` or before: at once.
Steady Gate::due(Steady now) const {
    if (!breaker_.lets(now)) return breaker_.probing() ? Steady::max() : breaker_.until();
    if (quietNow()) return now + std::max(Milliseconds(1), *known_.until - clock_.now());
    Steady due = now;
    for (const auto& pace : paces_) due = std::max(due, pace->next());
    return due;
}

std::optional<Gate::Pass> Gate::wait() {
    std::unique_lock lock(mutex_);
    const Steady end = clock_.steady() + kLookAgain;
    for (const std::uint64_t wakes = wakes_; !stopped_ && wakes == wakes_;) {
        const Steady now = clock_.steady();
        const Steady at = due(now);
        if (at <= now) return Pass(*this, breaker_.enter());
        if (now >= end) break;
        clock_.wait(changed_, lock, std::min(at, end));
    }
    return {};
}

std::optional<Gate::Pass> Gate::pass(Steady& next) {
    const std::lock_guard lock(mutex_);
    const Steady now = clock_.steady();
    next = due(now);
    if (stopped_ || next > now) return {};
    return Pass(*this, breaker_.enter());
}

std::size_t Gate::room(std::size_t most) const {
    const std::lock_guard lock(mutex_);
    const Steady now = clock_.steady();
    for (const auto& pace : paces_) most = std::min(most, pace->room(now));
    return most;
}

bool Gate::take(std::size_t count) {
    const std::lock_guard lock(mutex_);
    const Steady now = clock_.steady();
    return std::all_of(paces_.begin(), paces_.end(),
                       [&](const auto& pace) { return pace->take(count, now); });
}

bool Gate::quiet() const {
    const std::lock_guard lock(mutex_);
    return quietNow();
}

bool Gate::broken() const {
    const std::lock_guard lock(mutex_);
    return breaker_.isOpen();
}

GateView Gate::view() const {
    const std::lock_guard lock(mutex_);
    if (!breaker_.isOpen()) return {};
    Steady next = breaker_.until();
    for (const auto& pace : paces_) next = std::max(next, pace->next());
    Time at = clock_.now() + std::chrono::ceil<Milliseconds>(next - clock_.steady());
    if (quietNow()) at = std::max(at, *known_.until);
    return {true, breaker_.failures(), since_, at, why_};
}

Gate::Pass::Pass(Pass&& other) noexcept : gate_(other.gate_), probe_(other.probe_) {
    other.probe_ = false;
}

Gate::Pass::~Pass() {
    if (!probe_) return;
    const std::lock_guard lock(gate_->mutex_);
    giveBack();
}

void Gate::Pass::giveBack() {
    if (probe_) gate_->breaker_.leave();
    probe_ = false;
    gate_->changed_.notify_all();
}

bool Gate::Pass::answered() {
    const std::lock_guard lock(gate_->mutex_);
    const bool was = gate_->breaker_.answered();
    probe_ = false;
    if (!was) return false;
    gate_->causes_.clear();
    gate_->why_ = {};
    gate_->changed_.notify_all();
    return true;
}

Gate::Pass::Failed Gate::Pass::failed(const Patience& patience, Milliseconds asked,
                                      const Reason& why) {
    const std::lock_guard lock(gate_->mutex_);
    if (gate_->breaker_.failed(gate_->clock_.steady(), patience, asked))
        gate_->since_ = gate_->clock_.now();
    return told(why);
}

std::optional<Gate::Pass::Failed> Gate::Pass::doubted(const Patience& patience, const Reason& why) {
    const std::lock_guard lock(gate_->mutex_);
    if (gate_->breaker_.doubted(gate_->clock_.steady(), patience))
        gate_->since_ = gate_->clock_.now();
    if (!gate_->breaker_.isOpen()) return {};
    return told(why);
}

Gate::Pass::Failed Gate::Pass::told(const Reason& why) {
    giveBack();
    gate_->why_ = why;
    const bool tell = gate_->causes_.size() < kCauses && gate_->causes_.insert(why.en).second;
    const auto left =
        std::chrono::ceil<Milliseconds>(gate_->breaker_.until() - gate_->clock_.steady());
    return {gate_->clock_.now() + left, tell};
}

}  // namespace gateway
