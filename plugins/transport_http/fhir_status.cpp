#include "fhir_status.h"

#include <algorithm>

#include "fhir_respond.h"
#include "gateway/store.h"
#include "json_text.h"
#include "state_words.h"

namespace transport_http {
using namespace gateway;

namespace {

bool any(const MessageView& view, std::initializer_list<DeliveryState> states) {
    return std::any_of(view.deliveries.begin(), view.deliveries.end(), [&](const auto& delivery) {
        return std::find(states.begin(), states.end(), delivery.state) != states.end();
    });
}

/// http://hl7.org/fhir/task-status
std::string_view taskStatus(const MessageView& view) {
    using enum DeliveryState;
    switch (view.state) {
        case MessageState::received: return "received";
        case MessageState::held: return "on-hold";
        case MessageState::closed: return "cancelled";
        case MessageState::refused: return "rejected";
        case MessageState::ignored: return "completed";
        case MessageState::translated: break;
    }
    if (any(view, {held, setAside})) return "on-hold";
    return any(view, {queued, inflight, uncertain, offered}) ? "in-progress" : "completed";
}

void writeText(JsonText& out, std::string_view name, std::string_view text) {
    if (!text.empty()) out.object(name).text("text", text).end();
}

void writeDeliveries(JsonText& out, const MessageView& view, Spoken spoken) {
    if (view.deliveries.empty()) return;
    out.array("output");
    for (const DeliveryView& one : view.deliveries) {
        out.object();
        writeText(out, "type", one.destination);
        const std::string state = wordsOf(one.state).in(spoken);
        const std::string& why = one.reason.in(spoken);
        out.text("valueString", why.empty() ? state : state + " (" + why + ")").end();
    }
    out.end();
}

std::string lineOf(const EventView& event, Spoken spoken) {
    std::string line = event.partner.empty() ? event.what : event.partner + ": " + event.what;
    if (!event.text.empty()) line += ": " + event.text.in(spoken);
    return line;
}

void writeTimeline(JsonText& out, const MessageView& view, Spoken spoken) {
    bool begun = false;
    for (const EventView& event : view.timeline) {
        // Notes about nobody tell operators what to mend, and may name codes.
        if (event.what == "note" && event.partner.empty()) continue;
        if (!begun) out.array("note");
        begun = true;
        out.object().text("time", toText(event.at)).text("text", lineOf(event, spoken)).end();
    }
    if (begun) out.end();
}

Bytes taskOf(const MessageView& view, Spoken spoken) {
    JsonText out;
    out.object().text("resourceType", "Task").text("id", view.id);
    out.text("status", taskStatus(view));
    writeText(out, "statusReason", view.reason.in(spoken));
    writeText(out, "businessStatus", wordsOf(view.state).in(spoken));
    out.text("intent", "order").text("authoredOn", toText(view.received));
    out.text("lastModified", toText(std::max(view.received, view.changed)));
    writeTimeline(out, view, spoken);
    writeDeliveries(out, view, spoken);
    return out.take();
}

std::optional<http::Response> status(const FhirRequest& request) {
    const auto view = request.gateway.message(std::string(request.id));
    // Whose it is nobody else learns, nor whether there is one.
    if (!view || !isFrom(view->facts, request.who)) return std::nullopt;
    Wanted wanted;
    wanted.act = Wanted::Act::follow;
    wanted.source = view->source;
    wanted.type = view->type;
    if (auto refused = mayNot(request, wanted)) return refused;
    const bool early = view->state == MessageState::received;
    http::Response response = respond(request, early ? 202 : 200, taskOf(*view, request.spoken));
    if (early) {
        response.headers.add("Retry-After", "1");
        response.headers.add("X-Progress", wordsOf(view->state).en);
    }
    return response;
}

}  // namespace

std::vector<FhirInteraction> FhirStatus::interactions() {
    return {{"GET", "$status/[id]", status}};
}

}  // namespace transport_http
