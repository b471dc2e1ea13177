/// @file  Looks at the gateway all the time: counts what is in the store, learns habits, tells of
/// what is wrong, and answers whoever asks how it is.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "gateway/log.h"
#include "gateway/notebook.h"
#include "gateway/store.h"
#include "pipeline/pipeline.h"
#include "watch/causes.h"
#include "watch/readiness.h"
#include "watch/tellers.h"

namespace gateway {

struct WatchOptions {
    std::string version;
    std::uint64_t reserve = 0;  ///< of the store's disk
    /// Name and address of each listener.
    std::function<std::vector<std::pair<std::string, std::string>>()> listeners;
    /// Of listeners and sources; those of destinations are found in the configuration.
    std::function<std::vector<EndCertificate>()> certificates;
};

class Watch {
public:
    /// All but the options must outlive it.
    Watch(Store& store, Pipeline& pipeline, Log& log, WatchOptions options);
    ~Watch();

    /// Whom to tell what, from now on. Waits for nobody who is being told something.
    void use(std::shared_ptr<const AlertSetup> alerts, SetAside aside = {});
    void start();
    /// From now on nothing new is taken, and it says so.
    void drain();
    void stop();

    // Any thread.
    Sight look();
    Readiness readiness();
    /// Whether it has looked within the last minute: a store that hangs keeps it from that.
    bool alive() const;
    /// Of what is open, and how it is with the receivers.
    std::vector<AlertBook::Change> alerts() const;
    std::vector<Telling> tellings() const;
    struct Tried {
        std::string receiver, kind;
        std::string answer;
        std::optional<Error> error;
    };
    /// Tells a receiver, or all, that this is a test. @throws Error(rejected) for an unknown one
    std::vector<Tried> test(const std::string& receiver);
    /// Somebody has looked at everything in the store.
    void checked(std::size_t damaged);
    /// Somebody has looked at content over the network, giving a reason.
    void glassBroken(const std::string& by);

private:
    void run();
    std::vector<EndCertificate> ofReceivers() const;
    void count();
    Milliseconds judge();
    void learn(const Sight& sight);
    void recall();
    /// @param all  what has only become more, too
    void keep(bool all);
    void keepContacts();
    bool write(const std::string& key, const std::string& text);
    bool probe(Milliseconds counts);
    void lookAtSources(Sight& sight);

    Store& store_;
    Notebook* const notebook_;  ///< null: nothing outlives a restart
    Pipeline& pipeline_;
    Log& log_;
    const WatchOptions options_;
    const Time started_ = currentTime();
    std::atomic<bool> running_{false}, draining_{false};
    std::atomic<std::chrono::steady_clock::rep> looked_{0};

    mutable std::mutex mutex_;  ///< guards what follows
    std::optional<Reconciled> reconciled_;
    std::optional<Time> uncountedSince_;
    std::map<std::string, Time> heard_, answered_, delivered_;  ///< over restarts
    std::shared_ptr<const AlertSetup> setup_ = std::make_shared<AlertSetup>();
    SetAside aside_;
    std::map<std::string, Time> glass_;  ///< who looked at content last, and when
    bool writable_ = true;
    /// When that was last seen: it was opened for writing.
    std::chrono::steady_clock::time_point written_ = std::chrono::steady_clock::now();
    std::uint64_t damagedBefore_ = 0;   ///< of those met with since the start: when all was checked
    std::uint64_t damagedChecked_ = 0;  ///< found by that check

    // Of the thread alone.
    Causes causes_;
    std::map<std::string, Habit> habits_;
    Traffic::Ins learnt_;
    std::map<std::string, std::string> kept_;  ///< notes as they are in the store
    std::chrono::steady_clock::time_point nextLook_{}, nextCount_{}, nextKeep_{};

    mutable Tellers::Book book_;
    mutable std::mutex tellersMutex_;  ///< guards both
    std::unique_ptr<Tellers> tellers_;
    std::vector<std::unique_ptr<Tellers>> leaving_;  ///< of former configurations

    std::mutex stopMutex_;  ///< guards stopping_
    std::condition_variable stopped_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace gateway
