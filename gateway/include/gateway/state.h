/// @file  The states of messages and deliveries and every change that is allowed
/// (docs/decisions/0001-states-and-order.md). The one place where they are written down: store,
/// pipeline and the explorer of the model read it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gateway {

enum class MessageState : std::uint8_t { received, translated, ignored, held, closed, refused };
enum class DeliveryState : std::uint8_t {
    queued,
    inflight,
    delivered,
    uncertain,
    held,
    setAside,
    offered,
    closed
};

constexpr bool allowed(MessageState from, MessageState to) {
    using enum MessageState;
    switch (from) {
        case received: return to == translated || to == ignored || to == held;
        case held: return to == received || to == closed;
        case translated:
        case ignored:
        case closed:
        case refused: return false;
    }
    return false;
}

constexpr bool allowed(DeliveryState from, DeliveryState to) {
    using enum DeliveryState;
    switch (from) {
        case queued:  // set aside: what lies in the store for it is damaged
            return to == inflight || to == offered || to == closed || to == setAside;
        case inflight: return to == delivered || to == queued || to == uncertain || to == setAside;
        case uncertain: return to == queued || to == setAside;
        case offered: return to == delivered || to == setAside || to == closed;
        case held: return to == queued || to == closed;
        case setAside: return to == queued || to == closed;
        case delivered: return to == setAside;  // a late application answer that refuses
        case closed: return false;
    }
    return false;
}

/// Whether nothing further happens to it by itself.
constexpr bool finished(DeliveryState state) {
    return state == DeliveryState::delivered || state == DeliveryState::closed;
}

constexpr std::string_view toText(MessageState state) {
    constexpr std::string_view names[] = {"received", "translated", "ignored",
                                          "held",     "closed",     "refused"};
    return names[static_cast<std::size_t>(state)];
}

constexpr std::string_view toText(DeliveryState state) {
    constexpr std::string_view names[] = {"queued", "inflight",  "delivered", "uncertain",
                                          "held",   "set-aside", "offered",   "closed"};
    return names[static_cast<std::size_t>(state)];
}

}  // namespace gateway
