#include "waiters.h"

#include <algorithm>

#include "application_answers.h"

namespace transport_mllp {
using namespace gateway;

namespace {

constexpr std::size_t kThreads = 16;
constexpr std::size_t kMost = 10'000;
constexpr Milliseconds kTurn{100};
constexpr Milliseconds kRound{1000};  // in which everyone's turn comes

constexpr const char* kInProgress = "stored, in progress";

Milliseconds turnAmong(std::size_t waiting) {
    const Milliseconds fair = kRound * kThreads / (waiting + 1);
    return std::clamp(fair, Milliseconds{1}, kTurn);
}

}  // namespace

Waiters::Waiters(Inbox& inbox, Answer answer) : inbox_(inbox), answer_(std::move(answer)) {
    for (std::size_t i = 0; i < kThreads; ++i) threads_.emplace_back([this] { run(); });
}

Waiters::~Waiters() {
    {
        const std::lock_guard lock(mutex_);
        hurry_ = stopping_ = true;
    }
    some_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

void Waiters::push(Waiting waiting) {
    {
        const std::lock_guard lock(mutex_);
        if (queue_.size() < kMost) {
            queue_.push_back(std::move(waiting));
            some_.notify_one();
            return;
        }
    }
    answer_(waiting, mllp::Verdict::accepted(kInProgress));
}

void Waiters::hurry() {
    const std::lock_guard lock(mutex_);
    hurry_ = true;
}

void Waiters::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        some_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        if (queue_.empty()) return;
        Waiting waiting = std::move(queue_.front());
        queue_.pop_front();
        const Milliseconds turn = hurry_ ? Milliseconds{0} : turnAmong(queue_.size());
        lock.unlock();
        const bool done = look(waiting, turn);
        lock.lock();
        if (!done) queue_.push_back(std::move(waiting));
    }
}

bool Waiters::look(Waiting& waiting, Milliseconds turn) {
    const auto left = std::chrono::ceil<Milliseconds>(waiting.deadline - mllp::Clock::now());
    const bool last = turn == Milliseconds{0} || left <= Milliseconds{0};
    const Time until = currentTime() + (last ? Milliseconds{0} : std::min(left, turn));
    const Progress progress = inbox_.wait(waiting.ids.back(), waiting.stage, until);
    if (progress.refused) {
        answer_(waiting, verdictOf(progress));
        return true;
    }
    if (progress.reached) waiting.ids.pop_back();
    if (waiting.ids.empty())
        answer_(waiting, mllp::Verdict::accepted());
    else if (last)
        answer_(waiting, mllp::Verdict::accepted(kInProgress));
    return waiting.ids.empty() || last;
}

}  // namespace transport_mllp
