#include "delivery_state.h"

#include <set>

#include "json_text.h"
#include "state_words.h"

namespace transport_http {
using namespace gateway;

namespace {

/// What a state means for whoever waits for it.
std::string_view outcomeOf(DeliveryState state) {
    switch (state) {
        case DeliveryState::delivered: return "sent";
        case DeliveryState::queued:
        case DeliveryState::inflight:
        case DeliveryState::uncertain:
        case DeliveryState::offered: return "waiting";
        case DeliveryState::held:
        case DeliveryState::setAside: return "stopped";
        case DeliveryState::closed: return "ended";
    }
    return "waiting";
}

void writeDelivery(JsonText& out, const DeliveryView& delivery, Spoken spoken) {
    out.object().text("partner", delivery.partner).text("destination", delivery.destination);
    out.text("outcome", outcomeOf(delivery.state)).text("state", toText(delivery.state));
    out.text("edition", delivery.edition);
    if (delivery.changed != Time{}) out.text("since", toText(delivery.changed));
    const std::string words = wordsOf(delivery.state).in(spoken);
    out.text("reason", delivery.reason.empty() ? words : delivery.reason.in(spoken)).end();
}

void writeLeftOut(JsonText& out, const MessageView& message, Spoken spoken) {
    std::set<std::pair<std::string, std::string>> told;  // translated again, they are there again
    for (const EventView& event : message.timeline) {
        if (event.what != "left-out" || !told.emplace(event.partner, event.text.en).second)
            continue;
        out.object().text("partner", event.partner).text("outcome", "left-out");
        out.text("since", toText(event.at)).text("reason", event.text.in(spoken)).end();
    }
}

}  // namespace

http::Response deliveryState(const MessageView& message, Spoken spoken) {
    JsonText out;
    out.object().text("id", message.id).text("state", toText(message.state));
    out.text("received", toText(message.received));
    const Reason words = message.reason.empty() ? wordsOf(message.state) : message.reason;
    out.text("reason", words.in(spoken)).array("recipients");
    for (const DeliveryView& delivery : message.deliveries) writeDelivery(out, delivery, spoken);
    writeLeftOut(out, message, spoken);
    return {200,
            {{"Content-Type", "application/json"},
             {"Content-Language", spoken == Spoken::french ? "fr" : "en"},
             {"Cache-Control", "no-store"}},
            out.take()};
}

}  // namespace transport_http
