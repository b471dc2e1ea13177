/// @file  The dispatcher: for each destination that has work a few workers, each with whole lanes
/// in hand; for all that have none one lookout; for all mailboxes one.
#pragma once

#include <atomic>
#include <condition_variable>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "pipeline/current.h"
#include "pipeline/mailbox.h"
#include "pipeline/sending.h"

namespace gateway {

class Dispatcher {
public:
    Dispatcher(Store& store, Log& log, Current& current, ProgressBoard& board, const Paused& paused,
               Mailbox& mailbox, Traffic& traffic, Milliseconds lease, const Clock& clock);
    ~Dispatcher();

    void start();
    /// Takes over limits and quiet hours of the configuration in force; workers of what is gone end
    /// by themselves.
    void follow();
    /// Something may wait there now. What nobody tells is found within a second.
    void look(const std::string& destination);
    /// A person says that it is well again.
    void resumed(const std::string& destination);
    void askToStop();
    void join();

    /// Of each destination that was ever configured since the start.
    std::map<std::string, GateView> gates() const;

private:
    using Threads = std::list<std::thread>;
    struct Runner;
    /// Of one instant whoever came first is first: destinations of one partner share its rate.
    using Later = std::multimap<Clock::Steady, Runner*>;
    /// One destination by name, over all configurations.
    struct Runner {
        Runner(std::string called, const Clock& clock) : name(std::move(called)), gate(clock) {}

        const std::string name;
        Gate gate;
        std::timed_mutex claiming;  ///< one worker at a time waits in the store for work
        std::atomic<std::int64_t> lastAnswerMs{0};  ///< of a late answer: then claims are small
        // Guarded by mutex_:
        unsigned most = 0;  ///< workers; 0: nothing is sent there
        unsigned workers = 0;
        unsigned idle = 0;                     ///< of them, who have nothing in hand
        bool looked = false;                   ///< stands in look_
        std::optional<Later::iterator> later;  ///< where it stands there
    };
    /// What was claimed, and under which configuration.
    struct Work {
        std::shared_ptr<const Setup> setup;
        Gate::Pass pass;
        std::vector<LaneClaim> lanes;
    };

    class InHand;

    void look(Runner& runner);
    void runLookout();
    void lookSoon(std::unique_lock<std::mutex>& lock, Clock::Steady sweep);
    Milliseconds lookAtAll(const std::vector<Runner*>& runners);
    bool lookAt(Runner& runner);
    void lookLater(Runner& runner, Clock::Steady when);
    bool begin(Runner& runner, Work work);
    void launch(Runner& runner, std::optional<Work> work);
    void joinEnded();
    void noThread(const Runner& runner, const std::system_error& failure);
    void run(Runner& runner, Threads::iterator self, std::optional<Work> work);
    bool goesOn(Runner& runner, bool superfluous, Threads::iterator self);
    std::optional<Gate::Pass> passOf(Runner& runner);
    std::optional<Work> find(Runner& runner, std::optional<Gate::Pass> pass, Milliseconds wait);
    void send(Runner& runner, Work& work);
    Milliseconds idleWait() const;
    void runMailboxes();
    bool layOut(const Setup& setup, Runner& runner);
    std::vector<LaneClaim> claim(Runner& runner, const DestinationSetup& destination,
                                 Milliseconds wait);
    void busy(Runner& runner);
    void idle(Runner& runner);
    std::vector<std::shared_ptr<Pace>> pacesOf(const DestinationSetup& destination);

    Sendings shared_;
    Current& current_;
    Mailbox& mailbox_;
    mutable std::mutex mutex_;  ///< guards the rest
    bool started_ = false;
    std::map<std::string, std::unique_ptr<Runner>> runners_;
    std::map<std::string, std::shared_ptr<Pace>> paces_;  ///< of partners and destinations
    std::vector<Runner*> mailboxes_;  ///< of runners_, those that nothing is sent to
    std::thread layer_;               ///< lays out in all of them: there may be thousands
    std::thread lookout_;             ///< looks for work where nobody waits for it
    std::condition_variable looks_;
    std::vector<Runner*> look_;  ///< where something may wait
    Later later_;                ///< of those whose gate is closed: when it opens
    std::optional<Clock::Steady> toldNoThread_;
    Threads threads_;
    std::vector<Threads::iterator> ended_;  ///< have left run(): joined at once
};

}  // namespace gateway
