#include "admin/status.h"

#include <algorithm>
#include <set>

#include "admin/views.h"
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

void writeTime(JsonWriter& json, const char* name, Time time) {
    if (time != Time{}) json.field(name, toText(time));
}

void writeOldest(JsonWriter& json, const std::map<std::string, Time>& oldest,
                 const std::string& name, Time now) {
    const auto found = oldest.find(name);
    if (found == oldest.end()) return;
    const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - found->second);
    json.field("oldest_waiting", toText(found->second));
    json.field("oldest_waiting_seconds",
               static_cast<std::uint64_t>(std::max<std::int64_t>(0, age.count())));
}

/// Of a source that time feeds: how many reviews are due, and when the next is.
void writeDue(JsonWriter& json, const Sight& sight, const std::string& name) {
    if (!sight.due || !sight.setup) return;
    const auto source = sight.setup->sources.find(name);
    if (source == sight.setup->sources.end() || !source->second.due) return;
    json.name("due").beginObject().field("now", std::uint64_t{sight.due->due});
    json.name("more").flag(sight.due->more);
    if (sight.due->next) json.field("next", toText(*sight.due->next));
    json.endObject();
}

void writeSource(JsonWriter& json, const Sight& sight, const std::string& name,
                 const ByState& states) {
    json.beginObject().field("name", name);
    json.name("configured").flag(sight.setup && sight.setup->sources.contains(name));
    writePause(json, name, sight.pauses);
    writeMessages(json, states);
    writeOldest(json, sight.counts.oldestReceived, name, sight.now);
    if (const auto in = sight.in.find(name); in != sight.in.end())
        writeTime(json, "last_heard", in->second.heard);
    if (const auto trouble = sight.troubles.find(name); trouble != sight.troubles.end()) {
        json.name("trouble").beginObject().field("since", toText(trouble->second.since));
        write(json, "what", trouble->second.what);
        json.endObject();
    }
    writeDue(json, sight, name);
    json.endObject();
}

/// Nothing is sent but one probe from time to time.
void writeBroken(JsonWriter& json, const GateView& gate) {
    json.name("broken").beginObject().field("since", toText(gate.since));
    json.field("next", toText(gate.next)).field("failures", std::uint64_t{gate.failures});
    write(json, "why", gate.why);
    json.endObject();
}

/// What holds it back as it is configured.
void writeHolds(JsonWriter& json, const Sight& sight, const DestinationSetup& setup) {
    if (const auto gate = sight.gates.find(setup.name);
        gate != sight.gates.end() && gate->second.broken)
        writeBroken(json, gate->second);
    std::vector<Rate> rates;
    for (const auto& rate : {setup.rate, setup.partnerRate})
        if (rate) rates.push_back(*rate);
    writeWishes(json, setup.quiet, rates, sight.now);
}

void writeDestination(JsonWriter& json, const Sight& sight, const std::string& name,
                      const ByState& states) {
    json.beginObject().field("name", name);
    const DestinationSetup* setup = nullptr;
    if (sight.setup)
        if (const auto found = sight.setup->destinations.find(name);
            found != sight.setup->destinations.end())
            setup = &found->second;
    json.name("configured").flag(setup != nullptr);
    writePause(json, name, sight.pauses);
    if (setup != nullptr) writeHolds(json, sight, *setup);
    writeDeliveries(json, states);
    writeOldest(json, sight.counts.oldestWaiting, name, sight.now);
    if (const auto out = sight.out.find(name); out != sight.out.end()) {
        writeTime(json, "last_answered", out->second.answered);
        writeTime(json, "last_delivered", out->second.delivery);
    }
    json.endObject();
}

void writeStore(JsonWriter& json, const Sight& sight) {
    const Vitals& store = sight.store;
    json.name("store").beginObject().field("file_bytes", store.fileBytes);
    json.field("free_bytes", store.freeBytes).field("reserve_bytes", sight.reserve);
    json.name("writable").flag(sight.writable);
    json.field("commits", store.commits).field("commit_microseconds", store.commitMicroseconds);
    json.field("slowest_microseconds", store.slowestMicroseconds);
    json.field("damaged", sight.damaged).endObject();
}

void writeAccount(JsonWriter& json, const std::string& name, const char* kind,
                  const Reconciled::Account& account) {
    json.beginObject().field("name", name).field("kind", kind).field("in", account.in);
    json.name("states").beginObject();
    for (const auto& [state, count] : account.states) json.field(state, count);
    json.endObject().field("left_out", account.leftOut).field("finished", account.finished);
    json.name("gap").integer(account.gap()).endObject();
}

