#include "admin/status.h"

#include <algorithm>

#include "core/json_text.h"
#include "gateway/state.h"

namespace gateway {
namespace {

using ByState = std::map<std::string, std::uint64_t>;

constexpr MessageState kAccepted[] = {MessageState::received, MessageState::translated,
                                      MessageState::ignored, MessageState::held,
                                      MessageState::closed};

std::uint64_t of(const ByState& states, std::string_view state) {
    const auto found = states.find(std::string(state));
    return found == states.end() ? 0 : found->second;
}

/// How people call a state of a message: what is received waits.
std::string_view called(MessageState state) {
    return state == MessageState::received ? "waiting" : toText(state);
}

void writeMessages(JsonWriter& json, const ByState& states) {
    std::uint64_t accepted = 0;
    for (const MessageState state : kAccepted) accepted += of(states, toText(state));
    json.field("accepted", accepted);
    for (const MessageState state : kAccepted) json.field(called(state), of(states, toText(state)));
}

void writeDeliveries(JsonWriter& json, const ByState& states) {
    for (int i = 0; i <= static_cast<int>(DeliveryState::closed); ++i) {
        const std::string_view name = toText(static_cast<DeliveryState>(i));
        json.field(name, of(states, name));
    }
}

/// Who paused it, when and why; nothing when it runs.
void writePause(JsonWriter& json, const std::string& name, const std::vector<Pause>& pauses) {
    for (const Pause& pause : pauses)
        if (pause.end == name)
            json.name("paused")
                .beginObject()
                .field("by", pause.by)
                .field("since", toText(pause.at))
                .field("why", pause.why)
                .endObject();
}

/// Nothing is sent but one probe from time to time.
void writeBroken(JsonWriter& json, const GateView& gate) {
    json.name("broken").beginObject().field("since", toText(gate.since));
    json.field("next", toText(gate.next)).field("failures", std::uint64_t{gate.failures});
    json.name("why").beginObject().field("en", gate.why.en);
    json.field("fr", gate.why.in(Spoken::french)).endObject().endObject();
}

void writeDestination(JsonWriter& json, const std::string& name, const ByState& states,
                      const Counts& counts, const std::vector<Pause>& pauses,
                      const DestinationSetup* setup, const GatewayFacts& facts) {
    const Time now = facts.now;
    json.beginObject().field("name", name).name("configured").flag(setup != nullptr);
    writePause(json, name, pauses);
    if (const auto gate = facts.gates.find(name);
        setup != nullptr && gate != facts.gates.end() && gate->second.broken)
        writeBroken(json, gate->second);
    if (setup != nullptr) {
        std::vector<Rate> rates;
        for (const auto& rate : {setup->rate, setup->partnerRate})
            if (rate) rates.push_back(*rate);
        writeWishes(json, setup->quiet, rates, now);
    }
    writeDeliveries(json, states);
    if (const auto oldest = counts.oldestWaiting.find(name); oldest != counts.oldestWaiting.end()) {
        const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - oldest->second);
        json.field("oldest_waiting", toText(oldest->second));
        json.field("oldest_waiting_seconds",
                   static_cast<std::uint64_t>(std::max<std::int64_t>(0, age.count())));
    }
    json.endObject();
}

void writeStore(JsonWriter& json, const Vitals& store) {
    json.name("store").beginObject().field("file_bytes", store.fileBytes);
    json.field("free_bytes", store.freeBytes).field("commits", store.commits);
    json.field("commit_microseconds", store.commitMicroseconds);
    json.field("slowest_microseconds", store.slowestMicroseconds);
    json.field("damaged", store.damaged).endObject();
}

}  // namespace

void writeWishes(JsonWriter& json, const QuietHours& quiet, const std::vector<Rate>& rates,
                 Time now) {
    if (const auto until = quiet.until(now))
        json.name("quiet")
            .beginObject()
            .field("until", toText(*until))
            .field("shown", quiet.shown(*until, now))
            .endObject();
    json.name("rates").beginArray();
    for (const Rate& rate : rates)
        json.beginObject()
            .field("most", std::uint64_t{rate.most})
            .field("per_ms", static_cast<std::uint64_t>(rate.per.count()))
            .endObject();
    json.endArray();
}

std::string statusText(const Counts& counts, const std::vector<Pause>& pauses, const Setup* setup,
                       const GatewayFacts& facts) {
    std::map<std::string, ByState> sources = counts.messages;
    std::map<std::string, ByState> destinations = counts.deliveries;
    if (setup != nullptr) {
        for (const auto& [name, source] : setup->sources) sources[name];
        for (const auto& [name, destination] : setup->destinations) destinations[name];
    }
    for (const Pause& pause : pauses) pause.source ? sources[pause.end] : destinations[pause.end];
    ByState sum;
    JsonWriter json;
    json.beginObject().field("version", facts.version).field("started", toText(facts.started));
    json.field("now", toText(facts.now));
    json.field("config_version", setup != nullptr ? setup->version : std::string());
    json.name("listeners").beginArray();
    for (const auto& [name, address] : facts.listeners)
        json.beginObject().field("name", name).field("address", address).endObject();
    json.endArray().name("sources").beginArray();
    for (const auto& [name, states] : sources) {
        json.beginObject().field("name", name);
        json.name("configured").flag(setup != nullptr && setup->sources.contains(name));
        writePause(json, name, pauses);
        writeMessages(json, states);
        json.endObject();
        for (const auto& [state, count] : states) sum[state] += count;
    }
    json.endArray().name("destinations").beginArray();
    for (const auto& [name, states] : destinations) {
        const DestinationSetup* configured = nullptr;
        if (setup != nullptr)
            if (const auto found = setup->destinations.find(name);
                found != setup->destinations.end())
                configured = &found->second;
        writeDestination(json, name, states, counts, pauses, configured, facts);
    }
    json.endArray().name("messages").beginObject();
    writeMessages(json, sum);
    json.endObject();
    writeStore(json, facts.store);
    json.field("refused", counts.refused).field("repeats", counts.repeats);
    return json.field("left_out", counts.leftOut).endObject().take();
}

}  // namespace gateway
