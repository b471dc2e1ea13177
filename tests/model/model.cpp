#include "model/model.h"

#include <algorithm>

namespace model {

using gateway::DeliveryState;
using gateway::MessageState;

namespace {

int recipientOf(int delivery) { return delivery % kRecipients; }
int messageOf(int delivery) { return delivery / kRecipients; }
int laneOf(const Scenario& scenario, int delivery) {
    return scenario.lanes[static_cast<std::size_t>(messageOf(delivery))]
                         [static_cast<std::size_t>(recipientOf(delivery))];
}

std::uint8_t lanesOf(const Scenario& scenario, int delivery) {
    const auto m = static_cast<std::size_t>(messageOf(delivery));
    const auto to = static_cast<std::size_t>(recipientOf(delivery));
    const int lane = scenario.lanes[m][to];  // below 0: none
    return static_cast<std::uint8_t>((lane < 0 ? 0 : 1 << lane) | scenario.otherLanes[m][to]);
}

template <class Array>
auto& at(Array& array, int index) {
    return array[static_cast<std::size_t>(index)];
}

/// One step being made: a copy of the state and what it broke.
class Change {
public:
    Change(const State& state, const Scenario& scenario, Mutation mutation)
        : s(state), scenario_(scenario), mutation_(mutation) {}

    State s;
    const char* broken = nullptr;
    bool stale = false;  ///< who sends has lost his lease

    void breaks(const char* promise) {
        if (broken == nullptr) broken = promise;
    }
    bool is(Mutation mutation) const { return mutation_ == mutation; }

    void move(int message, MessageState to) {
        auto& one = at(s.messages, message);
        if (!allowed(one.state, to)) breaks("a change of a message that state.h does not allow");
        one.state = one.told = to;
    }
    void move(Delivery& delivery, DeliveryState to) {
        if (!allowed(delivery.state, to))
            breaks("a change of a delivery that state.h does not allow");
        delivery.state = to;
        if (!(to == DeliveryState::closed && is(Mutation::endsInSilence))) delivery.told = to;
        if (to == DeliveryState::uncertain) delivery.everUncertain = 1;
    }

    // Messages and their keys.
    // ------------------------------------------------------------------------------------------

    bool inQueue(int message) const {
        const Message& one = at(s.messages, message);
        return one.exists && (one.state == MessageState::received ||
                              (one.state == MessageState::held && one.blocks));
    }
    bool shareKey(int a, int b) const {
        return (at(scenario_.keys, a) & at(scenario_.keys, b)) != 0;
    }
    bool first(int message) const {
        for (int other = 0; other < kMessages; ++other)
            if (other != message && inQueue(other) && shareKey(message, other) &&
                at(s.messages, other).place < at(s.messages, message).place)
                return false;
        return true;
    }
    bool translatorHas(int what) const {
        for (const Hand& hand : s.translators)
            for (const InHand& one : hand)
                if (one.what == what && one.valid) return true;
        return false;
    }
    bool oneKey(int message) const {
        const int keys = at(scenario_.keys, message);
        return (keys & (keys - 1)) == 0;
    }
    bool claimable(int message) const {
        return at(s.messages, message).exists &&
               at(s.messages, message).state == MessageState::received &&
               !translatorHas(message + 1) && (first(message) || is(Mutation::claimIgnoresKeys));
    }
    /// What follows a message directly in its only key, if it may be part of a run.
    int follower(int message) const {
        int next = -1;
        for (int other = 0; other < kMessages; ++other)
            if (inQueue(other) && shareKey(message, other) &&
                at(s.messages, other).place > at(s.messages, message).place &&
                (next < 0 || at(s.messages, other).place < at(s.messages, next).place))
                next = other;
        if (next < 0 || !oneKey(next) || at(s.messages, next).state != MessageState::received ||
            translatorHas(next + 1))
            return -1;
        return next;
    }

    // Deliveries and their lanes.
    // ------------------------------------------------------------------------------------------