/// What came in against what lies in the store, by the last full count; empty before the first.
void writeAccounts(JsonWriter& json, const Sight& sight) {
    json.name("reconciliation").beginArray();
    if (sight.reconciled) {
        for (const auto& [name, account] : sight.reconciled->sources)
            writeAccount(json, name, "source", account);
        for (const auto& [name, account] : sight.reconciled->destinations)
            writeAccount(json, name, isDestination(name) ? "destination" : "left-out", account);
    }
    json.endArray();
    if (sight.uncountedSince) json.field("uncounted_since", toText(*sight.uncountedSince));
}

void writeCertificates(JsonWriter& json, const Sight& sight) {
    json.name("certificates").beginArray();
    std::set<std::pair<std::string, std::string>> written;
    for (const EndCertificate& one : sight.certificates) {
        if (!written.emplace(one.end, one.certificate.file).second) continue;
        json.beginObject().field("end", one.end).field("file", one.certificate.file);
        json.field("until", toText(one.certificate.until));
        json.name("days").integer(daysLeft(one.certificate, sight.now)).endObject();
    }
    json.endArray();
}

void writeAlerts(JsonWriter& json, const std::vector<AlertBook::Change>& alerts) {
    json.name("alerts").beginArray();
    for (const auto& [key, alert] : alerts) {
        if (!alert.lasts()) continue;
        json.beginObject().field("kind", key.first).field("end", key.second);
        json.field("severity", alert.level > 1 ? "critical" : "warning");
        json.field("since", toText(alert.since));
        write(json, "text", alert.text);
        json.name("told").beginArray();
        for (const auto& [receiver, told] : alert.told)
            json.beginObject().field("receiver", receiver).field("at", toText(told.at)).endObject();
        json.endArray().endObject();
    }
    json.endArray();
}

void writeReadiness(JsonWriter& json, const Readiness& readiness) {
    json.name("ready").flag(readiness.ready()).name("not_ready").beginArray();
    for (const auto& [what, why] : readiness.hindrances) {
        json.beginObject().field("what", what);
        write(json, "why", why);
        json.endObject();
    }
    json.endArray();
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

std::string statusText(const Sight& sight, const std::vector<AlertBook::Change>& alerts,
                       const Readiness& readiness) {
    std::map<std::string, ByState> sources = sight.counts.messages;
    std::map<std::string, ByState> destinations = sight.counts.deliveries;
    if (sight.setup) {
        for (const auto& [name, source] : sight.setup->sources) sources[name];
        for (const auto& [name, destination] : sight.setup->destinations) destinations[name];
    }
    for (const Pause& pause : sight.pauses)
        pause.source ? sources[pause.end] : destinations[pause.end];
    ByState sum;
    JsonWriter json;
    json.beginObject().field("version", sight.version).field("started", toText(sight.started));
    json.field("now", toText(sight.now));
    json.field("config_version", sight.setup ? sight.setup->version : std::string());
    writeReadiness(json, readiness);
    json.name("listeners").beginArray();
    for (const auto& [name, address] : sight.listeners)
        json.beginObject().field("name", name).field("address", address).endObject();
    json.endArray().name("sources").beginArray();
    for (const auto& [name, states] : sources) {
        writeSource(json, sight, name, states);
        for (const auto& [state, count] : states) sum[state] += count;
    }
    json.endArray().name("destinations").beginArray();
    for (const auto& [name, states] : destinations) writeDestination(json, sight, name, states);
    json.endArray().name("messages").beginObject();
    writeMessages(json, sum);
    json.endObject();
    writeAccounts(json, sight);
    writeStore(json, sight);
    writeCertificates(json, sight);
    writeAlerts(json, alerts);
    json.field("refused", sight.counts.refused).field("repeats", sight.counts.repeats);
    json.field("reused", sight.counts.reused);
    return json.field("left_out", sight.counts.leftOut).endObject().take();
}

std::string alertsText(const std::vector<AlertBook::Change>& alerts,
                       const std::vector<Telling>& tellings) {
    JsonWriter json;
    json.beginObject();
    writeAlerts(json, alerts);
    json.name("receivers").beginArray();
    for (const Telling& one : tellings) {
        json.beginObject().field("name", one.receiver).field("kind", one.kind);
        writeTime(json, "last_told", one.last);
        json.field("failures", std::uint64_t{one.failures});
        if (one.failures > 0) {
            writeTime(json, "next_try", one.next);
            write(json, "why", one.why);
        }
        json.endObject();
    }
    return json.endArray().endObject().take();
}

std::string triedText(const std::vector<Watch::Tried>& all) {
    JsonWriter json;
    json.beginObject().name("results").beginArray();
    for (const Watch::Tried& one : all) {
        json.beginObject().field("receiver", one.receiver).field("kind", one.kind);
        json.name("done").flag(!one.error);
        if (one.error)
            write(json, "why",
                  say("{0}: {1}", "{0} : {1}", {one.error->where, one.error->reason()}));
        else
            json.field("answer", one.answer);
        json.endObject();
    }
    return json.endArray().endObject().take();
}

}  // namespace gateway
