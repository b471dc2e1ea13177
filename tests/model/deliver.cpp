/// Of the explorer of the model: dispatchers.
#include "model/stepper.h"

namespace model {

void Stepper::deliver(int w) {
    const Hand& hand = at(state_.dispatchers, w);
    if (hand[0].what == 0) {
        for (int number = 0; number < kDeliveries; ++number) claimLane(w, number);
        return;
    }
    const auto any = [&](auto test) { return std::any_of(hand.begin(), hand.end(), test); };
    const auto in = [](Phase phase) {
        return [phase](const InHand& one) { return one.what && one.phase == phase; };
    };
    if (any(in(Phase::claimed))) {
        putInFlight(w);
        return;
    }
    const bool outcomes = any([](const InHand& one) {
        return one.what && one.phase >= Phase::taken && one.phase <= Phase::unsent;
    });
    send(w);
    if (outcomes) settle(w);
    if (!outcomes && !any(in(Phase::inflight))) giveBack(w);
}

void Stepper::claimLane(int w, int lane) {
    const Change look(state_, scenario_, mutation_);
    if (look.owned(lane) && !is(Mutation::twoOwners)) return;
    if ((state_.paused >> lane & 1) && !is(Mutation::pauseIgnored)) return;
    if (is(Mutation::blockStopsOthers) && anyBlocked()) return;
    const std::vector<int> run = runOf(look, lane);
    if (run.empty()) return;
    const int to = recipientOf(run.front());
    const bool probe = at(state_.away, to) != 0;
    if (probe && at(state_.probing, to) && !is(Mutation::allProbe)) return;
    const std::size_t most = probe ? 1 : run.size();
    for (std::size_t size = 1; size <= most; ++size)
        progress(called("dispatcher claims % of lane %", static_cast<int>(size), lane),
                 [&](Change& c) {
                     if (state_.pausedBy >> lane & 1) c.breaks("a paused lane was given out");
                     if (probe && at(state_.probing, to))
                         c.breaks("two try a partner that is away");
                     if (probe) at(c.s.probing, to) = 1;
                     for (std::size_t i = 0; i < size; ++i)
                         at(c.s.dispatchers, w)[i] = {static_cast<std::uint8_t>(run[i] + 1),
                                                      Phase::claimed, 1,
                                                      static_cast<std::uint8_t>(probe), 0};
                 });
}

std::vector<int> Stepper::runOf(const Change& look, int lane) const {
    std::vector<int> run;
    for (const int d : look.lane(lane)) {
        const Delivery& one = at(state_.deliveries, d);
        const bool free =
            !one.blocks && (one.state == DeliveryState::queued ||
                            one.state == DeliveryState::uncertain || is(Mutation::twoOwners));
        if (!free || run.size() == kHand) break;
        const bool several = (look.lanes(d) & (look.lanes(d) - 1)) != 0;
        if (several) {
            bool owned = false;
            for (int other = 0; other < kDeliveries; ++other)
                owned = owned || ((look.lanes(d) >> other & 1) && look.owned(other));
            if (!run.empty() || owned || laneOf(scenario_, d) != lane || !look.firstInAll(d)) break;
            return {d};
        }
        run.push_back(d);
    }
    if (is(Mutation::offersPastOthers) && run.size() == 2) std::swap(run[0], run[1]);
    return run;
}

bool Stepper::anyBlocked() const {
    return std::any_of(state_.deliveries.begin(), state_.deliveries.end(),
                       [](const Delivery& one) { return one.exists && one.blocks; });
}

void Stepper::putInFlight(int w) {
    const Hand& hand = at(state_.dispatchers, w);
    const Change look(state_, scenario_, mutation_);
    const auto refused = [&](const InHand& one) {
        return one.what && one.phase == Phase::claimed && look.barred(one.what - 1) &&
               !is(Mutation::noRecheck);
    };
    if (std::any_of(hand.begin(), hand.end(), refused)) {
        progress(Label{"dispatcher closes what the policy refuses"}, [&](Change& c) {
            Hand& mine = at(c.s.dispatchers, w);
            for (int i = kHand - 1; i >= 0; --i) {
                if (!refused(at(mine, i))) continue;
                if (is(Mutation::closeLate))
                    at(mine, i).phase = Phase::toClose;
                else
                    close(c, mine, i);
            }
        });
        return;
    }
    if (scenario_.mailboxes >> recipientOf(hand[0].what - 1) & 1) {
        layOut(w);
        return;
    }
    progress(Label{"dispatcher puts its hand in flight"}, [&](Change& c) {
        Hand& mine = at(c.s.dispatchers, w);
        bool lost = false;
        for (InHand& one : mine) {
            if (one.what == 0 || one.phase != Phase::claimed) continue;
            if (!one.valid || lost) {
                one.phase = Phase::giveBack;
                lost = true;
                continue;
            }
            one.phase = Phase::inflight;
            if (is(Mutation::noInflightCommit)) continue;
            Delivery& delivery = at(c.s.deliveries, one.what - 1);
            if (is(Mutation::twoOwners) && delivery.state == DeliveryState::inflight) continue;
            if (delivery.state == DeliveryState::uncertain) c.move(delivery, DeliveryState::queued);
            if (delivery.saidYes) c.breaks("something goes again that its partner accepted");
            c.move(delivery, DeliveryState::inflight);
            delivery.refusedLater = 0;  // sent again, the partner judges again
        }
    });
}

void Stepper::layOut(int w) {
    progress(Label{"dispatcher lays its hand out"}, [&](Change& c) {
        Hand& mine = at(c.s.dispatchers, w);
        bool lost = false;
        for (const InHand& one : mine) {
            if (one.what == 0) continue;
            lost = lost || !one.valid;
            if (lost) continue;
            Delivery& delivery = at(c.s.deliveries, one.what - 1);
            if (!delivery.presented && !delivery.replayed) c.judgeOrder(one.what - 1);
            delivery.presented = 1;
            if (delivery.state == DeliveryState::uncertain) c.move(delivery, DeliveryState::queued);
            c.move(delivery, DeliveryState::offered);
        }
        mine = {};
    });
}

void Stepper::close(Change& c, Hand& mine, int i) {
    if (!is(Mutation::probeKept)) freeProbe(c, mine);
    const InHand one = at(mine, i);
    Delivery& delivery = at(c.s.deliveries, one.what - 1);
    if (i == 0) mine[0] = mine[1];
    mine[1] = {};
    if (!one.valid) return;
    if (delivery.state == DeliveryState::uncertain) c.move(delivery, DeliveryState::queued);
    c.move(delivery, DeliveryState::closed);
}

void Stepper::send(int w) {
    const Hand& hand = at(state_.dispatchers, w);
    int next = -1;
    for (int i = 0; i < kHand && next < 0; ++i) {
        const InHand& one = at(hand, i);
        if (one.what == 0) return;
        if (one.phase == Phase::inflight) next = i;
        const bool goesOn = one.phase == Phase::taken || one.phase == Phase::toClose ||
                            (one.phase == Phase::refused && !scenario_.luck.refusalBlocks) ||
                            (is(Mutation::sendPastTrouble) && one.phase == Phase::unsent);
        if (next < 0 && !goesOn) return;
    }
    if (next < 0) return;
    const int d = at(hand, next).what - 1;
    const bool paused = state_.paused >> laneOf(scenario_, d) & 1;
    if (paused && !is(Mutation::sendPastPause)) {
        progress(called("d% waits, since its lane is paused", d), [&](Change& c) {
            for (int i = next; i < kHand; ++i)
                if (at(at(c.s.dispatchers, w), i).what)
                    at(at(c.s.dispatchers, w), i).phase = Phase::giveBack;
        });
        return;
    }
    if (Change(state_, scenario_, mutation_).barred(d) && !is(Mutation::noRecheck)) {
        progress(called("the policy refuses d% at the last", d), [&](Change& c) {
            for (int i = next; i < kHand; ++i)
                at(at(c.s.dispatchers, w), i).phase = Phase::giveBack;
        });
        return;
    }
    const auto outcome = [&](Kind kind, const char* what, Phase phase, auto effect) {
        step(kind, called(what, d), [&](Change& c) {
            if (state_.pausedBy >> laneOf(scenario_, d) & 1)
                c.breaks("something was sent in a paused lane");
            InHand& mine = at(at(c.s.dispatchers, w), next);
            mine.phase = phase;
            c.stale = !mine.valid;
            effect(c);
        });
    };
    outcome(Kind::progress, "d% is taken", Phase::taken, [&](Change& c) { c.present(d, true); });
    if (state_.refusals > 0)
        outcome(Kind::misfortune, "d% is refused", Phase::refused, [&](Change& c) {
            --c.s.refusals;
            c.present(d, false);
        });
    if (state_.noAnswers > 0)
        outcome(Kind::misfortune, "d% is taken, no answer", Phase::noAnswer, [&](Change& c) {
            --c.s.noAnswers;
            c.present(d, true);
        });
    if (state_.unreachable > 0)
        outcome(Kind::misfortune, "d% could not be sent", Phase::unsent,
                [&](Change& c) { --c.s.unreachable; });
}

void Stepper::settle(int w) {
    progress(Label{"dispatcher settles"}, [&](Change& c) {
        Hand& mine = at(c.s.dispatchers, w);
        bool trouble = false;
        heedBreaker(c, mine);
        for (InHand& one : mine) {
            if (one.what == 0 || one.phase < Phase::taken) {
                if (one.what && trouble) one.phase = Phase::giveBack;
                continue;
            }
            if (one.phase == Phase::giveBack || one.phase == Phase::toClose) continue;
            trouble = trouble || one.phase == Phase::noAnswer || one.phase == Phase::unsent ||
                      (one.phase == Phase::refused && scenario_.luck.refusalBlocks);
            if (one.valid || is(Mutation::lateSettle))
                apply(c, at(c.s.deliveries, one.what - 1), one.phase);
            one = {};
        }
        if (mine[0].what == 0) dropFirst(mine);
    });
}

void Stepper::heedBreaker(Change& c, Hand& mine) {
    freeProbe(c, mine);
    for (const InHand& one : mine)
        if (one.what && one.phase >= Phase::taken && one.phase <= Phase::unsent)
            at(c.s.away, recipientOf(one.what - 1)) = one.phase == Phase::unsent;
}

void Stepper::apply(Change& c, Delivery& delivery, Phase phase) {
    if (is(Mutation::noInflightCommit)) {
        if (delivery.state == DeliveryState::uncertain) c.move(delivery, DeliveryState::queued);
        c.move(delivery, DeliveryState::inflight);
    }
    switch (phase) {
        case Phase::taken: c.move(delivery, DeliveryState::delivered); break;
        case Phase::refused:
            c.move(delivery, DeliveryState::setAside);
            delivery.blocks = scenario_.luck.refusalBlocks;
            break;
        case Phase::noAnswer:
            if (delivery.word == 2) {
                c.move(delivery, DeliveryState::delivered);
                break;
            }
            c.move(delivery, DeliveryState::uncertain);
            delivery.blocks = scenario_.luck.uncertainHolds;
            break;
        case Phase::unsent:
            delivery.saidYes = 0;  // of an earlier try, and this one goes again
            if (!is(Mutation::inflightStaysWhenUnsent)) c.move(delivery, DeliveryState::queued);
            break;
        default: break;
    }
    heedWord(c, delivery);
}

void Stepper::heedWord(Change& c, Delivery& delivery) {
    const bool settled =
        delivery.state == DeliveryState::delivered || delivery.state == DeliveryState::uncertain;
    if (delivery.word == 1 && settled && !is(Mutation::wordForgotten)) {
        c.move(delivery, DeliveryState::setAside);
        delivery.blocks = 0;
    }
    if (delivery.state != DeliveryState::inflight) delivery.word = 0;
}

void Stepper::letGo(Change& c, int d) {
    for (Hand& hand : c.s.dispatchers)
        for (InHand& item : hand)
            if (item.what == d + 1) item.valid = 0;
}

void Stepper::giveBack(int w) {
    progress(Label{"dispatcher gives back the rest"}, [&](Change& c) {
        Hand& mine = at(c.s.dispatchers, w);
        if (!is(Mutation::probeKept)) freeProbe(c, mine);
        for (int i = kHand - 1; i >= 0; --i) {
            const InHand one = at(mine, i);
            if (one.what == 0) continue;
            if (one.phase == Phase::toClose) {
                close(c, mine, i);
                continue;
            }
            Delivery& delivery = at(c.s.deliveries, one.what - 1);
            if (one.valid && delivery.state == DeliveryState::inflight) {
                c.move(delivery, DeliveryState::queued);
                delivery.saidYes = 0;
            }
            at(mine, i) = {};
        }
    });
}

}  // namespace model