    bool inLane(int delivery) const {
        const Delivery& one = at(s.deliveries, delivery);
        if (!one.exists) return false;
        switch (one.state) {
            case DeliveryState::queued:
            case DeliveryState::inflight:
            case DeliveryState::uncertain: return true;
            case DeliveryState::setAside: return one.blocks != 0;
            default: return false;
        }
    }
    /// As the gateway takes them.
    std::uint8_t lanes(int delivery) const {
        if (is(Mutation::mergeInOneLane))
            return static_cast<std::uint8_t>(1 << laneOf(scenario_, delivery));
        return lanesOf(scenario_, delivery);
    }
    bool firstInAll(int delivery) const {
        for (int number = 0; number < kDeliveries; ++number)
            if ((lanes(delivery) >> number & 1) && lane(number).front() != delivery) return false;
        return true;
    }
    std::vector<int> lane(int number) const {
        std::vector<int> waiting;
        for (int d = 0; d < kDeliveries; ++d)
            if (inLane(d) && (lanes(d) >> number & 1)) waiting.push_back(d);
        std::sort(waiting.begin(), waiting.end(),
                  [&](int a, int b) { return at(s.deliveries, a).ord < at(s.deliveries, b).ord; });
        return waiting;
    }
    bool owned(int number) const {
        for (const Hand& hand : s.dispatchers)
            for (const InHand& one : hand)
                if (one.what && one.valid && (lanes(one.what - 1) >> number & 1)) return true;
        return false;
    }
    bool barred(int delivery) const { return (s.barred >> recipientOf(delivery)) & 1; }

    void makeDeliveries(int message, int heldRecipient) {
        for (int r = 0; r < kRecipients; ++r) {
            const int d = message * kRecipients + r;
            if (laneOf(scenario_, d) < 0) continue;
            Delivery& one = at(s.deliveries, d);
            if (one.exists || one.leftOut) {
                breaks("a message was translated twice: two deliveries with two ids");
                return;
            }
            if (barred(d)) {
                one.leftOut = 1;
                continue;
            }
            one.exists = 1;
            one.state = r == heldRecipient ? DeliveryState::held : DeliveryState::queued;
            one.told = one.state;
            one.ord = ++s.lastOrd;
        }
        s.barred = static_cast<std::uint8_t>(s.barred | at(scenario_.bars, message));
    }

    /// The partner sees a delivery: where order, refusals and duplicates are judged.
    void present(int d, bool taken) {
        Delivery& one = at(s.deliveries, d);
        if (barred(d)) breaks("something was sent to a partner that is barred");
        if (!one.presented && !one.replayed) judgeOrder(d);
        one.presented = 1;
        if (!taken) return;
        if (one.taken != 0 && !one.everUncertain)
            breaks("a duplicate that no crash, lost lease or missing answer explains");
        one.taken = static_cast<std::uint8_t>(std::min(one.taken + 1, 3));
    }

    void judgeOrder(int d) {
        const int message = messageOf(d);
        if (at(s.messages, message).everHeld) return;
        for (int other = 0; other < kMessages; ++other) {
            const Message& older = at(s.messages, other);
            if (!older.exists || older.everHeld || !shareKey(message, other) ||
                older.seq >= at(s.messages, message).seq)
                continue;
            if (older.state == MessageState::received)
                breaks("a message overtook an older one of its key that is not translated");
            for (int r = 0; r < kRecipients; ++r) judgeOrder(d, other * kRecipients + r);
        }
    }

    void judgeOrder(int d, int before) {
        const Delivery& ahead = at(s.deliveries, before);
        if ((lanesOf(scenario_, before) & lanesOf(scenario_, d)) == 0 || !ahead.exists) return;
        const bool waits = ahead.state == DeliveryState::queued ||
                           ahead.state == DeliveryState::inflight ||
                           ahead.state == DeliveryState::uncertain;
        // Who lost his lease had sent the one that it stands for.
        if (waits && !ahead.presented && !ahead.replayed && !(ahead.anew && stale))
            breaks("a delivery overtook an older one of its lane");
    }

private:
    const Scenario& scenario_;
    const Mutation mutation_;
};

/// Collects the steps out of one state.
class Stepper {
public:
    Stepper(const State& state, const Scenario& scenario, Mutation mutation)
        : state_(state), scenario_(scenario), mutation_(mutation) {}

