#include "admin/views.h"

#include "gateway/state.h"
#include "pipeline/made_by.h"

namespace gateway {
namespace {

/// An answer longer than this is cut: it is looked at by people.
constexpr std::size_t kAnswer = 64 << 10;

void writeTime(JsonWriter& json, std::string_view name, Time time) {
    if (time != Time{}) json.field(name, toText(time));
}

/// Fields of which most are often empty.
void writeSome(JsonWriter& json, std::string_view name, std::string_view value) {
    if (!value.empty()) json.field(name, value);
}

void write(JsonWriter& json, const DeliveryView& delivery, Depth depth) {
    json.beginObject().field("id", delivery.id).field("partner", delivery.partner);
    json.field("destination", delivery.destination).field("state", toText(delivery.state));
    write(json, "reason", delivery.reason);
    writeSome(json, "control_id", delivery.controlId);
    writeSome(json, "plan", delivery.plan);
    writeSome(json, "edition", delivery.edition);
    const MadeBy made = MadeBy::of(delivery.mapVersion);
    writeSome(json, "route", made.route);
    writeSome(json, "map_version", made.maps);
    json.field("attempts", std::uint64_t{delivery.attempts}).field("bytes", delivery.bytes);
    writeTime(json, "changed", delivery.changed);
    writeTime(json, "retry_at", delivery.retryAt);
    if (delivery.answer) {
        json.name("answer").beginObject().field("summary", delivery.answer->summary);
        if (depth == Depth::words)
            json.field("body", delivery.answer->body.view().substr(0, kAnswer));
        json.endObject();
    }
    json.endObject();
}

/// Of what a partner said before its own words: "AE" of "AE: …".
Reason codeOf(const Reason& answer) {
    const auto head = [](const std::string& text) { return text.substr(0, text.find(": ")); };
    return {head(answer.en), head(answer.fr)};
}

void write(JsonWriter& json, const EventView& event, Depth depth) {
    const bool wordless = depth != Depth::words && event.what == "answer";
    json.beginObject().field("at", toText(event.at)).field("what", event.what);
    writeSome(json, "delivery", event.delivery);
    writeSome(json, "partner", event.partner);
    write(json, "text", wordless ? codeOf(event.text) : event.text);
    json.endObject();
}

}  // namespace

void write(JsonWriter& json, std::string_view name, const Reason& reason) {
    if (reason.empty()) return;
    json.name(name).beginObject().field("en", reason.en);
    json.field("fr", reason.fr.empty() ? reason.en : reason.fr).endObject();
}

void write(JsonWriter& json, const MessageView& message, Depth depth) {
    json.beginObject().field("id", message.id).field("source", message.source);
    json.field("codec", message.codec).field("state", toText(message.state));
    writeSome(json, "type", message.type);
    write(json, "reason", message.reason);
    writeTime(json, "received", message.received);
    writeTime(json, "changed", message.changed);
    json.field("bytes", message.bytes);
    writeSome(json, "config_version", message.configVersion);
    json.name("deliveries").beginArray();
    for (const DeliveryView& delivery : message.deliveries) write(json, delivery, depth);
    json.endArray();
    if (depth != Depth::heads) {
        json.name("timeline").beginArray();
        for (const EventView& event : message.timeline) write(json, event, depth);
        json.endArray();
    }
    json.endObject();
}

void write(JsonWriter& json, const Refusal& refusal) {
    json.beginObject().field("number", refusal.number).field("at", toText(refusal.at));
    json.field("source", refusal.source).field("peer", refusal.peer);
    json.field("fault", toText(refusal.fault)).field("where", refusal.where).endObject();
}

void write(JsonWriter& json, const PastPause& past) {
    json.beginObject().field("end", past.pause.end).field("since", toText(past.pause.at));
    json.field("by", past.pause.by).field("why", past.pause.why);
    if (past.until != Time{})
        json.field("until", toText(past.until)).field("ended_by", past.endedBy);
    json.endObject();
}

void write(JsonWriter& json, const std::vector<UnmappedSeen::Seen>& unmapped) {
    json.beginObject().name("unmapped").beginArray();
    for (const UnmappedSeen::Seen& one : unmapped) {
        json.beginObject().field("map", one.map).field("table", one.table);
        if (one.others)
            json.name("others").flag(true);
        else
            json.field("code", one.code);
        json.field("count", one.count).field("last", toText(one.last)).endObject();
    }
    json.endArray().endObject();
}

}  // namespace gateway
