#include "mailbox_task.h"

#include <algorithm>

#include "json_text.h"

namespace transport_http {
using namespace gateway;

namespace {

constexpr std::string_view kPrefix = "pickup-";

std::string numberOf(Time since) { return std::to_string(since.time_since_epoch().count()); }

/// What its partner said when it settled it.
std::string_view settledAs(const DeliveryView& delivery) {
    return delivery.answer ? std::string_view(delivery.answer->summary) : std::string_view();
}

}  // namespace

std::string pickUpId(std::string_view delivery) {
    return std::string(kPrefix) + std::string(delivery);
}

std::string_view deliveryOf(std::string_view pickUpId) {
    return pickUpId.starts_with(kPrefix) ? pickUpId.substr(kPrefix.size()) : std::string_view();
}

std::string tagOf(Time since) { return "W/\"" + numberOf(since) + "\""; }

bool namesTag(std::string_view tags, Time since) {
    const std::string strong = tagOf(since).substr(2);
    while (!tags.empty()) {
        std::string_view one = tags.substr(0, tags.find(','));
        tags.remove_prefix(std::min(tags.size(), one.size() + 1));
        while (one.starts_with(' ')) one.remove_prefix(1);
        while (one.ends_with(' ')) one.remove_suffix(1);
        if (one.starts_with("W/")) one.remove_prefix(2);
        if (one == "*" || one == strong) return true;
    }
    return false;
}

Bytes taskJson(const PickUpState& state, Spoken spoken) {
    JsonText json;
    json.object().text("resourceType", "Task").text("id", pickUpId(state.id));
    json.object("meta").text("versionId", numberOf(state.since));
    json.text("lastUpdated", toText(state.since)).end();
    json.array("identifier").object().text("system", kControlIdSystem);
    json.text("value", state.controlId).end().end();
    json.text("status", state.status);
    if (!state.why.empty()) json.object("statusReason").text("text", state.why.in(spoken)).end();
    json.text("intent", "order");
    json.object("code").array("coding").object().text("system", kPickUpSystem);
    json.text("code", kPickUpCode).end().end().end();
    if (!state.focus.empty()) {
        json.object("focus").text("reference", state.focus);
        json.text("type", std::string_view(state.focus).substr(0, state.focus.find('/'))).end();
    }
    json.text("lastModified", toText(state.since));
    if (state.until != Time{} && state.status == "requested")
        json.object("restriction").object("period").text("end", toText(state.until)).end().end();
    return json.take();
}

HeldResource heldTask(const HeldContent& content, const std::string& controlId) {
    HeldResource task;
    task.type = "Task";
    task.statuses = {"requested"};
    task.people = content.resources.front().people;
    const std::string system(kControlIdSystem);
    task.identifiers = {tokenHash(controlId), tokenHash(system + "|" + controlId),
                        tokenHash(system + "|")};
    return task;
}

std::optional<PickUpState> pickUpState(const MessageView& message, const DeliveryView& delivery) {
    const bool waited =
        std::any_of(message.timeline.begin(), message.timeline.end(), [&](const EventView& event) {
            return event.delivery == delivery.id && event.what == toText(DeliveryState::offered);
        });
    if (!waited) return std::nullopt;
    PickUpState state;
    state.id = delivery.id;
    state.controlId = delivery.controlId;
    state.since = delivery.changed;
    state.until = delivery.retryAt;
    switch (delivery.state) {
        case DeliveryState::offered: break;
        case DeliveryState::delivered:
            state.status = settledAs(delivery) == "accepted" ? "accepted" : "completed";
            break;
        case DeliveryState::setAside:
            state.status = settledAs(delivery) == "rejected" ? "rejected" : "cancelled";
            if (delivery.unread) state.why = {"not fetched in time", "pas retiré à temps"};
            break;
        case DeliveryState::closed:
            state.status = "cancelled";
            state.why = {"not offered any more", "n'est plus proposé"};
            break;
        default: return std::nullopt;
    }
    return state;
}

}  // namespace transport_http
