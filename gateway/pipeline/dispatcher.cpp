#include "pipeline/dispatcher.h"

#include <algorithm>

namespace gateway {
namespace {

constexpr Milliseconds kIdleWait{1'000};
constexpr Milliseconds kQuickAnswer{20};
/// Settled answers wait this long for others to share their commit.
constexpr Milliseconds kSettleEvery{20};
/// With answers that quick a worker takes several lanes at once: they share commits.
constexpr std::size_t kLanes = 8, kPerLane = 16;
/// Paces what is tried again while the store's disk fails.
constexpr Milliseconds kStoreAgain{100};

Reason unreachable(const Error& error) {
    return {"not reached: " + error.where + ": " + error.what(),
            "injoignable : " + error.where + " : " + error.what()};
}

}  // namespace

/// Claimed deliveries in hand of one worker, and what became of those that were tried.
struct Dispatcher::Batch {
    std::vector<LaneClaim> lanes;
    std::vector<Outcome> outcomes;
    std::vector<std::string> messages;  ///< of the outcomes
    std::vector<ClaimId> back;          ///< not tried: given back
    bool stuck = false;                 ///< the destination is unavailable: the rest waits too
    Time settled = currentTime();
};

Dispatcher::Dispatcher(Store& store, Log& log, Current& current, ProgressBoard& board,
                       const Paused& paused, Milliseconds lease)
    : store_(store), log_(log), current_(current), board_(board), paused_(paused), lease_(lease) {}

Dispatcher::~Dispatcher() = default;

void Dispatcher::start() {
    {
        const std::lock_guard lock(mutex_);
        started_ = true;
    }
    follow();
}

void Dispatcher::follow() {
    const std::shared_ptr<const Setup> setup = current_.get();
    const std::lock_guard lock(mutex_);
    if (!started_ || stopping_) return;
    for (const auto& [name, destination] : setup->destinations) {
        auto& runner = runners_[name];
        if (!runner) {
            runner = std::make_unique<Runner>();
            runner->name = name;
        }
        for (unsigned index = 0; index < destination.concurrency; ++index)
            if (runner->workers.insert(index).second)
                threads_.emplace_back([this, at = runner.get(), index] { run(*at, index); });
    }
    store_.wake();
}

void Dispatcher::askToStop() {
    stopping_ = true;
    const std::lock_guard lock(mutex_);
    for (const auto& [name, runner] : runners_) runner->breaker.stop();
}

void Dispatcher::join() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
}

/// Whether the configuration in force still has work for this worker; if not, it is struck off and
/// must end.
bool Dispatcher::wanted(Runner& runner, unsigned index) {
    const std::lock_guard lock(
        mutex_);  // follow() decides under it too, so nobody is missed between
    const std::shared_ptr<const Setup> setup = current_.get();
    const auto destination = setup->destinations.find(runner.name);
    if (!stopping_ && destination != setup->destinations.end() &&
        index < destination->second.concurrency)
        return true;
    runner.workers.erase(index);
    return false;
}

void Dispatcher::run(Runner& runner, unsigned index) {
    while (wanted(runner, index) && runner.breaker.waitUntilAllowed()) {
        const std::shared_ptr<const Setup> setup = current_.get();
        const auto destination = setup->destinations.find(runner.name);
        if (destination == setup->destinations.end()) {
            runner.breaker.release();
            continue;
        }
        try {
            work(runner, *setup, destination->second);
        } catch (const std::exception& failure) {
            // The store could not be reached or written, or the worker has to stop.
            log_.error("dispatcher-failed",
                       {{"destination", runner.name}, {"what", failure.what()}});
            runner.breaker.open(Milliseconds(200), Milliseconds(5'000));
        }
    }
}

void Dispatcher::work(Runner& runner, const Setup& setup, const DestinationSetup& destination) {
    Batch batch;
    const Milliseconds length = std::max(lease_, 2 * destination.answerWithin + lease_ / 4);
    const bool quick =
        !runner.breaker.isOpen() && runner.lastAnswerMs.load() <= kQuickAnswer.count();
    {
        const std::lock_guard lock(runner.claiming);
        if (stopping_) return runner.breaker.release();
        batch.lanes = store_.claimLanes(runner.name, quick ? kLanes : 1, quick ? kPerLane : 1,
                                        Lease{length, kIdleWait});
    }
    if (batch.lanes.empty())
        runner.breaker.release();
    else
        send(runner, setup, destination, batch);
}

void Dispatcher::send(Runner& runner, const Setup& setup, const DestinationSetup& destination,
                      Batch& batch) {
    const Time begun = batch.settled = currentTime();
    for (LaneClaim& lane : batch.lanes) {
        closeRefused(setup, lane, batch);
        if (destination.holdUncertain) stopAtDoubt(lane, batch);
    }
    std::vector<ClaimId> flying;
    for (const LaneClaim& lane : batch.lanes)
        for (const DeliveryClaim& claim : lane.deliveries)
            flying.push_back({claim.id, claim.epoch});
    // Closed before its successors are sent: a crash in between must not bring it back behind them.
    settle(batch);
    const std::vector<Settled> inFlight = putInFlight(flying);
    std::size_t at = 0;
    for (LaneClaim& lane : batch.lanes) {
        bool goesOn = true;
        for (const DeliveryClaim& claim : lane.deliveries) {
            if (inFlight[at++] == Settled::lost) {
                log_.warning("lease-lost", {{"delivery", claim.id}});
                goesOn = false;
                continue;
            }
            if (!goesOn || batch.stuck || stopping_ || paused_.has(runner.name) ||
                currentTime() - begun > lease_ / 4) {
                goesOn = false;
                batch.back.push_back({claim.id, claim.epoch});
                continue;
            }
            goesOn = deliver(runner, setup, destination, claim, batch);
            if (currentTime() - batch.settled > kSettleEvery) settle(batch);
        }
    }
    settle(batch);
    if (!batch.back.empty()) insist([&] { store_.release(batch.back); });
    runner.breaker.release();  // when all was refused or lost, nobody was asked
}

/// What the store cannot note is not sent, and can be claimed again at once.
std::vector<Settled> Dispatcher::putInFlight(const std::vector<ClaimId>& claims) {
    try {
        return store_.inflight(claims);
    } catch (const Error&) {
        insist([&] { store_.release(claims); });
        throw;
    }
}

/// What a partner answered must not be lost because the disk is full: without it the delivery is in
/// doubt and goes a second time.
void Dispatcher::insist(const std::function<void()>& action) {
    for (bool told = false;; told = true) {
        try {
            return action();
        } catch (const Error& error) {
            if (error.fault != Fault::unavailable || stopping_) throw;
            if (!told) log_.warning("result-waits", {{"what", error.what()}});
        }
        std::this_thread::sleep_for(kStoreAgain);
    }
}

/// The policy is asked before the first byte; who may not get it is closed without having been in
/// flight.
void Dispatcher::closeRefused(const Setup& setup, LaneClaim& lane, Batch& batch) {
    if (!setup.recheck) return;
    std::erase_if(lane.deliveries, [&](const DeliveryClaim& claim) {
        if (claim.plan.empty()) return false;
        const Decision decision = setup.recheck->recheck(
            {claim.id, claim.partner, claim.destination, claim.plan, claim.edition},
            store_.plans());
        if (decision.send) return false;
        Outcome outcome;
        outcome.id = claim.id;
        outcome.epoch = claim.epoch;
        outcome.state = DeliveryState::closed;
        outcome.reason = decision.reason;
        batch.outcomes.push_back(std::move(outcome));
        batch.messages.push_back(claim.message);
        return true;
    });
}

/// `on_uncertain: hold` holds for what was found in flight after a restart or a lost lease too: a
/// person decides, and the lane waits.
void Dispatcher::stopAtDoubt(LaneClaim& lane, Batch& batch) {
    const auto inDoubt = [&](const DeliveryClaim& claim) {
        if (claim.attempts == 0) return false;
        const auto message = store_.show(claim.message);
        return message && std::any_of(message->deliveries.begin(), message->deliveries.end(),
                                      [&](const DeliveryView& one) {
                                          return one.id == claim.id &&
                                                 one.state == DeliveryState::uncertain;
                                      });
    };
    const auto doubt = std::find_if(lane.deliveries.begin(), lane.deliveries.end(), inDoubt);
    if (doubt == lane.deliveries.end()) return;
    Outcome outcome;
    outcome.id = doubt->id;
    outcome.epoch = doubt->epoch;
    outcome.state = DeliveryState::uncertain;
    outcome.hold = true;
    outcome.reason = {"perhaps sent before: a person decides",
                      "peut-être déjà envoyé : une personne décide"};
    log_.warning("uncertain", {{"delivery", doubt->id}});
    batch.messages.push_back(doubt->message);
    batch.outcomes.push_back(std::move(outcome));
    for (auto later = doubt + 1; later != lane.deliveries.end(); ++later)
        batch.back.push_back({later->id, later->epoch});
    lane.deliveries.erase(doubt, lane.deliveries.end());
}

bool Dispatcher::deliver(Runner& runner, const Setup& setup, const DestinationSetup& destination,
                         const DeliveryClaim& claim, Batch& batch) {
    Outcome outcome;
    outcome.id = claim.id;
    outcome.epoch = claim.epoch;
    const Time begun = currentTime();
    const auto retry = [&](bool trips) {
        const bool wasOpen = runner.breaker.isOpen();
        batch.stuck = trips;
        outcome.retryAt = trips ? runner.breaker.open(destination.retryFirst, destination.retryMost)
                                : begun + backoff(claim.attempts + 1, destination.retryFirst,
                                                  destination.retryMost);
        return !wasOpen && trips;
    };
    bool goesOn = false;
    try {
        // Asked again at the very last: a refusal may have come since this batch was put in flight.
        if (setup.recheck && !claim.plan.empty()) {
            const Decision decision = setup.recheck->recheck(
                {claim.id, claim.partner, claim.destination, claim.plan, claim.edition},
                store_.plans());
            if (!decision.send) {
                batch.back.push_back(
                    {claim.id, claim.epoch});  // queued again, closed by the next claim
                runner.breaker.close();
                return false;
            }
        }
        Delivery delivery{claim.id,        claim.controlId, claim.partner,     claim.mediaType,
                          claim.extension, claim.body,      claim.attempts + 1};
        outcome.answer =
            destination.destination->deliver(delivery, begun + destination.answerWithin);
        outcome.state = DeliveryState::delivered;
        runner.breaker.close();
        goesOn = true;
    } catch (const Refused& refused) {
        outcome.state = DeliveryState::setAside;
        outcome.answer = refused.answer;
        outcome.reason = {"refused by the partner: " + std::string(refused.what()),
                          "refusé par le partenaire : " + std::string(refused.what())};
    } catch (const Error& error) {
        switch (error.fault) {
            case Fault::unavailable:
                outcome.state = DeliveryState::queued;
                outcome.reason = unreachable(error);
                if (retry(true))
                    log_.warning("unavailable", {{"destination", destination.name},
                                                 {"where", error.where},
                                                 {"what", error.what()}});
                if (destination.giveUpAfter && begun - claim.queued > *destination.giveUpAfter)
                    outcome.state = DeliveryState::setAside;
                break;
            case Fault::uncertain:
                outcome.state = DeliveryState::uncertain;
                outcome.hold = destination.holdUncertain;
                outcome.reason = {
                    "sent, but no valid answer: " + error.where + ": " + error.what(),
                    "envoyé, sans réponse valable : " + error.where + " : " + error.what()};
                retry(false);
                runner.breaker.release();
                log_.warning("uncertain", {{"destination", destination.name},
                                           {"delivery", claim.id},
                                           {"what", error.what()}});
                break;
            case Fault::malformed:
            case Fault::unsupported:
            case Fault::rejected:
            case Fault::internal:
                outcome.state = DeliveryState::setAside;
                outcome.reason = {error.where + ": " + error.what(),
                                  error.where + " : " + error.what()};
                break;
        }
    } catch (const std::exception& failure) {
        outcome.state = DeliveryState::setAside;
        outcome.reason = {"internal failure, see the log", "erreur interne, voir le journal"};
        log_.error("delivery-failed", {{"delivery", claim.id}, {"what", failure.what()}});
    }
    if (outcome.state == DeliveryState::setAside) {
        outcome.blocks = destination.blockOnRefusal;
        goesOn = !outcome.blocks;
        runner.breaker.close();
        log_.warning("set-aside", {{"destination", destination.name}, {"delivery", claim.id}});
    }
    runner.lastAnswerMs = (currentTime() - begun).count();
    batch.outcomes.push_back(std::move(outcome));
    batch.messages.push_back(claim.message);
    return goesOn;
}

void Dispatcher::settle(Batch& batch) {
    if (!batch.outcomes.empty()) {
        std::vector<Settled> settled;
        insist([&] { settled = store_.settle(batch.outcomes); });
        for (std::size_t i = 0; i < settled.size(); ++i) {
            if (settled[i] == Settled::lost)
                log_.warning("lease-lost", {{"delivery", batch.outcomes[i].id}});
            board_.signal(batch.messages[i]);
        }
    }
    batch.outcomes.clear();
    batch.messages.clear();
    batch.settled = currentTime();
}

}  // namespace gateway
