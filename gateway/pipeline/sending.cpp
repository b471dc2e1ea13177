#include "pipeline/sending.h"

#include <algorithm>

#include "gateway/deferred.h"

namespace gateway {
namespace {

/// Settled answers wait this long for others to share their commit.
constexpr Milliseconds kSettleEvery{20};
/// Paces what is tried again while the store's disk fails.
constexpr Milliseconds kStoreAgain{100};

ClaimId idOf(const DeliveryClaim& claim) { return {claim.id, claim.epoch}; }

Outcome outcomeOf(const DeliveryClaim& claim, DeliveryState state) {
    Outcome outcome;
    outcome.id = claim.id;
    outcome.epoch = claim.epoch;
    outcome.state = state;
    return outcome;
}

Reason unreachable(const Error& error) {
    return say("not reached: {0}: {1}", "injoignable : {0} : {1}", {error.where, error.reason()});
}

}  // namespace

std::vector<ClaimId> idsOf(const std::vector<LaneClaim>& lanes) {
    std::vector<ClaimId> ids;
    for (const LaneClaim& lane : lanes)
        for (const DeliveryClaim& claim : lane.deliveries) ids.push_back({claim.id, claim.epoch});
    return ids;
}

/// What a partner answered must not be lost because the disk is full: without it the delivery is in
/// doubt and goes a second time.
void Sendings::insist(const std::function<void()>& action) {
    for (bool told = false;; told = true) {
        try {
            return action();
        } catch (const Error& error) {
            if (error.fault != Fault::unavailable || stopping.asked()) throw;
            if (!told) log.warning("result-waits", {{"what", error.what()}});
        }
        stopping.wait(kStoreAgain);
    }
}

Sending::Sending(Sendings& shared, const Setup& setup, const DestinationSetup& destination,
                 Gate& gate, Gate::Pass& pass)
    : shared_(shared),
      setup_(setup),
      destination_(destination),
      gate_(gate),
      pass_(pass),
      begun_(shared.clock.now()),
      leased_(shared.clock.steady()),
      settled_(leased_) {}

std::optional<Milliseconds> Sending::run(std::vector<LaneClaim> lanes) {
    const std::vector<ClaimId> all = idsOf(lanes);
    try {
        for (LaneClaim& lane : lanes) {
            closeRefused(lane);
            if (destination_.holdUncertain) stopAtDoubt(lane);
        }
    } catch (const std::exception&) {  // nothing was done yet: others need not wait out the lease
        shared_.insist([&] { shared_.store.release(all); });
        throw;
    }
    if (destination_.giveUpAfter && gate_.broken()) leaveYoung(lanes);
    std::vector<ClaimId> flying;
    for (const LaneClaim& lane : lanes)
        for (const DeliveryClaim& claim : lane.deliveries) flying.push_back(idOf(claim));
    // Closed before its successors are sent: a crash in between must not bring it back behind them.
    settle();
    const std::vector<Settled> inFlight = putInFlight(flying);
    std::size_t at = 0;
    for (LaneClaim& lane : lanes) {
        bool goesOn = true;
        for (const DeliveryClaim& claim : lane.deliveries) {
            if (inFlight[at++] == Settled::lost) {
                shared_.log.warning("lease-lost", {{"delivery", claim.id}});
                goesOn = false;
                continue;
            }
            if (goesOn && stuck_ && tooOld(claim)) {
                Outcome outcome = outcomeOf(claim, DeliveryState::setAside);
                giveUp(claim, outcome, why_);
                goesOn = !outcome.blocks;
                note(claim, std::move(outcome));
                continue;
            }
            if (!goesOn || interrupted()) {
                goesOn = false;
                back_.push_back(idOf(claim));
                continue;
            }
            goesOn = deliver(claim);
            if (shared_.clock.steady() - settled_ > kSettleEvery) settle();
        }
    }
    settle();
    if (!back_.empty()) shared_.insist([&] { shared_.store.release(back_); });
    return answeredIn_;
}

bool Sending::interrupted() const {
    return stuck_ || shared_.stopping.asked() || shared_.paused.has(destination_.name) ||
           gate_.quiet() || shared_.clock.steady() - leased_ > shared_.lease / 4;
}

/// What the store cannot note is not sent, and can be claimed again at once.
std::vector<Settled> Sending::putInFlight(const std::vector<ClaimId>& claims) {
    try {
        return shared_.store.inflight(claims);
    } catch (const Error&) {
        shared_.insist([&] { shared_.store.release(claims); });
        throw;
    }
}

Rechecked Sending::recheck(const DeliveryClaim& claim) const {
    return gateway::recheck(
        setup_, shared_.store.plans(),
        {claim.id, claim.partner, claim.destination, claim.plan, claim.edition});
}

/// The policy is asked before the first byte; who may not get it is closed without having been in
/// flight.
void Sending::closeRefused(LaneClaim& lane) {
    std::erase_if(lane.deliveries, [&](const DeliveryClaim& claim) {
        Rechecked answer = recheck(claim);
        if (answer.send) return false;
        Outcome outcome = outcomeOf(claim, answer.otherwise);
        outcome.reason = std::move(answer.reason);
        note(claim, std::move(outcome));
        return true;
    });
}

/// `on_uncertain: hold` holds for what was found in flight after a restart or a lost lease too: a
/// person decides, and the lane waits.
void Sending::stopAtDoubt(LaneClaim& lane) {
    const auto doubt = std::find_if(lane.deliveries.begin(), lane.deliveries.end(),
                                    [](const DeliveryClaim& claim) { return claim.uncertain; });
    if (doubt == lane.deliveries.end()) return;
    Outcome outcome = outcomeOf(*doubt, DeliveryState::uncertain);
    outcome.hold = true;
    outcome.reason = {"perhaps sent before: a person decides",
                      "peut-être déjà envoyé : une personne décide"};
    shared_.log.warning("uncertain", {{"delivery", doubt->id}});
    note(*doubt, std::move(outcome));
    for (auto later = doubt + 1; later != lane.deliveries.end(); ++later)
        back_.push_back(idOf(*later));
    lane.deliveries.erase(doubt, lane.deliveries.end());
}

bool Sending::tooOld(const DeliveryClaim& claim) const {
    return destination_.giveUpAfter && begun_ - claim.queued > *destination_.giveUpAfter;
}

/// One probe says for all whether they are given up: with it only those are put in flight that may
/// be.
void Sending::leaveYoung(std::vector<LaneClaim>& lanes) {
    bool probe = true;
    for (LaneClaim& lane : lanes) {
        auto young = lane.deliveries.begin();
        while (young != lane.deliveries.end() && (probe || tooOld(*young))) {
            probe = false;
            ++young;
        }
        for (auto later = young; later != lane.deliveries.end(); ++later)
            back_.push_back(idOf(*later));
        lane.deliveries.erase(young, lane.deliveries.end());
    }
}

void Sending::giveUp(const DeliveryClaim& claim, Outcome& outcome, const Reason& why) {
    setAside(claim, outcome,
             say("given up (give_up_after), {0}", "abandonné (give_up_after), {0}", {why}));
}

bool Sending::deliver(const DeliveryClaim& claim) {
    const Clock::Steady begun = shared_.clock.steady();
    Outcome outcome = outcomeOf(claim, DeliveryState::delivered);
    try {
        // Asked again at the very last: a refusal may have come since this was put in flight. It is
        // queued again, and closed by the next claim.
        if (!recheck(claim).send) {
            back_.push_back(idOf(claim));
            return false;
        }
        const Delivery delivery{claim.id,          claim.controlId, claim.partner,
                                claim.mediaType,   claim.extension, claim.body,
                                claim.attempts + 1};
        outcome.answer = destination_.destination->deliver(
            delivery, shared_.clock.now() + destination_.answerWithin);
        heard();
    } catch (const Refused& refused) {
        heard();
        outcome.answer = refused.answer;
        setAside(claim, outcome,
                 say("refused by the partner: {0}", "refusé par le partenaire : {0}",
                     {refused.reason()}));
    } catch (const Deferred& deferred) {
        outcome.answer = deferred.answer;
        unavailable(claim, outcome, deferred, deferred.after);
    } catch (const Later& later) {
        unavailable(claim, outcome, later, later.after);
    } catch (const Error& error) {
        failed(claim, outcome, error);
    } catch (const std::exception& failure) {
        shared_.log.error("delivery-failed", {{"delivery", claim.id}, {"what", failure.what()}});
        setAside(claim, outcome,
                 {"internal failure, see the log", "erreur interne, voir le journal"});
    }
    answeredIn_ = std::chrono::duration_cast<Milliseconds>(shared_.clock.steady() - begun);
    shared_.traffic.tried(destination_.name, outcome.state, shared_.clock.now());
    const bool goesOn = outcome.state == DeliveryState::delivered ||
                        (outcome.state == DeliveryState::setAside && !outcome.blocks);
    note(claim, std::move(outcome));
    return goesOn;
}

void Sending::note(const DeliveryClaim& claim, Outcome outcome) {
    outcomes_.push_back(std::move(outcome));
    messages_.push_back(claim.message);
}

void Sending::heard() {
    if (pass_.answered()) shared_.log.info("available-again", {{"destination", destination_.name}});
}

void Sending::failed(const DeliveryClaim& claim, Outcome& outcome, const Error& error) {
    switch (error.fault) {
        case Fault::unavailable: return unavailable(claim, outcome, error, Milliseconds(0));
        case Fault::uncertain: return uncertain(claim, outcome, error);
        case Fault::malformed:
        case Fault::unsupported:
        case Fault::rejected:
        case Fault::internal:
            return setAside(claim, outcome,
                            say("{0}: {1}", "{0} : {1}", {error.where, error.reason()}));
    }
}

void Sending::unavailable(const DeliveryClaim& claim, Outcome& outcome, const Error& error,
                          Milliseconds asked) {
    stuck_ = true;
    const Gate::Pass::Failed failed = pass_.failed(destination_.patience, asked, error.reason());
    if (failed.tell)
        shared_.log.warning(
            "unavailable",
            {{"destination", destination_.name}, {"where", error.where}, {"what", error.what()}});
    outcome.state = DeliveryState::queued;
    outcome.reason = why_ = unreachable(error);
    // The gate keeps all back; should others open it, this one still waits a little.
    outcome.retryAt =
        asked > Milliseconds(0)
            ? failed.next
            : std::min(failed.next, shared_.clock.now() + destination_.patience.first);
    if (tooOld(claim)) giveUp(claim, outcome, why_);
}

void Sending::uncertain(const DeliveryClaim& claim, Outcome& outcome, const Error& error) {
    outcome.state = DeliveryState::uncertain;
    outcome.hold = destination_.holdUncertain;
    outcome.reason = say("sent, but no valid answer: {0}: {1}",
                         "envoyé, sans réponse valable : {0} : {1}", {error.where, error.reason()});
    outcome.retryAt = shared_.clock.now() + backoff(claim.attempts + 1, destination_.patience);
    shared_.log.warning(
        "uncertain",
        {{"destination", destination_.name}, {"delivery", claim.id}, {"what", error.what()}});
    if (const auto broken = pass_.doubted(destination_.patience, error.reason())) {
        stuck_ = true;
        why_ = outcome.reason;
        outcome.retryAt = std::max(outcome.retryAt, broken->next);
        if (broken->tell)
            shared_.log.warning("unavailable", {{"destination", destination_.name},
                                                {"where", error.where},
                                                {"what", error.what()}});
    }
    if (!outcome.hold && tooOld(claim)) giveUp(claim, outcome, outcome.reason);
}

void Sending::setAside(const DeliveryClaim& claim, Outcome& outcome, Reason why) {
    outcome.state = DeliveryState::setAside;
    outcome.reason = std::move(why);
    outcome.blocks = destination_.blockOnRefusal;
    shared_.log.warning("set-aside", {{"destination", destination_.name}, {"delivery", claim.id}});
}

void Sending::settle() {
    if (!outcomes_.empty()) {
        std::vector<Settled> settled;
        shared_.insist([&] { settled = shared_.store.settle(outcomes_); });
        for (std::size_t i = 0; i < settled.size(); ++i) {
            if (settled[i] == Settled::lost)
                shared_.log.warning("lease-lost", {{"delivery", outcomes_[i].id}});
            shared_.board.signal(messages_[i]);
        }
    }
    outcomes_.clear();
    messages_.clear();
    settled_ = shared_.clock.steady();
}

}  // namespace gateway
