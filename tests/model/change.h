/// @file  One step of the model, and which messages and deliveries may move in it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "model/model.h"

namespace model {

using gateway::DeliveryState;
using gateway::MessageState;

inline int recipientOf(int delivery) { return delivery % kRecipients; }
inline int messageOf(int delivery) { return delivery / kRecipients; }
inline int laneOf(const Scenario& scenario, int delivery) {
    return scenario.lanes[static_cast<std::size_t>(messageOf(delivery))]
                         [static_cast<std::size_t>(recipientOf(delivery))];
}

inline std::uint8_t lanesOf(const Scenario& scenario, int delivery) {
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

}  // namespace model