    std::vector<Step> all() {
        for (int i = 0; i < scenario_.messages; ++i) accept(i);
        for (int t = 0; t < kWorkers; ++t) translate(t);
        for (int w = 0; w < kWorkers; ++w) deliver(w);
        misfortunes();
        lateWords();
        mailboxes();
        persons();
        pauses();
        return std::move(steps_);
    }

private:
    template <class Action>
    void step(Kind kind, Label label, Action action) {
        Change change(state_, scenario_, mutation_);
        action(change);
        settleHands(change.s);
        steps_.push_back({change.s, label, change.broken, kind});
    }
    template <class Action>
    void progress(Label label, Action action) {
        step(Kind::progress, label, action);
    }
    template <class Action>
    void misfortune(Label label, Action action) {
        step(Kind::misfortune, label, action);
    }
    bool is(Mutation mutation) const { return mutation_ == mutation; }

    /// Workers of one kind are alike: the same state whichever of the two holds what.
    static void settleHands(State& s) {
        const auto sort = [](std::array<Hand, kWorkers>& hands) {
            if (std::memcmp(&hands[0], &hands[1], sizeof(Hand)) < 0) std::swap(hands[0], hands[1]);
        };
        sort(s.translators);
        sort(s.dispatchers);
    }
    static void freeProbe(Change& c, Hand& hand) {
        for (InHand& one : hand) {
            if (!one.probe) continue;
            at(c.s.probing, recipientOf(one.what - 1)) = 0;
            one.probe = 0;
        }
    }
    static void dropFirst(Hand& hand) {
        hand[0] = hand[1];
        hand[1] = {};
    }
    static Label called(const char* words, int first, int second = -1) {
        return {words, static_cast<std::int8_t>(first), static_cast<std::int8_t>(second)};
    }

    // Accept
    // ------------------------------------------------------------------------------------------

    void accept(int i) {
        const Sender sender = at(state_.senders, i);
        const auto set = [i](Change& c, Sender to) { at(c.s.senders, i) = to; };
        const bool turn = i == 0 || at(state_.senders, i - 1) >= Sender::acked;
        if ((sender == Sender::silent || sender == Sender::unanswered) && turn)
            progress(called("sender sends m%", i), [&](Change& c) { set(c, Sender::inHand); });
        if (sender == Sender::inHand && is(Mutation::ackBeforeCommit))
            progress(called("ack m%", i), [&](Change& c) { set(c, Sender::ackedUnstored); });
        if (sender == Sender::inHand || sender == Sender::ackedUnstored)
            progress(called("put m%", i), [&](Change& c) {
                Message& one = at(c.s.messages, i);
                if (one.exists && is(Mutation::noRepeatCheck))
                    c.breaks("a message was stored twice");
                if (!one.exists) {
                    one.exists = 1;
                    one.state = one.told = MessageState::received;
                    one.seq = one.place = ++c.s.lastSeq;
                    c.s.lastPlace = std::max(c.s.lastPlace, one.place);
                }
                set(c, sender == Sender::inHand ? Sender::stored : Sender::acked);
            });
        if (sender == Sender::stored)
            progress(called("ack m%", i), [&](Change& c) { set(c, Sender::acked); });
    }

    // Translate
    // ------------------------------------------------------------------------------------------

    void translate(int t) {
        const Hand& hand = at(state_.translators, t);
        if (hand[0].what == 0) {
            claimMessages(t);
            return;
        }
        if (hand[0].what > 8) {
            makeAgain(t, hand[0].what - 9);
            return;
        }
        const int m = hand[0].what - 1;
        if (at(scenario_.remembers, m) && hand[0].read == 0) {
            progress(called("translator reads the register and decides on m%", m), [&](Change& c) {
                for (InHand& one : at(c.s.translators, t))
                    if (one.what) one.read = static_cast<std::uint8_t>(c.s.revision + 1);
            });
            return;
        }
        finish(t, m, "m% translated", Kind::progress, MessageState::translated, -1);
        if (state_.holds > 0) {
            finish(t, m, "m% held", Kind::misfortune, MessageState::held, -1);
            if (laneOf(scenario_, m * kRecipients) >= 0)
                finish(t, m, "m% translated, one delivery held", Kind::misfortune,
                       MessageState::translated, 0);
        }
        if (state_.ignores > 0)
            finish(t, m, "m% ignored", Kind::misfortune, MessageState::ignored, -1);
        if (state_.givenBack > 0)
            misfortune(called("translator gives back m%", m), [&](Change& c) {
                --c.s.givenBack;
                dropFirst(at(c.s.translators, t));
            });
    }

