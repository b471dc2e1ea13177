/// @file  Those who tell receivers of alerts: one thread for each, so that one that is down keeps
/// nobody waiting.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "gateway/log.h"
#include "watch/alert_book.h"

namespace gateway {

/// How it is with one receiver.
struct Telling {
    std::string receiver, kind;
    Time last{};  ///< when it took something; zero: nothing yet
    unsigned failures = 0;
    Time next{};  ///< of a failure: when it is tried again
    Reason why;   ///< of a failure: where and what
};

class Tellers {
public:
    /// What the tellers share with whoever writes the book; the mutex guards it.
    struct Book {
        std::mutex mutex;
        AlertBook book;
        bool changed = false;              ///< to be kept
        std::set<std::string> hearing;     ///< receivers that are being told something
        std::map<std::string, Time> last;  ///< when each took something, over all configurations
    };

    Tellers(Book& book, std::shared_ptr<const AlertSetup> setup, Log& log);
    /// Waits for what is being told: at most its deadline.
    ~Tellers();

    /// There may be something to tell.
    void look();
    /// Begins nothing more; waits for nothing.
    void leave();
    /// Whether all that was begun has ended after leave().
    bool gone() const;
    std::vector<Telling> all() const;

private:
    struct Teller {
        const Receiver* receiver = nullptr;
        Telling telling;
        std::thread thread;
    };
    void run(Teller& teller);
    /// @return whether something was to be told
    bool tellOne(Teller& teller, std::unique_lock<std::mutex>& lock);

    Book& book_;
    const std::shared_ptr<const AlertSetup> setup_;
    Log& log_;
    std::condition_variable wanted_;
    // Guarded by the book's mutex, as is `telling` of each:
    bool stopping_ = false;
    std::size_t working_ = 0;
    std::vector<std::unique_ptr<Teller>> tellers_;
};

/// In the receiver's words, of this machine.
Notice noticeOf(const AlertBook::Next& next, Spoken language, Time now);
/// One notice now. @return what was answered  @throws Error
std::string tellNow(const Receiver& receiver, const Notice& notice);
std::string machineName();

}  // namespace gateway
