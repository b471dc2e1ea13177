#include "watch/tellers.h"

#include <unistd.h>

#include <algorithm>

#include "pipeline/breaker.h"

namespace gateway {
namespace {

constexpr std::chrono::seconds kPatience{10};
constexpr Milliseconds kMost{10 * 60'000};
/// backoff() adds a fifth by chance at most.
constexpr Milliseconds kLongest = kMost + kMost / 5;
/// Reminders fall due without anybody saying so.
constexpr Milliseconds kLookAgain{5'000};

}  // namespace

std::string machineName() {
    char name[256] = {};
    return ::gethostname(name, sizeof(name) - 1) == 0 ? name : "passerelle";
}

Notice noticeOf(const AlertBook::Next& next, Spoken language, Time now) {
    Notice notice;
    notice.state = next.state;
    std::tie(notice.kind, notice.end) = next.key;
    notice.level = next.alert.level;
    notice.since = next.alert.since;
    notice.at = now;
    notice.gateway = machineName();
    notice.language = language;
    const Reason text = next.state == Notice::State::over
                            ? say("over; it was: {0}", "terminé ; c'était : {0}", {next.alert.text})
                            : next.alert.text;
    notice.text = text.in(language);
    return notice;
}

std::string tellNow(const Receiver& receiver, const Notice& notice) {
    return receiver.messenger->tell(notice, std::chrono::steady_clock::now() + kPatience);
}

Tellers::Tellers(Book& book, std::shared_ptr<const AlertSetup> setup, Log& log)
    : book_(book), setup_(std::move(setup)), log_(log) {
    for (const Receiver& receiver : setup_->receivers) {
        auto& teller = *tellers_.emplace_back(std::make_unique<Teller>());
        teller.receiver = &receiver;
        teller.telling.receiver = receiver.name;
        teller.telling.kind = receiver.kind;
    }
    working_ = tellers_.size();
    for (const auto& teller : tellers_)
        teller->thread = std::thread([this, &one = *teller] { run(one); });
}

Tellers::~Tellers() {
    leave();
    for (const auto& teller : tellers_) teller->thread.join();
}

void Tellers::look() { wanted_.notify_all(); }

void Tellers::leave() {
    const std::lock_guard lock(book_.mutex);
    stopping_ = true;
    wanted_.notify_all();
}

bool Tellers::gone() const {
    const std::lock_guard lock(book_.mutex);
    return stopping_ && working_ == 0;
}

std::vector<Telling> Tellers::all() const {
    const std::lock_guard lock(book_.mutex);
    std::vector<Telling> all;
    for (const auto& teller : tellers_) {
        Telling& one = all.emplace_back(teller->telling);
        if (const auto told = book_.last.find(one.receiver); told != book_.last.end())
            one.last = told->second;
    }
    return all;
}

void Tellers::run(Teller& teller) {
    std::unique_lock lock(book_.mutex);
    while (!stopping_) {
        const Milliseconds wait = teller.telling.next - currentTime();
        // A longer one: the clock was put back meanwhile.
        if (teller.telling.failures > 0 && wait > Milliseconds(0) && wait <= kLongest)
            wanted_.wait_for(lock, wait);
        else if (!tellOne(teller, lock))
            wanted_.wait_for(lock, kLookAgain);
    }
    --working_;
}

bool Tellers::tellOne(Teller& teller, std::unique_lock<std::mutex>& lock) {
    const std::string& receiver = teller.receiver->name;
    if (book_.hearing.contains(receiver)) return false;  // by those of the former configuration
    const auto next = book_.book.next(receiver, *setup_, currentTime());
    if (!next) return false;
    book_.hearing.insert(receiver);
    lock.unlock();
    std::optional<Error> failure;
    try {
        tellNow(*teller.receiver, noticeOf(*next, teller.receiver->language, currentTime()));
    } catch (const Error& error) {
        failure.emplace(error);
    } catch (const std::exception&) {  // whatever befalls it there, the gateway goes on
        failure.emplace(Fault::internal, receiver,
                        Reason{"telling it failed", "l'envoi de l'alerte a échoué"});
    }
    lock.lock();
    book_.hearing.erase(receiver);
    Telling& telling = teller.telling;
    if (failure) {
        if (telling.failures++ == 0)
            log_.warning("alert-not-told", {{"receiver", telling.receiver},
                                            {"where", failure->where},
                                            {"what", failure->what()}});
        telling.why = say("{0}: {1}", "{0} : {1}", {failure->where, failure->reason()});
        telling.next = currentTime() + backoff(telling.failures, {setup_->every, kMost});
        return true;
    }
    if (telling.failures > 0) log_.info("alert-receiver-back", {{"receiver", telling.receiver}});
    telling.failures = 0;
    telling.why = {};
    const Time now = currentTime();
    book_.last[receiver] = now;
    book_.book.told(receiver, *next, now);
    book_.changed = true;
    return true;
}

}  // namespace gateway