    void claimMessages(int t) {
        const Change look(state_, scenario_, mutation_);
        for (int m = 0; m < kMessages; ++m) {
            if (!look.claimable(m)) continue;
            progress(called("translator claims m%", m), [&](Change& c) {
                at(c.s.translators, t)[0] = {static_cast<std::uint8_t>(m + 1), {}, 1, 0, 0};
            });
            const int next = look.oneKey(m) ? look.follower(m) : -1;
            if (next >= 0)
                progress(called("translator claims m% and m%", m, next), [&](Change& c) {
                    at(c.s.translators, t)[0] = {static_cast<std::uint8_t>(m + 1), {}, 1, 0, 0};
                    at(c.s.translators, t)[1] = {static_cast<std::uint8_t>(next + 1), {}, 1, 0, 0};
                });
        }
        for (int d = 0; d < kDeliveries; ++d)
            if (at(state_.deliveries, d).redo && !look.translatorHas(9 + d))
                progress(called("translator claims d% to be made again", d), [&](Change& c) {
                    at(c.s.translators, t)[0] = {static_cast<std::uint8_t>(9 + d), {}, 1, 0, 0};
                });
    }

    void finish(int t, int m, const char* what, Kind kind, MessageState to, int heldRecipient) {
        step(kind, called(what, m), [&](Change& c) {
            const bool valid = at(c.s.translators, t)[0].valid != 0;
            const bool stands =
                valid && (c.first(m) || is(Mutation::translatePastGap) ||
                          is(Mutation::claimIgnoresKeys) || is(Mutation::pastOvertaken));
            if (stands && to == MessageState::translated && overtaken(c, t, m)) return;
            dropFirst(at(c.s.translators, t));
            if (to == MessageState::ignored)
                --c.s.ignores;
            else if (kind == Kind::misfortune)
                --c.s.holds;
            if (!stands && !is(Mutation::lateTranslation)) return;
            if (to == MessageState::held) {
                c.move(m, to);
                Message& one = at(c.s.messages, m);
                one.blocks = scenario_.luck.holdBlocks;
                one.everHeld = 1;
                if (is(Mutation::heldDropsOut)) one.exists = 0;
                return;
            }
            if (!is(Mutation::lateTranslation)) c.move(m, to);
            at(c.s.messages, m).state = at(c.s.messages, m).told = to;
            if (to != MessageState::translated) return;
            if (!is(Mutation::endsItsOwn)) endWaiting(c, m);
            c.makeDeliveries(m, heldRecipient);
            if (is(Mutation::endsItsOwn)) endWaiting(c, m);
            for (int r = 0; r < kRecipients; ++r)
                if (const Delivery& own = at(c.s.deliveries, m * kRecipients + r);
                    own.exists && own.state == DeliveryState::closed)
                    c.breaks("a message closed what it brought");
        });
    }

    /// Nothing of it is committed; with all behind it in its hand it is decided on anew.
    bool overtaken(Change& c, int t, int m) {
        if (!at(scenario_.remembers, m)) return false;
        Hand& hand = at(c.s.translators, t);
        const bool changed = hand[0].read != c.s.revision + 1;
        if (changed && is(Mutation::overtakenCommits))
            c.breaks("a decision counts although the register has changed since");
        if (!changed || is(Mutation::overtakenCommits)) {
            ++c.s.revision;
            return false;
        }
        for (InHand& one : hand) one.read = 0;
        if (is(Mutation::overtakenHalf)) c.makeDeliveries(m, -1);
        if (is(Mutation::pastOvertaken) && hand[1].what) std::swap(hand[0], hand[1]);
        return true;
    }

    /// What waits is closed; what is on its way is left to the policy, which is asked before the
    /// first byte.
    void endWaiting(Change& c, int m) {
        for (int d = 0; d < kDeliveries; ++d) {
            Delivery& one = at(c.s.deliveries, d);
            if (!one.exists || !(at(scenario_.ends, m) >> recipientOf(d) & 1)) continue;
            const bool waits =
                one.state == DeliveryState::queued || one.state == DeliveryState::offered ||
                one.state == DeliveryState::held || one.state == DeliveryState::setAside ||
                (one.state == DeliveryState::inflight && is(Mutation::endOfInflight));
            if (!waits) continue;
            c.move(one, DeliveryState::closed);
            one.blocks = one.redo = 0;
            if (is(Mutation::endForgets)) one.exists = 0;
            if (!is(Mutation::endLeavesClaim)) letGo(c, d);
        }
    }

