#include "pipeline/dispatcher.h"

#include <algorithm>

#include "core/little_memory.h"

namespace gateway {
namespace {

/// Who waited that long for nothing is not needed where another waits too.
constexpr Milliseconds kIdleWait{1'000};
constexpr Milliseconds kQuickAnswer{20};
/// With answers that quick a worker takes several lanes at once: they share commits.
constexpr std::size_t kLanes = 8, kPerLane = 16;
/// How long something may wait before it is laid out.
constexpr Milliseconds kLayOutEvery{200};
/// After a failure of the store.
constexpr Patience kStoreAgain{Milliseconds(200), Milliseconds(5'000)};

bool isMailbox(const DestinationSetup& destination) {
    return destination.destination && destination.destination->offers();
}

}  // namespace

/// A worker is not idle for so long.
class Dispatcher::InHand {
public:
    InHand(Dispatcher& of, Runner& runner) : of_(of), runner_(runner) { of.busy(runner); }
    ~InHand() { of_.idle(runner_); }
    InHand(const InHand&) = delete;
    InHand& operator=(const InHand&) = delete;

private:
    Dispatcher& of_;
    Runner& runner_;
};

Dispatcher::Dispatcher(Store& store, Log& log, Current& current, ProgressBoard& board,
                       const Paused& paused, Mailbox& mailbox, Traffic& traffic, Milliseconds lease,
                       const Clock& clock)
    : shared_{store, log, board, paused, traffic, clock, lease},
      current_(current),
      mailbox_(mailbox) {}

Dispatcher::~Dispatcher() = default;

void Dispatcher::start() {
    {
        const std::lock_guard lock(mutex_);
        started_ = true;
    }
    follow();
}

std::vector<std::shared_ptr<Pace>> Dispatcher::pacesOf(const DestinationSetup& destination) {
    std::vector<std::shared_ptr<Pace>> paces;
    const auto add = [&](const std::string& of, const std::optional<Rate>& rate) {
        if (!rate) return;
        auto& pace = paces_[of];
        if (!pace) pace = std::make_shared<Pace>();
        pace->limit(*rate);
        paces.push_back(pace);
    };
    // In this order: another destination may take the partner's turn, nobody takes this one's own.
    add(destination.partner, destination.partnerRate);
    add(destination.name, destination.rate);
    return paces;
}

void Dispatcher::follow() {
    const std::shared_ptr<const Setup> setup = current_.get();
    const std::lock_guard lock(mutex_);
    if (!started_ || shared_.stopping.asked()) return;
    for (const auto& [name, runner] : runners_)
        if (!setup->destinations.contains(name)) runner->gate.follow({}, {});
    mailboxes_.clear();
    for (const auto& [name, destination] : setup->destinations) {
        auto& runner = runners_[name];
        if (!runner) runner = std::make_unique<Runner>(name, shared_.clock);
        runner->gate.follow(destination.quiet, pacesOf(destination));
        if (isMailbox(destination))
            mailboxes_.push_back(runner.get());
        else if (runner->workers == 0)
            launch(*runner);
    }
    if (!mailboxes_.empty() && !layer_.joinable()) layer_ = std::thread([this] { runMailboxes(); });
    shared_.store.wake();
}

/// Under mutex_.
void Dispatcher::launch(Runner& runner) {
    for (const Threads::iterator ended : ended_) {
        ended->join();
        threads_.erase(ended);
    }
    ended_.clear();
    const auto self = threads_.emplace(threads_.end());
    try {
        *self = std::thread([this, &runner, self] { run(runner, self); });
    } catch (...) {
        threads_.erase(self);
        throw;
    }
    ++runner.workers;
    ++runner.idle;
}

void Dispatcher::askToStop() {
    shared_.stopping.ask();
    const std::lock_guard lock(mutex_);
    for (const auto& [name, runner] : runners_) runner->gate.stop();
}

/// Nobody is launched any more.
void Dispatcher::join() {
    if (layer_.joinable()) layer_.join();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    ended_.clear();
}

std::map<std::string, GateView> Dispatcher::gates() const {
    const std::lock_guard lock(mutex_);
    std::map<std::string, GateView> gates;
    for (const auto& [name, runner] : runners_) gates.emplace(name, runner->gate.view());
    return gates;
}

/// Whether the configuration in force still has work for this worker; if not, it is struck off and
/// must end. follow() decides under the mutex too, so nobody is missed between.
bool Dispatcher::goesOn(Runner& runner, bool superfluous, Threads::iterator self) {
    const std::lock_guard lock(mutex_);
    const std::shared_ptr<const Setup> setup = current_.get();
    const auto destination = setup->destinations.find(runner.name);
    if (!shared_.stopping.asked() && destination != setup->destinations.end() &&
        !isMailbox(destination->second) && runner.workers <= destination->second.concurrency &&
        !(superfluous && runner.idle > 1))
        return true;
    --runner.workers;
    --runner.idle;
    ended_.push_back(self);
    return false;
}

void Dispatcher::run(Runner& runner, Threads::iterator self) {
    const AcceptedWork accepted;
    unsigned failures = 0;
    for (bool superfluous = false; goesOn(runner, superfluous, self);) {
        try {
            std::optional<Gate::Pass> pass = runner.gate.wait();
            superfluous = pass && !work(runner, *pass);
            failures = 0;
        } catch (const std::exception& failure) {
            // The store could not be reached or written, or the worker has to stop.
            shared_.log.error("dispatcher-failed",
                              {{"destination", runner.name}, {"what", failure.what()}});
            shared_.stopping.wait(backoff(++failures, kStoreAgain));
        }
    }
}

/// @return whether there was something to do
bool Dispatcher::work(Runner& runner, Gate::Pass& pass) {
    const std::shared_ptr<const Setup> setup = current_.get();
    const auto destination = setup->destinations.find(runner.name);
    if (destination == setup->destinations.end()) return false;
    std::vector<LaneClaim> lanes = claim(runner, destination->second, kIdleWait);
    if (lanes.empty()) return false;
    const InHand inHand(*this, runner);
    Sending sending(shared_, *setup, destination->second, runner.gate, pass);
    if (const auto took = sending.run(std::move(lanes))) runner.lastAnswerMs = took->count();
    return true;
}

void Dispatcher::runMailboxes() {
    const AcceptedWork accepted;
    std::vector<Runner*> all;
    for (unsigned failures = 0; !shared_.stopping.asked();) {
        {
            const std::lock_guard lock(mutex_);
            all = mailboxes_;
        }
        const std::shared_ptr<const Setup> setup = current_.get();
        bool some = false, failed = false;
        for (Runner* const runner : all) try {
                some = layOut(*setup, *runner) || some;
            } catch (const std::exception& failure) {
                failed = true;
                shared_.log.error("dispatcher-failed",
                                  {{"destination", runner->name}, {"what", failure.what()}});
            }
        failures = failed ? failures + 1 : 0;
        if (failed)
            shared_.stopping.wait(backoff(failures, kStoreAgain));
        else if (!some)
            shared_.stopping.wait(kLayOutEvery);
    }
}

/// @return whether there was something to lay out
bool Dispatcher::layOut(const Setup& setup, Runner& runner) {
    const auto destination = setup.destinations.find(runner.name);
    if (shared_.stopping.asked() || destination == setup.destinations.end() ||
        !isMailbox(destination->second) || runner.gate.quiet())
        return false;
    const std::vector<LaneClaim> lanes = claim(runner, destination->second, Milliseconds(0));
    if (lanes.empty()) return false;
    mailbox_.layOut(setup, destination->second.destination->offers()->wait, lanes);
    return true;
}

std::vector<LaneClaim> Dispatcher::claim(Runner& runner, const DestinationSetup& destination,
                                         Milliseconds wait) {
    const Milliseconds length =
        std::max(shared_.lease, 2 * destination.answerWithin + shared_.lease / 4);
    // One probe is enough while it is broken; what is to be given up with it goes in heaps.
    const bool broken = runner.gate.broken();
    const bool quick =
        broken ? destination.giveUpAfter.has_value() : runner.lastAnswerMs <= kQuickAnswer.count();
    const std::unique_lock lock(runner.claiming, wait);
    if (!lock.owns_lock()) return {};
    const std::size_t most = runner.gate.room(quick ? kLanes * kPerLane : 1);
    if (shared_.stopping.asked() || most == 0) return {};
    const std::size_t lanes = broken ? most : std::min(most, kLanes);
    std::vector<LaneClaim> claims =
        shared_.store.claimLanes(runner.name, lanes, most / lanes, Lease{length, wait});
    std::vector<ClaimId> all;
    for (const LaneClaim& lane : claims)
        for (const DeliveryClaim& claim : lane.deliveries) all.push_back({claim.id, claim.epoch});
    // The quiet time has begun meanwhile, or another destination took the partner's turn.
    if (!all.empty() && (runner.gate.quiet() || !runner.gate.take(all.size()))) {
        shared_.store.release(all);
        return {};
    }
    return claims;
}

/// Another worker now waits for work in its place.
void Dispatcher::busy(Runner& runner) {
    const std::lock_guard lock(mutex_);
    --runner.idle;
    const std::shared_ptr<const Setup> setup = current_.get();
    const auto destination = setup->destinations.find(runner.name);
    if (runner.idle > 0 || shared_.stopping.asked() || destination == setup->destinations.end() ||
        runner.workers >= destination->second.concurrency)
        return;
    try {
        launch(runner);
    } catch (const std::system_error& failure) {
        shared_.log.warning("no-thread", {{"destination", runner.name}, {"what", failure.what()}});
    }
}

void Dispatcher::idle(Runner& runner) {
    const std::lock_guard lock(mutex_);
    ++runner.idle;
}

}  // namespace gateway
