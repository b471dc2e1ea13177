/// @file  Who wants to be told that something waits: kept over restarts, and told by a few threads,
/// one at a time for each server: who never answers delays nobody who is told elsewhere.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "gateway/config.h"
#include "gateway/mailbox.h"
#include "http/client.h"
#include "http/workers.h"
#include "mailbox_index.h"
#include "mailbox_subscription.h"

namespace transport_http {

/// How those who want to be told are reached.
struct HookOptions {
    std::shared_ptr<gateway::tls::Credentials> tls;  ///< null: believes whom the system does
    gateway::Milliseconds within{5'000};  ///< one of them, from the first byte to its answer
    gateway::Milliseconds together{300};  ///< what comes in this time is told at once
    gateway::Milliseconds first{1'000};   ///< after a failure; twice as long after each next
    gateway::Milliseconds most{600'000};
    unsigned tries = 12;  ///< in a row; then it is given up until its owner asks again
};
/// Key `hooks` of a listener: tls {ca, crl, cert, key}, within, together, retry {first, most},
/// tries.
HookOptions hookOptions(gateway::Config& listener);

/// One for all bases of a gateway. Many threads.
class Subscriptions {
public:
    /// @throws Error(unsupported) where there are no mailboxes or no notebook
    explicit Subscriptions(gateway::Gateway& gateway);
    ~Subscriptions();

    /// What waits in the mailboxes, for searches too.
    MailboxIndex& index() { return index_; }
    /// Those made at that base are told so; before that none is.
    void serve(const std::string& home, HookOptions options);

    /// Durable on return, with its id. @throws Error(rejected) when there are too many
    Subscription add(Subscription subscription);
    /// In the place of the one of that id, told as it asks from now on.
    Subscription replace(Subscription subscription);
    void remove(const std::string& id);
    std::vector<Subscription> of(const gateway::Who& who) const;
    std::optional<Subscription> find(const gateway::Who& who, std::string_view id) const;

private:
    using Clock = std::chrono::steady_clock;
    struct Told {
        Subscription subscription;
        std::set<std::string> told;  ///< of what waits still
        unsigned failures = 0;
        std::uint64_t revision = 0;  ///< as its owner asked for it
        std::optional<Clock::time_point> due;
        std::string server;  ///< "https://hooks.example:443"
    };
    /// What is to be said of one now.
    struct Round {
        Subscription subscription;
        HookOptions options;
        std::set<std::string> told;
        unsigned failures = 0;
        std::uint64_t revision = 0;
        std::optional<gateway::Milliseconds> again;
    };

    void load();
    void load(std::string_view id);
    std::string sealedNote(std::string_view id);
    void keep(const Subscription& subscription);
    void keepList();
    void run();
    void wake();
    void noteFilled();
    std::shared_ptr<Round> next(std::optional<Clock::time_point>& wait);
    void perform(Round& round);
    void tell(Round& round);
    void tellWhatWaits(Round& round);
    bool send(Round& round, const struct Notice& notice);
    void failed(Round& round, const gateway::Reason& why);
    std::vector<std::string> mailboxesOf(const Subscription& subscription) const;
    void done(const Round& round);
    void keepTold(const Round& round);

    gateway::Gateway& gateway_;
    gateway::Mailboxes& mailboxes_;
    gateway::Notebook& notebook_;
    MailboxIndex index_;

    mutable std::mutex mutex_;  ///< guards the next five
    std::map<std::string, Told> all_;
    std::set<std::string> servers_;  ///< at which somebody is being told
    std::map<std::string, HookOptions> homes_;
    std::uint64_t revisions_ = 0;
    std::uint64_t made_ = 0;

    std::mutex wakeMutex_;  ///< guards the next two; never held with another
    std::set<std::string> filled_;
    bool awake_ = false, stopping_ = false;
    std::condition_variable wake_;
    std::unique_ptr<gateway::Mailboxes::Watching> watching_;
    std::thread thread_;
    gateway::http::Workers tellers_;
};

/// That of a gateway, made for the first who asks and gone with the last.
std::shared_ptr<Subscriptions> subscriptionsOf(gateway::Gateway& gateway);

}  // namespace transport_http