    void makeAgain(int t, int d) {
        progress(called("d% made again", d), [&](Change& c) {
            const bool valid = at(c.s.translators, t)[0].valid != 0;
            dropFirst(at(c.s.translators, t));
            Delivery& one = at(c.s.deliveries, d);
            if (valid && one.redo && one.state == DeliveryState::setAside) return makeAnew(c, d);
            if (!valid || one.state != DeliveryState::held) return;
            one.redo = 0;
            one.replayed = 1;
            if (c.barred(d)) return;  // stays held, for a person
            c.move(one, DeliveryState::queued);
            one.ord = ++c.s.lastOrd;
        });
    }

    /// The old one is closed, another stands for it; what blocked its lane gives its place.
    void makeAnew(Change& c, int d) {
        Delivery& old = at(c.s.deliveries, d);
        old.redo = 0;
        if (c.barred(d)) return;  // stays set aside, for a person
        Delivery one{};
        one.exists = 1;
        one.state = one.told = DeliveryState::queued;
        one.anew = 1;
        one.replayed = !old.blocks;
        one.everUncertain = old.everUncertain;  // who lost his lease may still send the old one
        one.ord = old.blocks && !is(Mutation::anewAtTheEnd) ? old.ord : ++c.s.lastOrd;
        old = one;
    }

    // Deliver
    // ------------------------------------------------------------------------------------------

    void deliver(int w) {
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

    void claimLane(int w, int lane) {
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

    /// What one worker may have of a lane. What stands in several goes alone, when it is first in
    /// each and nobody has any of them.
    std::vector<int> runOf(const Change& look, int lane) const {
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
                if (!run.empty() || owned || laneOf(scenario_, d) != lane || !look.firstInAll(d))
                    break;
                return {d};
            }
            run.push_back(d);
        }
        if (is(Mutation::offersPastOthers) && run.size() == 2) std::swap(run[0], run[1]);
        return run;
    }

    bool anyBlocked() const {
        return std::any_of(state_.deliveries.begin(), state_.deliveries.end(),
                           [](const Delivery& one) { return one.exists && one.blocks; });
    }

