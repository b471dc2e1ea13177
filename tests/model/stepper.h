/// @file  All steps that can follow a state of the model.
#pragma once

#include <cstring>

#include "model/change.h"

namespace model {

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

    // Senders and translators
    void accept(int i);
    void translate(int t);
    void claimMessages(int t);
    void finish(int t, int m, const char* what, Kind kind, MessageState to, int heldRecipient);
    /// Nothing of it is committed; with all behind it in its hand it is decided on anew.
    bool overtaken(Change& c, int t, int m);
    /// What waits is closed; what is on its way is left to the policy, which is asked before the
    /// first byte.
    void endWaiting(Change& c, int m);
    void makeAgain(int t, int d);
    /// The old one is closed, another stands for it; what blocked its lane gives its place.
    void makeAnew(Change& c, int d);

    // Dispatchers
    void deliver(int w);
    void claimLane(int w, int lane);
    /// What one worker may have of a lane. What stands in several goes alone, when it is first in
    /// each and nobody has any of them.
    std::vector<int> runOf(const Change& look, int lane) const;
    bool anyBlocked() const;
    /// The policy is asked; what it refuses is closed, durably, before anything else is put in
    /// flight.
    void putInFlight(int w);
    /// A mailbox: nothing is sent, its partner finds it there in order.
    void layOut(int w);
    void close(Change& c, Hand& mine, int i);
    void send(int w);
    void settle(int w);
    /// An answer of any kind closes it; who could not be reached is tried by one alone.
    static void heedBreaker(Change& c, Hand& mine);
    void apply(Change& c, Delivery& delivery, Phase phase);
    /// What its partner refused while it was in flight does not end as delivered, nor is it sent
    /// again.
    void heedWord(Change& c, Delivery& delivery);
    /// Whoever has it in hand has it no more.
    static void letGo(Change& c, int d);
    void giveBack(int w);

    // What partners say late, mailboxes, what goes wrong, and what people do
    /// What its partner says of it apart from its first answer.
    void lateWords();
    void refuseLater(int d, bool open);
    void mailboxes();
    void misfortunes();
    void senderGone(Change& c, Delivery& delivery, bool asIfUnsent);
    void crash(Change& c);
    void persons();
    void person(int d);
    /// Whoever pauses resumes: that comes by itself in the end.
    void pauses();
    bool used(int lane) const;

    const State& state_;
    const Scenario& scenario_;
    const Mutation mutation_;
    std::vector<Step> steps_;
};

}  // namespace model
