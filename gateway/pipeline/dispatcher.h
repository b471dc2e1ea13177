/// @file  The dispatcher: for each destination a few workers, each with whole lanes in hand.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "gateway/log.h"
#include "gateway/store.h"
#include "pipeline/breaker.h"
#include "pipeline/current.h"
#include "pipeline/paused.h"
#include "pipeline/progress.h"

namespace gateway {

class Dispatcher {
public:
    Dispatcher(Store& store, Log& log, Current& current, ProgressBoard& board, const Paused& paused,
               Milliseconds lease);
    ~Dispatcher();

    void start();
    /// Starts workers for what the configuration in force has and this has not; workers of what is
    /// gone end by themselves.
    void follow();
    void askToStop();
    void join();

private:
    /// One destination by name, over all configurations.
    struct Runner {
        std::string name;
        Breaker breaker;
        std::mutex claiming;         // one worker at a time waits in the store for work
        std::set<unsigned> workers;  // guarded by mutex_
        std::atomic<std::int64_t> lastAnswerMs{0};  // of a late answer: then claims are small
    };
    struct Batch;

    void run(Runner& runner, unsigned index);
    bool wanted(Runner& runner, unsigned index);
    void work(Runner& runner, const Setup& setup, const DestinationSetup& destination);
    void send(Runner& runner, const Setup& setup, const DestinationSetup& destination,
              Batch& batch);
    std::vector<Settled> putInFlight(const std::vector<ClaimId>& claims);
    /// Until the store has done it, or the worker has to stop.
    void insist(const std::function<void()>& action);
    void closeRefused(const Setup& setup, LaneClaim& lane, Batch& batch);
    void stopAtDoubt(LaneClaim& lane, Batch& batch);
    /// @return whether the lane goes on
    bool deliver(Runner& runner, const Setup& setup, const DestinationSetup& destination,
                 const DeliveryClaim& claim, Batch& batch);
    void settle(Batch& batch);

    Store& store_;
    Log& log_;
    Current& current_;
    ProgressBoard& board_;
    const Paused& paused_;
    const Milliseconds lease_;
    std::atomic<bool> stopping_{false};
    std::mutex mutex_;  // guards runners_ and threads_
    bool started_ = false;
    std::map<std::string, std::unique_ptr<Runner>> runners_;
    std::vector<std::thread> threads_;
};

}  // namespace gateway
