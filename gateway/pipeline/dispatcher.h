/// @file  The dispatcher: for each destination a few workers, each with whole lanes in hand; for
/// all mailboxes one.
#pragma once

#include <atomic>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
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
    /// Takes over limits and quiet hours of the configuration in force, and starts a worker for
    /// what has none; workers of what is gone end by themselves.
    void follow();
    void askToStop();
    void join();

    /// Of each destination that was ever configured since the start.
    std::map<std::string, GateView> gates() const;

private:
    using Threads = std::list<std::thread>;
    /// One destination by name, over all configurations.
    struct Runner {
        Runner(std::string called, const Clock& clock) : name(std::move(called)), gate(clock) {}

        const std::string name;
        Gate gate;
        std::timed_mutex claiming;  ///< one worker at a time waits in the store for work
        std::atomic<std::int64_t> lastAnswerMs{0};  ///< of a late answer: then claims are small
        // Guarded by mutex_:
        unsigned workers = 0;
        unsigned idle = 0;  ///< of them, who have nothing in hand
    };

    class InHand;

    void launch(Runner& runner);
    void run(Runner& runner, Threads::iterator self);
    bool goesOn(Runner& runner, bool superfluous, Threads::iterator self);
    bool work(Runner& runner, Gate::Pass& pass);
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
    Threads threads_;
    std::vector<Threads::iterator> ended_;  ///< have left run(): joined at once
};

}  // namespace gateway