    /// The policy is asked; what it refuses is closed, durably, before anything else is put in
    /// flight.
    void putInFlight(int w) {
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
                if (delivery.state == DeliveryState::uncertain)
                    c.move(delivery, DeliveryState::queued);
                if (delivery.saidYes) c.breaks("something goes again that its partner accepted");
                c.move(delivery, DeliveryState::inflight);
                delivery.refusedLater = 0;  // sent again, the partner judges again
            }
        });
    }

    /// A mailbox: nothing is sent, its partner finds it there in order.
    void layOut(int w) {
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
                if (delivery.state == DeliveryState::uncertain)
                    c.move(delivery, DeliveryState::queued);
                c.move(delivery, DeliveryState::offered);
            }
            mine = {};
        });
    }

    void close(Change& c, Hand& mine, int i) {
        if (!is(Mutation::probeKept)) freeProbe(c, mine);
        const InHand one = at(mine, i);
        Delivery& delivery = at(c.s.deliveries, one.what - 1);
        if (i == 0) mine[0] = mine[1];
        mine[1] = {};
        if (!one.valid) return;
        if (delivery.state == DeliveryState::uncertain) c.move(delivery, DeliveryState::queued);
        c.move(delivery, DeliveryState::closed);
    }

    void send(int w) {
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
        outcome(Kind::progress, "d% is taken", Phase::taken,
                [&](Change& c) { c.present(d, true); });
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

    void settle(int w) {
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

    /// An answer of any kind closes it; who could not be reached is tried by one alone.
    static void heedBreaker(Change& c, Hand& mine) {
        freeProbe(c, mine);
        for (const InHand& one : mine)
            if (one.what && one.phase >= Phase::taken && one.phase <= Phase::unsent)
                at(c.s.away, recipientOf(one.what - 1)) = one.phase == Phase::unsent;
    }

    void apply(Change& c, Delivery& delivery, Phase phase) {
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

    /// What its partner refused while it was in flight does not end as delivered, nor is it sent
    /// again.
    void heedWord(Change& c, Delivery& delivery) {
        const bool settled = delivery.state == DeliveryState::delivered ||
                             delivery.state == DeliveryState::uncertain;
        if (delivery.word == 1 && settled && !is(Mutation::wordForgotten)) {
            c.move(delivery, DeliveryState::setAside);
            delivery.blocks = 0;
        }
        if (delivery.state != DeliveryState::inflight) delivery.word = 0;
    }

    /// What its partner says of it apart from its first answer.
    void lateWords() {
        for (int d = 0; d < kDeliveries; ++d) {
            const Delivery& delivery = at(state_.deliveries, d);
            if (!delivery.exists || delivery.taken == 0 || delivery.refusedLater) continue;
            const bool open = delivery.state == DeliveryState::inflight;
            const bool settled = delivery.state == DeliveryState::delivered ||
                                 delivery.state == DeliveryState::uncertain;
            if (state_.lateRefusals > 0 && (open || settled)) refuseLater(d, open);
            // Of what is settled a yes is noted, and changes nothing.
            if (state_.lateYes > 0 && open && delivery.word == 0)
                misfortune(called("d% is accepted meanwhile", d), [&](Change& c) {
                    --c.s.lateYes;
                    Delivery& one = at(c.s.deliveries, d);
                    if (!is(Mutation::yesForgotten)) one.word = 2;
                    one.saidYes = 1;
                });
        }
    }

    void refuseLater(int d, bool open) {
        misfortune(called("d% is refused later", d), [&](Change& c) {
            --c.s.lateRefusals;
            Delivery& one = at(c.s.deliveries, d);
            one.refusedLater = 1;
            one.saidYes = 0;  // its last word counts
            if (open) {
                one.word = 1;
                return;
            }
            c.move(one, DeliveryState::setAside);
            one.blocks = 0;
            letGo(c, d);
        });
    }

    // Mailboxes: the partner fetches, or nobody does.
    // ------------------------------------------------------------------------------------------

    void mailboxes() {
        for (int d = 0; d < kDeliveries; ++d) {
            const Delivery& delivery = at(state_.deliveries, d);
            if (!delivery.exists || delivery.state != DeliveryState::offered) continue;
            const bool barred = Change(state_, scenario_, mutation_).barred(d);
            if (barred && !is(Mutation::pickUpUnasked))
                progress(called("d% is asked for, the policy refuses", d),
                         [&](Change& c) { c.move(at(c.s.deliveries, d), DeliveryState::closed); });
            else
                progress(called("d% is picked up", d), [&](Change& c) {
                    c.present(d, true);
                    c.move(at(c.s.deliveries, d), DeliveryState::delivered);
                });
            if (state_.unread > 0)
                misfortune(called("nobody picks up d%", d), [&](Change& c) {
                    --c.s.unread;
                    Delivery& one = at(c.s.deliveries, d);
                    const DeliveryState told = one.told;
                    c.move(one, DeliveryState::setAside);
                    if (is(Mutation::expiryInSilence)) one.told = told;
                });
        }
    }

    /// Whoever has it in hand has it no more.
    static void letGo(Change& c, int d) {
        for (Hand& hand : c.s.dispatchers)
            for (InHand& item : hand)
                if (item.what == d + 1) item.valid = 0;
    }

    void giveBack(int w) {
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

    // What goes wrong, and what people do
    // ------------------------------------------------------------------------------------------

    void misfortunes() {
        if (state_.crashes > 0)
            misfortune(Label{"crash and restart"}, [&](Change& c) { crash(c); });
        if (state_.expiries == 0) return;
        for (int i = 0; i < kWorkers; ++i) {
            if (at(state_.translators, i)[0].what && at(state_.translators, i)[0].valid)
                misfortune(Label{"a translator's lease runs out"}, [&](Change& c) {
                    --c.s.expiries;
                    for (InHand& one : at(c.s.translators, i)) one.valid = 0;
                });
            if (at(state_.dispatchers, i)[0].what && at(state_.dispatchers, i)[0].valid)
                misfortune(Label{"a dispatcher's lease runs out"}, [&](Change& c) {
                    --c.s.expiries;
                    for (InHand& one : at(c.s.dispatchers, i)) {
                        if (one.what && one.valid)
                            senderGone(c, at(c.s.deliveries, one.what - 1),
                                       is(Mutation::expiryMakesQueued));
                        one.valid = 0;
                    }
                });
        }
    }

    void senderGone(Change& c, Delivery& delivery, bool asIfUnsent) {
        if (delivery.exists && delivery.state == DeliveryState::inflight && delivery.word == 2)
            c.move(delivery, DeliveryState::delivered);
        if (delivery.exists && delivery.state == DeliveryState::inflight)
            c.move(delivery, asIfUnsent ? DeliveryState::queued : DeliveryState::uncertain);
        heedWord(c, delivery);
    }

    void crash(Change& c) {
        --c.s.crashes;
        for (Sender& sender : c.s.senders) {
            if (sender == Sender::inHand || sender == Sender::stored) sender = Sender::unanswered;
            if (sender == Sender::ackedUnstored) sender = Sender::acked;
        }
        c.s.translators = {};
        c.s.dispatchers = {};
        for (Message& message : c.s.messages) message.place = message.seq;
        c.s.lastPlace = c.s.lastSeq;
        c.s.away = {};
        c.s.probing = {};
        if (is(Mutation::pauseForgotten)) c.s.paused = 0;
        if (is(Mutation::crashForgetsInflight)) return;
        for (Delivery& delivery : c.s.deliveries)
            senderGone(c, delivery, is(Mutation::crashMakesQueued));
    }

    void persons() {
        if (state_.persons == 0) return;
        for (int m = 0; m < kMessages; ++m) {
            const Message& message = at(state_.messages, m);
            if (!message.exists || message.state != MessageState::held) continue;
            misfortune(called("a person replays m%", m), [&](Change& c) {
                --c.s.persons;
                Message& one = at(c.s.messages, m);
                c.move(m, MessageState::received);
                if (!one.blocks) one.place = ++c.s.lastPlace;
                one.blocks = 0;
            });
            misfortune(called("a person closes m%", m), [&](Change& c) {
                --c.s.persons;
                c.move(m, MessageState::closed);
                at(c.s.messages, m).blocks = 0;
            });
        }
        for (int d = 0; d < kDeliveries; ++d) person(d);
    }

    void person(int d) {
        const Delivery& delivery = at(state_.deliveries, d);
        if (!delivery.exists) return;
        const bool held = delivery.state == DeliveryState::held;
        const bool open = held || delivery.state == DeliveryState::setAside ||
                          (delivery.state == DeliveryState::uncertain && delivery.blocks);
        const bool waits =
            delivery.state == DeliveryState::queued || delivery.state == DeliveryState::offered;
        if (!open && !waits) return;
        if (scenario_.luck.anew && delivery.state == DeliveryState::setAside && !delivery.redo)
            misfortune(called("a person has d% translated anew", d), [&](Change& c) {
                --c.s.persons;
                at(c.s.deliveries, d).redo = 1;
            });
        if (open && !delivery.redo)
            misfortune(called("a person replays d%", d), [&](Change& c) {
                --c.s.persons;
                Delivery& one = at(c.s.deliveries, d);
                if (held) {
                    one.redo = 1;
                    return;
                }
                c.move(one, DeliveryState::queued);
                if (one.refusedLater) one.taken = 0;  // its partner has thrown it away
                if (!one.blocks) {
                    one.ord = ++c.s.lastOrd;
                    one.replayed = 1;
                }
                one.blocks = 0;
            });
        misfortune(called("a person closes d%", d), [&](Change& c) {
            --c.s.persons;
            Delivery& one = at(c.s.deliveries, d);
            if (one.state == DeliveryState::uncertain) c.move(one, DeliveryState::queued);
            c.move(one, DeliveryState::closed);
            one.blocks = one.redo = 0;
            letGo(c, d);
        });
    }

    /// Whoever pauses resumes: that comes by itself in the end.
    void pauses() {
        for (int lane = 0; lane < kDeliveries; ++lane) {
            const auto bit = static_cast<std::uint8_t>(1 << lane);
            if (state_.pausedBy & bit)
                progress(called("a person resumes lane %", lane), [&](Change& c) {
                    c.s.paused = static_cast<std::uint8_t>(c.s.paused & ~bit);
                    c.s.pausedBy = static_cast<std::uint8_t>(c.s.pausedBy & ~bit);
                });
            else if (state_.pauses > 0 && used(lane))
                misfortune(called("a person pauses lane %", lane), [&](Change& c) {
                    --c.s.pauses;
                    c.s.paused = static_cast<std::uint8_t>(c.s.paused | bit);
                    c.s.pausedBy = static_cast<std::uint8_t>(c.s.pausedBy | bit);
                });
        }
    }

    bool used(int lane) const {
        for (int d = 0; d < scenario_.messages * kRecipients; ++d)
            if (laneOf(scenario_, d) == lane) return true;
        return false;
    }

    const State& state_;
    const Scenario& scenario_;
    const Mutation mutation_;
    std::vector<Step> steps_;
};

}  // namespace

std::string Label::text() const {
    std::string text;
    int number = 0;
    for (const char* c = words; *c != 0; ++c) {
        if (*c == '%')
            text += std::to_string(number++ == 0 ? first : second);
        else
            text += *c;
    }
    return text;
}

State start(const Scenario& scenario) {
    State s{};
    const auto small = [](int n) { return static_cast<std::uint8_t>(n); };
    s.crashes = small(scenario.luck.crashes);
    s.expiries = small(scenario.luck.expiries);
    s.givenBack = small(scenario.luck.givenBack);
    s.holds = small(scenario.luck.holds);
    s.refusals = small(scenario.luck.refusals);
    s.noAnswers = small(scenario.luck.noAnswers);
    s.unreachable = small(scenario.luck.unreachable);
    s.persons = small(scenario.luck.persons);
    s.lateRefusals = small(scenario.luck.lateRefusals);
    s.pauses = small(scenario.luck.pauses);
    s.lateYes = small(scenario.luck.lateYes);
    s.ignores = small(scenario.luck.ignores);
    s.unread = small(scenario.luck.unread);
    return s;
}

std::vector<Step> steps(const State& state, const Scenario& scenario, Mutation mutation) {
    return Stepper(state, scenario, mutation).all();
}

const char* check(const State& s, const Scenario& scenario) {
    for (int i = 0; i < kMessages; ++i)
        if (at(s.senders, i) == Sender::acked && !at(s.messages, i).exists)
            return "a sender was told that its message is accepted, and it is gone";
    for (int a = 0; a < kHand; ++a)
        for (int b = 0; b < kHand; ++b) {
            const InHand& one = at(s.dispatchers[0], a);
            const InHand& other = at(s.dispatchers[1], b);
            if (one.what && other.what && one.valid && other.valid &&
                (lanesOf(scenario, one.what - 1) & lanesOf(scenario, other.what - 1)) != 0)
                return "two workers own one lane";
        }
    for (const Message& message : s.messages)
        if (message.exists && message.state != message.told)
            return "a message changed and its timeline does not tell it";
    for (const Delivery& delivery : s.deliveries)
        if (delivery.exists && delivery.state != delivery.told)
            return "a delivery changed and its timeline does not tell it";
    for (const Delivery& delivery : s.deliveries)
        if (delivery.exists && delivery.state == DeliveryState::delivered && delivery.taken == 0)
            return "something counts as delivered that nobody took";
    return nullptr;
}

namespace {

/// In one of its lanes somebody must decide first, of what stands before it or of itself.
bool behindABlock(const Change& look, const State& s, int d) {
    for (int number = 0; number < kDeliveries; ++number) {
        if (!(look.lanes(d) >> number & 1)) continue;
        const int head = look.lane(number).front();
        if (at(s.deliveries, head).blocks || (head != d && behindABlock(look, s, head)))
            return true;
    }
    return false;
}

}  // namespace

const char* checkQuiet(const State& s, const Scenario& scenario) {
    const Change look(s, scenario, Mutation::none);
    for (int m = 0; m < scenario.messages; ++m) {
        const Message& message = at(s.messages, m);
        if (at(s.senders, m) != Sender::acked) return "a sender never got an answer";
        if (message.state == MessageState::received && look.first(m))
            return "a message waits and nobody will take it";
        if (message.state != MessageState::translated) continue;
        for (int r = 0; r < kRecipients; ++r) {
            const int d = m * kRecipients + r;
            const Delivery& delivery = at(s.deliveries, d);
            if (laneOf(scenario, d) < 0 || delivery.leftOut) continue;
            if (!delivery.exists) return "a delivery was never made";
            if (delivery.state == DeliveryState::inflight)
                return "a delivery stays in flight for ever";
            if (delivery.state == DeliveryState::delivered && delivery.refusedLater)
                return "something counts as delivered that its partner refused later";
            if (look.inLane(d) && !behindABlock(look, s, d))
                return "a delivery waits and nobody will take it";
            if (delivery.state == DeliveryState::offered)
                return "a delivery is laid out and nobody can have it";
        }
    }
    return nullptr;
}

}  // namespace model
