#include "model/stepper.h"

namespace model {

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
