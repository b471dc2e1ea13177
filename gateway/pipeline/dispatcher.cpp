#include "pipeline/dispatcher.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "core/little_memory.h"

namespace gateway {
namespace {

/// Who waited that long for nothing is not needed.
constexpr Milliseconds kIdleWait{1'000};
/// Nor is he for longer where that many threads are about, or there could not be more.
constexpr std::size_t kManyThreads = 256;
constexpr Milliseconds kBusyWait{50};
/// Destinations where nobody waits for work are looked at that often, whether or not somebody says
/// that there is some.
constexpr Milliseconds kSweep{1'000};
constexpr Milliseconds kQuickAnswer{20};
/// With answers that quick a worker takes several lanes at once: they share commits.
constexpr std::size_t kLanes = 8, kPerLane = 16;
/// How long something may wait before it is laid out.
constexpr Milliseconds kLayOutEvery{200};
/// After a failure of the store.
constexpr Patience kStoreAgain{Milliseconds(200), Milliseconds(5'000)};
constexpr Milliseconds kLookAgain{500};
/// How often it is told that there are not enough threads.
constexpr Milliseconds kTellAgain{60'000};

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
    for (const auto& [name, runner] : runners_) {
        if (setup->destinations.contains(name)) continue;
        runner->most = 0;
        runner->gate.follow({}, {});
    }
    mailboxes_.clear();
    for (const auto& [name, destination] : setup->destinations) {
        auto& runner = runners_[name];
        if (!runner) runner = std::make_unique<Runner>(name, shared_.clock);
        runner->gate.follow(destination.quiet, pacesOf(destination));
        runner->gate.again(false);  // what kept it away may be what was changed
        runner->most = isMailbox(destination) ? 0 : destination.concurrency;
        if (isMailbox(destination)) mailboxes_.push_back(runner.get());
        look(*runner);
    }
    if (!lookout_.joinable()) lookout_ = std::thread([this] { runLookout(); });
    if (!mailboxes_.empty() && !layer_.joinable()) layer_ = std::thread([this] { runMailboxes(); });
    looks_.notify_one();
    shared_.store.wake();
}

void Dispatcher::look(const std::string& destination) {
    const std::lock_guard lock(mutex_);
    const auto runner = runners_.find(destination);
    if (runner == runners_.end()) return;
    look(*runner->second);
    if (!look_.empty()) looks_.notify_one();
}

void Dispatcher::resumed(const std::string& destination) {
    {
        const std::lock_guard lock(mutex_);
        const auto runner = runners_.find(destination);
        if (runner != runners_.end()) runner->second->gate.again(true);
    }
    look(destination);
}

/// Under mutex_. Where somebody waits for work he finds it himself.
void Dispatcher::look(Runner& runner) {
    if (runner.looked || runner.idle > 0 || runner.workers >= runner.most) return;
    runner.looked = true;
    look_.push_back(&runner);
}

void Dispatcher::runLookout() {
    const AcceptedWork accepted;
    Clock::Steady sweep{};
    std::unique_lock lock(mutex_);
    while (!shared_.stopping.asked()) {
        if (Clock::real().steady() >= sweep) {
            joinEnded();
            for (const auto& [name, runner] : runners_) look(*runner);
            sweep = Clock::real().steady() + kSweep;
        }
        lookSoon(lock, sweep);
        std::vector<Runner*> all = std::exchange(look_, {});
        if (all.empty()) continue;
        for (Runner* const runner : all) runner->looked = false;
        lock.unlock();
        const Milliseconds wait = lookAtAll(all);
        if (wait > Milliseconds(0)) shared_.stopping.wait(wait);
        lock.lock();
    }
}

/// Under mutex_. Waits until some gate opens, somebody calls or `sweep` is there.
void Dispatcher::lookSoon(std::unique_lock<std::mutex>& lock, Clock::Steady sweep) {
    const Clock& clock = shared_.clock;
    if (look_.empty() && later_.empty())
        looks_.wait_until(lock, sweep);
    else if (look_.empty())
        clock.wait(
            looks_, lock,
            std::min(later_.begin()->first, clock.steady() + (sweep - Clock::real().steady())));
    while (!later_.empty() && later_.begin()->first <= clock.steady()) {
        Runner& runner = *later_.begin()->second;
        later_.erase(later_.begin());
        runner.later.reset();
        look(runner);
    }
}

void Dispatcher::lookLater(Runner& runner, Clock::Steady when) {
    const std::lock_guard lock(mutex_);
    if (runner.later && when >= (*runner.later)->first) return;
    if (runner.later) later_.erase(*std::exchange(runner.later, std::nullopt));
    runner.later = later_.emplace(when, &runner);
}

/// @return how long to wait before more is looked at
Milliseconds Dispatcher::lookAtAll(const std::vector<Runner*>& runners) {
    Milliseconds wait{0};
    for (auto at = runners.begin(); at != runners.end(); ++at) try {
            if (lookAt(**at)) continue;
            const std::lock_guard lock(mutex_);
            for (; at != runners.end(); ++at) look(**at);
            return kBusyWait;
        } catch (const std::exception& failure) {
            wait = kLookAgain;
            shared_.log.error("dispatcher-failed",
                              {{"destination", (*at)->name}, {"what", failure.what()}});
        }
    return wait;
}

/// @return false when there is no thread for what waits there
bool Dispatcher::lookAt(Runner& runner) {
    {
        const std::lock_guard lock(mutex_);  // somebody may have begun since it was asked for
        if (runner.idle > 0 || runner.workers >= runner.most) return true;
    }
    Clock::Steady opens{};
    std::optional<Gate::Pass> pass = runner.gate.pass(opens);
    if (!pass) {
        // Whoever has the probe has it looked at again.
        if (opens != Clock::Steady::max()) lookLater(runner, opens);
        return true;
    }
    auto work = find(runner, std::move(pass), Milliseconds(0));
    return !work || begin(runner, *std::move(work));
}

/// @return false when there is no thread for it
bool Dispatcher::begin(Runner& runner, Work work) {
    const std::vector<ClaimId> all = idsOf(work.lanes);
    try {
        const std::lock_guard lock(mutex_);
        launch(runner, std::move(work));
        return true;
    } catch (const std::system_error& failure) {
        const std::lock_guard lock(mutex_);
        noThread(runner, failure);
    } catch (...) {  // no memory
        shared_.store.release(all);
        throw;
    }
    shared_.store.release(all);
    return false;
}

/// Under mutex_.
void Dispatcher::joinEnded() {
    for (const Threads::iterator ended : ended_) {
        ended->join();
        threads_.erase(ended);
    }
    ended_.clear();
}

/// Under mutex_.
void Dispatcher::launch(Runner& runner, std::optional<Work> work) {
    joinEnded();
    const auto self = threads_.emplace(threads_.end());
    try {
        *self = std::thread([this, &runner, self, work = std::move(work)]() mutable {
            run(runner, self, std::move(work));
        });
    } catch (...) {
        threads_.erase(self);
        throw;
    }
    ++runner.workers;
    ++runner.idle;
}

/// Under mutex_. What waits is looked at again, and goes on as others end.
void Dispatcher::noThread(const Runner& runner, const std::system_error& failure) {
    const Clock::Steady now = Clock::real().steady();
    if (toldNoThread_ && now - *toldNoThread_ < kTellAgain) return;
    toldNoThread_ = now;
    shared_.log.warning("no-thread", {{"destination", runner.name},
                                      {"workers", threads_.size()},
                                      {"what", failure.what()},
                                      {"raise", "TasksMax= of the service, or ulimit -u"}});
}

void Dispatcher::askToStop() {
    shared_.stopping.ask();
    const std::lock_guard lock(mutex_);
    for (const auto& [name, runner] : runners_) runner->gate.stop();
    looks_.notify_all();
}

/// Nobody is launched any more.
void Dispatcher::join() {
    if (layer_.joinable()) layer_.join();
    if (lookout_.joinable()) lookout_.join();
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

/// Whether there is still work for this worker; if not, it is struck off and must end.
bool Dispatcher::goesOn(Runner& runner, bool superfluous, Threads::iterator self) {
    const std::lock_guard lock(mutex_);
    if (!shared_.stopping.asked() && !superfluous && runner.workers <= runner.most) return true;
    --runner.workers;
    --runner.idle;
    ended_.push_back(self);
    look(runner);  // something may have come since
    if (!look_.empty()) looks_.notify_one();
    return false;
}

void Dispatcher::run(Runner& runner, Threads::iterator self, std::optional<Work> work) {
    const AcceptedWork accepted;
    unsigned failures = 0;
    for (bool superfluous = false; work || goesOn(runner, superfluous, self); work.reset()) {
        try {
            if (!work)
                if (auto found = find(runner, passOf(runner), idleWait()))
                    work.emplace(*std::move(found));
            superfluous = !work;
            if (work) send(runner, *work);
            failures = 0;
        } catch (const std::exception& failure) {
            // The store could not be reached or written, or the worker has to stop.
            work.reset();
            superfluous = false;
            shared_.log.error("dispatcher-failed",
                              {{"destination", runner.name}, {"what", failure.what()}});
            shared_.stopping.wait(backoff(++failures, kStoreAgain));
        }
    }
}

Milliseconds Dispatcher::idleWait() const {
    const std::lock_guard lock(mutex_);
    const bool few = toldNoThread_ && Clock::real().steady() - *toldNoThread_ < kTellAgain;
    return few || threads_.size() > kManyThreads ? kBusyWait : kIdleWait;
}

/// Until a gate opens the lookout waits; a worker only for what another one finds out.
std::optional<Gate::Pass> Dispatcher::passOf(Runner& runner) {
    Clock::Steady opens{};
    std::optional<Gate::Pass> pass = runner.gate.pass(opens);
    return pass || opens != Clock::Steady::max() ? std::move(pass) : runner.gate.wait();
}

/// @return nothing without a pass or when there is nothing to do
std::optional<Dispatcher::Work> Dispatcher::find(Runner& runner, std::optional<Gate::Pass> pass,
                                                 Milliseconds wait) {
    if (!pass) return {};
    std::shared_ptr<const Setup> setup = current_.get();
    const auto destination = setup->destinations.find(runner.name);
    if (destination == setup->destinations.end() || isMailbox(destination->second)) return {};
    std::vector<LaneClaim> lanes = claim(runner, destination->second, wait);
    if (lanes.empty()) return {};
    return Work{std::move(setup), *std::move(pass), std::move(lanes)};
}

void Dispatcher::send(Runner& runner, Work& work) {
    const InHand inHand(*this, runner);
    Sending sending(shared_, *work.setup, work.setup->destinations.at(runner.name), runner.gate,
                    work.pass);
    if (const auto took = sending.run(std::move(work.lanes))) runner.lastAnswerMs = took->count();
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
        std::max(shared_.lease, 2 * destination.answerWithin + shared_.lease / 2);
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
    const std::vector<ClaimId> all = idsOf(claims);
    // The quiet time has begun meanwhile, or another destination took the partner's turn.
    if (!all.empty() && (runner.gate.quiet() || !runner.gate.take(all.size()))) {
        shared_.store.release(all);
        return {};
    }
    return claims;
}

/// Another worker now waits for work in its place. A partner that is away gets none: whoever
/// probes it may find it well and go on.
void Dispatcher::busy(Runner& runner) {
    const std::lock_guard lock(mutex_);
    --runner.idle;
    if (runner.idle > 0 || shared_.stopping.asked() || runner.workers >= runner.most ||
        runner.gate.broken())
        return;
    try {
        launch(runner, {});
    } catch (const std::system_error& failure) {
        noThread(runner, failure);
    }
}

void Dispatcher::idle(Runner& runner) {
    const std::lock_guard lock(mutex_);
    ++runner.idle;
}

}  // namespace gateway
