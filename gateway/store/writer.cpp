#include "store/writer.h"

#include <algorithm>
#include <new>

namespace gateway {

namespace {

constexpr std::size_t kLaterMost = 4096;

Error noMemory() {
    return Error(Fault::unavailable, "store",
                 Reason{"there is no memory for it now, try later",
                        "pas de mémoire pour l'instant, réessayer plus tard"});
}

}  // namespace

Writer::Writer(Limits limits, Host host) : limits_(limits), host_(std::move(host)) {}

Writer::~Writer() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wanted_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Writer::start() {
    transaction_ = host_.open();
    thread_ = std::thread([this] { run(); });
}

void Writer::write(std::size_t items, std::uint64_t bytes, const Work& work) {
    const auto request = std::make_shared<Request>();
    request->work = &work;
    request->items = items;
    request->bytes = bytes;
    {
        const std::lock_guard lock(mutex_);
        queue_.push_back(request);
    }
    wanted_.notify_one();
    std::unique_lock lock(request->mutex);
    request->ready.wait(lock, [&] { return request->done; });
    if (request->error) throw *request->error;
}

void Writer::writeLater(Work work) {
    const auto request = std::make_shared<Request>();
    request->owned = std::move(work);
    request->work = &request->owned;
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return queue_.size() < kLaterMost; });
    queue_.push_back(request);
    wanted_.notify_one();
}

bool Writer::take(Group& group) {
    std::unique_lock lock(mutex_);
    wanted_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
    std::size_t items = 0;
    std::uint64_t bytes = 0;
    while (!queue_.empty()) {
        const Request& next = *queue_.front();
        if (!group.empty() &&
            (items + next.items > limits_.groupMost || bytes + next.bytes > limits_.groupBytes))
            break;
        items += next.items;
        bytes += next.bytes;
        group.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    room_.notify_all();
    return !group.empty();
}

void Writer::run() {
    for (Group group; take(group); group.clear()) perform(group);
}

void Writer::finish(Request& request, std::optional<Error> error) {
    // Notified under the mutex: the caller may be gone as soon as it is free.
    const std::lock_guard lock(request.mutex);
    if (error) request.error.emplace(*error);
    request.done = true;
    request.ready.notify_one();
}

void Writer::perform(Group& group) {
    try {
        if (!transaction_) reopen();
        while (!group.empty() && !attempt(group)) {
        }
        if (!transaction_) reopen();
    } catch (const sqlite::Failure& failure) {
        const Error error = sqlite::toError(failure);
        if (transaction_) transaction_->rollback();
        // After a failed fsync nobody knows what the file holds: look before going on.
        if (failure.io()) transaction_.reset();
        host_.failed(error);
        for (const auto& request : group) finish(*request, error);
        return;
    } catch (const Error& error) {
        host_.failed(error);
        for (const auto& request : group) finish(*request, error);
        return;
    } catch (const std::bad_alloc&) {
        if (transaction_) transaction_->rollback();
        for (const auto& request : group) finish(*request, noMemory());
        return;
    }
    for (const auto& request : group) finish(*request, {});
}

bool Writer::attempt(Group& group) {
    Transaction& transaction = *transaction_;
    const std::lock_guard gate(*host_.gate);
    transaction.begin(host_.now());
    for (auto request = group.begin(); request != group.end(); ++request) {
        std::optional<Error> error;
        try {
            (*(*request)->work)(transaction);
        } catch (const Error& thrown) {
            error.emplace(thrown);
        } catch (const sqlite::Failure& failure) {
            if (failure.io() || (failure.code & 0xff) == SQLITE_FULL) throw;
            error.emplace(sqlite::toError(failure));
        } catch (const std::bad_alloc&) {
            error.emplace(noMemory());
        } catch (const std::exception& other) {
            error.emplace(Fault::internal, "store", other.what());
        }
        if (!error) continue;
        // This one alone fails; the others are done again without it.
        transaction.rollback();
        finish(**request, error);
        group.erase(request);
        return false;
    }
    commit(transaction);
    publish(transaction);
    return true;
}

/// What is in the file and memory has no room for is not taken back: memory is made anew from the
/// file.
void Writer::publish(Transaction& transaction) {
    try {
        const std::lock_guard lock(transaction.board().mutex);
        transaction.publish();
        host_.notify();
    } catch (const std::bad_alloc&) {
        host_.failed(noMemory());
        transaction_.reset();
    }
}

void Writer::commit(Transaction& transaction) {
    const auto began = std::chrono::steady_clock::now();
    transaction.commit();
    times_.note(began, std::chrono::steady_clock::now());
}

void CommitTimes::note(std::chrono::steady_clock::time_point began,
                       std::chrono::steady_clock::time_point ended) {
    const auto took = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(ended - began).count());
    ++count;
    microseconds += took;
    const auto bucket = std::lower_bound(std::begin(kUpTo), std::end(kUpTo), took);
    if (bucket != std::end(kUpTo)) ++upTo[static_cast<std::size_t>(bucket - kUpTo)];
    const auto minute =
        std::chrono::duration_cast<std::chrono::minutes>(ended.time_since_epoch()).count();
    if (minute != minute_) {
        slowestBefore = minute == minute_ + 1 ? slowest.load() : 0;
        slowest = 0;
        minute_ = minute;
    }
    if (took > slowest) slowest = took;
}

Writer::Commits Writer::commits() const {
    Commits commits{times_.count,
                    times_.microseconds,
                    std::max<std::uint64_t>(times_.slowest, times_.slowestBefore),
                    {}};
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < std::size(CommitTimes::kUpTo); ++i)
        commits.times.emplace_back(CommitTimes::kUpTo[i], sum += times_.upTo[i]);
    return commits;
}

void Writer::reopen() { transaction_ = host_.open(); }

}  // namespace gateway
