#include "oauth/key_source.h"

#include "gateway/error.h"

namespace gateway::oauth {

KeySource::KeySource(std::string issuer, Read read, Times times, WallClock now)
    : issuer_(std::move(issuer)), read_(std::move(read)), times_(times), now_(std::move(now)) {}

KeySource::~KeySource() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void KeySource::start(Log& log) {
    Lock lock(mutex_);
    log_ = &log;
    ask(lock);
}

void KeySource::adopt(const KeySource& former) {
    const std::scoped_lock lock(mutex_, former.mutex_);
    keys_ = former.keys_;
    readAt_ = former.readAt_;
}

std::shared_ptr<const KeySet> KeySource::keys() {
    Lock lock(mutex_);
    const Time now = now_();
    if (!readAt_ || now - *readAt_ > times_.refresh || now < *readAt_) {
        ask(lock);
        if (!keys_) await(lock);
    }
    if (keys_ && now - *readAt_ <= times_.most) return keys_;
    throw Error(Fault::unavailable, issuer_,
                failure_ ? say("its keys cannot be read: {0}: {1}",
                               "ses clés ne peuvent être lues : {0} : {1}",
                               {failure_->where, failure_->reason()})
                         : Reason("its keys are not read yet", "ses clés ne sont pas encore lues"));
}

std::shared_ptr<const KeySet> KeySource::newerThan(const std::shared_ptr<const KeySet>& former) {
    Lock lock(mutex_);
    if (keys_ == former && (wanted_ || mayAsk())) {
        ask(lock);
        await(lock);
    }
    return keys_;
}

bool KeySource::mayAsk() const {
    const Time now = now_();
    return !triedAt_ || now - *triedAt_ >= times_.again || now < *triedAt_;
}

/// Has the thread read, unless it did a moment ago.
void KeySource::ask(Lock&) {
    if (wanted_ || !mayAsk()) return;
    wanted_ = true;
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
    changed_.notify_all();
}

/// The end of the reading in hand, or patience's.
void KeySource::await(Lock& lock) {
    if (!wanted_) return;
    if (waiting_ >= kWaiting)
        throw Error(Fault::unavailable, issuer_,
                    {"its keys are being read; many wait for that already",
                     "ses clés sont en cours de lecture ; beaucoup attendent déjà"});
    ++waiting_;
    changed_.wait_for(lock, times_.wait, [this] { return !wanted_ || stopping_; });
    --waiting_;
}

void KeySource::run() {
    Lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return wanted_ || stopping_; });
        if (stopping_) return;
        readOnce(lock);
        wanted_ = false;
        changed_.notify_all();
    }
}

void KeySource::readOnce(Lock& lock) {
    std::shared_ptr<const KeySet> read;
    std::optional<Error> failed;
    lock.unlock();
    try {
        read = std::make_shared<const KeySet>(read_());
    } catch (const Error& error) {
        failed.emplace(error);
    } catch (const std::exception&) {
        failed.emplace(Fault::internal, issuer_, Reason{"out of memory", "mémoire épuisée"});
    }
    lock.lock();
    triedAt_ = now_();
    tell(failed);
    failure_.reset();
    if (failed) failure_.emplace(*failed);
    if (!read) return;
    readAt_ = triedAt_;
    if (!keys_ || *keys_ != *read) keys_ = std::move(read);
}

/// Once when it begins to fail, once when it reads again, and for each new set.
void KeySource::tell(const std::optional<Error>& failed) {
    if (log_ == nullptr || failed.has_value() == failure_.has_value()) return;
    if (failed)
        log_->warning("issuer-keys-not-read",
                      {{"issuer", issuer_}, {"where", failed->where}, {"what", failed->what()}});
    else
        log_->info("issuer-keys-read", {{"issuer", issuer_}});
}

}  // namespace gateway::oauth
