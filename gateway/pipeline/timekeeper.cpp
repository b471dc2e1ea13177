#include "pipeline/timekeeper.h"

#include <algorithm>

#include "pipeline/breaker.h"

namespace gateway {
namespace {

constexpr std::size_t kAtOnce = 64;
constexpr Milliseconds kLongest{60'000};
/// While the store, the inbox or another change of the register is in the way.
constexpr Patience kAgain{Milliseconds(50), kLongest};
/// So many entries are looked at for the first that is not due yet.
constexpr std::size_t kAhead = 256;

bool anyDue(const Setup& setup) {
    return std::any_of(setup.sources.begin(), setup.sources.end(),
                       [](const auto& source) { return source.second.due != nullptr; });
}

}  // namespace

Timekeeper::Timekeeper(Store& store, Log& log, const Current& current, StoringInbox& inbox,
                       const Paused& paused, const Clock& clock)
    : store_(store), log_(log), current_(current), inbox_(inbox), paused_(paused), clock_(clock) {}

void Timekeeper::start() {
    thread_ = std::thread([this] { run(); });
}

void Timekeeper::follow(Time due) {
    {
        const std::lock_guard lock(mutex_);
        if (due >= next_) return;
        again_ = true;
    }
    changed_.notify_all();
}

void Timekeeper::again() {
    {
        const std::lock_guard lock(mutex_);
        again_ = true;
    }
    changed_.notify_all();
}

void Timekeeper::askToStop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
}

void Timekeeper::join() {
    if (thread_.joinable()) thread_.join();
}

void Timekeeper::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        again_ = false;
        next_ = Time::max();  // whatever changes meanwhile is looked at again
        lock.unlock();
        const std::optional<Milliseconds> wait = look();
        lock.lock();
        if (!wait) {
            changed_.wait(lock, [&] { return stopping_ || again_; });
            continue;
        }
        const Clock::Steady until = clock_.steady() + *wait;
        while (!stopping_ && !again_ && clock_.steady() < until) clock_.wait(changed_, lock, until);
    }
}

std::optional<Milliseconds> Timekeeper::look() {
    const std::shared_ptr<const Setup> setup = current_.get();
    if (!anyDue(*setup)) return {};
    const Time now = clock_.now();
    try {
        switch (askAll(*setup, now)) {
            case Answer::caused: return Milliseconds(0);  // there may be more
            case Answer::later: return backoff(++failures_, kAgain);
            case Answer::nothing: break;
        }
        failures_ = 0;
        return untilNext(*setup, now);
    } catch (const std::exception& failure) {  // the store cannot be read
        tellOnce({}, failure.what());
        return backoff(++failures_, kAgain);
    }
}

Timekeeper::Answer Timekeeper::askAll(const Setup& setup, Time now) {
    Answer all = Answer::nothing;
    for (const auto& [name, source] : setup.sources)
        if (source.due && !paused_.has(name)) all = std::max(all, ask(source, now));
    return all;
}

Timekeeper::Answer Timekeeper::ask(const SourceSetup& source, Time now) {
    const std::vector<DueMessage> due = dueOf(source, now);
    if (due.empty()) return Answer::nothing;
    const std::vector<Accepted> accepted = inbox_.caused(source.name, due, now);
    bool caused = false, later = false;
    for (std::size_t i = 0; i < due.size(); ++i)
        for (const Accepted::One& one : accepted[i].messages) {
            if (one.receipt && one.receipt->kind == Receipt::Kind::fresh)
                caused = true;
            else if (one.receipt)
                caused = moveOn(source, due[i], now) || caused;
            else if (one.error->fault == Fault::unavailable)
                later = true;
            else
                tellOnce(source.name, one.error->where + ": " + one.error->what());
        }
    return later ? Answer::later : caused ? Answer::caused : Answer::nothing;
}

std::vector<DueMessage> Timekeeper::dueOf(const SourceSetup& source, Time now) {
    try {
        std::vector<DueMessage> due = source.due->due(now, store_.plans(), kAtOnce);
        if (!due.empty()) told_.erase(source.name);
        return due;
    } catch (const Error& error) {
        if (error.fault == Fault::unavailable) throw;
        tellOnce(source.name, error.where + ": " + error.what());
    } catch (const std::exception& failure) {
        tellOnce(source.name, failure.what());
    }
    return {};
}

bool Timekeeper::moveOn(const SourceSetup& source, const DueMessage& due, Time now) {
    if (!standsDue(due, now) || !movedOn_.insert(due.onceKey).second) return false;
    const Accepted::One one =
        inbox_.caused(source.name, std::span(&due, 1), now, true).front().messages.front();
    if (!one.receipt) movedOn_.erase(due.onceKey);
    return one.receipt.has_value();
}

bool Timekeeper::standsDue(const DueMessage& due, Time now) const {
    return std::any_of(due.changes.begin(), due.changes.end(), [&](const RegisterChange& change) {
        const auto entry = store_.plans().find(change.entry.key);
        return entry && entry->due && *entry->due <= now;
    });
}

Milliseconds Timekeeper::untilNext(const Setup& setup, Time now) {
    const std::vector<RegisterEntry> entries = store_.plans().dueBefore(Time::max(), kAhead);
    const auto ahead = std::find_if(entries.begin(), entries.end(),
                                    [&](const RegisterEntry& entry) { return *entry.due > now; });
    const bool waits = std::any_of(
        setup.sources.begin(), setup.sources.end(),
        [&](const auto& source) { return source.second.due && paused_.has(source.first); });
    if (ahead == entries.begin() || waits)
        told_.erase(std::string());
    else
        tellOnce({}, "nothing was made for what message " + entries.front().message +
                         " made due at " + toText(*entries.front().due));
    if (ahead == entries.end()) return kLongest;
    {
        const std::lock_guard lock(mutex_);
        next_ = *ahead->due;
    }
    return std::clamp(*ahead->due - now, Milliseconds(0), kLongest);
}

/// A failure that stays stands in the log once.
void Timekeeper::tellOnce(const std::string& about, const std::string& what) {
    if (std::exchange(told_[about], what) == what) return;
    log_.warning("due-failed", {{"source", about}, {"what", what}});
}

}  // namespace gateway
