/// Of the explorer of the model: senders and translators.
#include "model/stepper.h"

namespace model {

void Stepper::accept(int i) {
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
            if (one.exists && is(Mutation::noRepeatCheck)) c.breaks("a message was stored twice");
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

void Stepper::translate(int t) {
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
    if (state_.ignores > 0) finish(t, m, "m% ignored", Kind::misfortune, MessageState::ignored, -1);
    if (state_.givenBack > 0)
        misfortune(called("translator gives back m%", m), [&](Change& c) {
            --c.s.givenBack;
            dropFirst(at(c.s.translators, t));
        });
}

void Stepper::claimMessages(int t) {
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

void Stepper::finish(int t, int m, const char* what, Kind kind, MessageState to,
                     int heldRecipient) {
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

bool Stepper::overtaken(Change& c, int t, int m) {
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

void Stepper::endWaiting(Change& c, int m) {
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

void Stepper::makeAgain(int t, int d) {
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

void Stepper::makeAnew(Change& c, int d) {
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

}  // namespace model
