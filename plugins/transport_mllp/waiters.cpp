#include "waiters.h"

#include <algorithm>

namespace transport_mllp {
using namespace gateway;

namespace {

constexpr std::size_t kThreads = 16;
constexpr Milliseconds kTurn{100};

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
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(waiting));
    some_.notify_one();
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
        const bool last = hurry_;
        lock.unlock();
        const bool done = look(waiting, last);
        lock.lock();
        if (!done) queue_.push_back(std::move(waiting));
    }
}

bool Waiters::look(Waiting& waiting, bool last) {
    const Time now = currentTime();
    last = last || now >= waiting.deadline;
    const Time until = last ? now : std::min(waiting.deadline, now + kTurn);
    const Progress progress = inbox_.wait(waiting.ids.back(), waiting.stage, until);
    if (progress.refused) {
        answer_(waiting, {mllp::Verdict::Kind::error, {}, progress.reason.en, "207", {}});
        return true;
    }
    if (progress.reached) waiting.ids.pop_back();
    if (waiting.ids.empty())
        answer_(waiting, mllp::Verdict::accepted());
    else if (last)
        answer_(waiting, mllp::Verdict::accepted("stored, in progress"));
    return waiting.ids.empty() || last;
}

}  // namespace transport_mllp
