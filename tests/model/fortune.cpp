/// Of the explorer of the model: what partners say late, mailboxes, what goes wrong, and what
/// people do.
#include "model/stepper.h"

namespace model {

void Stepper::lateWords() {
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

void Stepper::refuseLater(int d, bool open) {
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

void Stepper::mailboxes() {
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

void Stepper::misfortunes() {
    if (state_.crashes > 0) misfortune(Label{"crash and restart"}, [&](Change& c) { crash(c); });
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

void Stepper::senderGone(Change& c, Delivery& delivery, bool asIfUnsent) {
    if (delivery.exists && delivery.state == DeliveryState::inflight && delivery.word == 2)
        c.move(delivery, DeliveryState::delivered);
    if (delivery.exists && delivery.state == DeliveryState::inflight)
        c.move(delivery, asIfUnsent ? DeliveryState::queued : DeliveryState::uncertain);
    heedWord(c, delivery);
}

void Stepper::crash(Change& c) {
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

void Stepper::persons() {
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

void Stepper::person(int d) {
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

void Stepper::pauses() {
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

bool Stepper::used(int lane) const {
    for (int d = 0; d < scenario_.messages * kRecipients; ++d)
        if (laneOf(scenario_, d) == lane) return true;
    return false;
}

}  // namespace model
