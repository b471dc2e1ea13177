#include "http/workers.h"

#include <algorithm>
#include <chrono>
#include <system_error>

namespace gateway::http {
namespace {
constexpr std::chrono::seconds kIdle{20};
}

Workers::Workers(unsigned most) : most_(most) {}
Workers::~Workers() { join(); }

bool Workers::tryRun(std::function<void()> task) {
    std::vector<std::thread> gone;
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || (tasks_.size() >= idle_ && running_ >= most_)) return false;
        for (const std::thread::id id : ended_) {
            const auto at = std::find_if(threads_.begin(), threads_.end(),
                                         [&](const std::thread& t) { return t.get_id() == id; });
            gone.push_back(std::move(*at));
            threads_.erase(at);
        }
        ended_.clear();
        if (tasks_.size() >= idle_ && !grow()) return false;
        tasks_.push_back(std::move(task));
    }
    wake_.notify_one();
    for (std::thread& thread : gone) thread.join();
    return true;
}

/// False when the system gives no thread.
bool Workers::grow() {
    try {
        threads_.emplace_back([this] { work(); });
    } catch (const std::system_error&) {
        return false;
    }
    ++running_;
    return true;
}

void Workers::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        if (tasks_.empty()) {
            ++idle_;
            wake_.wait_for(lock, kIdle, [this] { return stopping_ || !tasks_.empty(); });
            --idle_;
            if (tasks_.empty()) break;
        }
        const std::function<void()> task = std::move(tasks_.front());
        tasks_.pop_front();
        lock.unlock();
        task();
        lock.lock();
    }
    --running_;
    ended_.push_back(std::this_thread::get_id());
}

void Workers::join() {
    std::vector<std::thread> threads;
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        threads.swap(threads_);
        ended_.clear();
    }
    wake_.notify_all();
    for (std::thread& thread : threads) thread.join();
}

}  // namespace gateway::http
