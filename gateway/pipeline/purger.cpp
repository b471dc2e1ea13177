#include "pipeline/purger.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "gateway/error.h"

namespace gateway {
namespace {

constexpr std::size_t kSlice = 64;  ///< messages
constexpr int kPauses = 3;          ///< of the length of a slice, after it
constexpr Milliseconds kLeastRest{1'000};

/// Of all, be it for ever: who is not among them is of former days.
std::vector<Keep> keepOf(const Setup& setup) {
    std::vector<Keep> keep;
    for (const auto& [name, source] : setup.sources)
        keep.push_back({name, source.keep.body, source.keep.metadata});
    return keep;
}

/// What is kept for seconds does not wait a minute to go.
Milliseconds restOf(const std::vector<Keep>& keep, Milliseconds most) {
    for (const Keep& one : keep)
        for (const Milliseconds time : {one.body, one.metadata})
            if (time.count() > 0) most = std::min(most, std::max(time / 4, kLeastRest));
    return most;
}

/// Mailboxes whose unread deliveries go another way.
std::vector<std::string> onwardOf(const Setup& setup) {
    std::vector<std::string> onward;
    for (const auto& [name, destination] : setup.destinations)
        if (!destination.then.empty()) onward.push_back(name);
    return onward;
}

}  // namespace

void Purger::start() {
    thread_ = std::thread([this] { run(); });
}

void Purger::again() {
    {
        const std::lock_guard lock(mutex_);
        again_ = true;
    }
    changed_.notify_all();
}

void Purger::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Purger::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        again_ = false;
        lock.unlock();
        const Milliseconds rest = slice();
        lock.lock();
        changed_.wait_for(lock, rest, [&] { return stopping_ || again_; });
    }
}

Milliseconds Purger::slice() {
    const auto began = std::chrono::steady_clock::now();
    try {
        const std::shared_ptr<const Setup> setup = current_.get();
        const std::vector<Keep> keep = keepOf(*setup);
        const Time now = currentTime();
        bool more = store_.purge(now, keep, kSlice) >= kSlice;
        if (setup->refusalsKept.count() > 0)
            more = store_.purgeRefusals(now - setup->refusalsKept, kSlice) >= kSlice || more;
        if (const std::size_t over = store_.expire(now, onwardOf(*setup), kSlice)) {
            log_.warning("not-picked-up", {{"deliveries", static_cast<std::int64_t>(over)}});
            more = more || over >= kSlice;
        }
        offered_ = true;
        if (!more) {
            backlog_.count(store_);
            return restOf(keep, rest_);
        }
    } catch (const std::exception& error) {  // without memory too: the thread goes on
        if (offered_) log_.warning("retention-failed", {{"what", error.what()}});
        offered_ = false;
        return rest_;
    }
    return kPauses * std::chrono::ceil<Milliseconds>(std::chrono::steady_clock::now() - began);
}

}  // namespace gateway
