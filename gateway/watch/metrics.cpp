#include "watch/metrics.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>

#include "gateway/state.h"
#include "watch/causes.h"

namespace gateway {
namespace {

using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

std::string seconds(std::int64_t milliseconds) {
    return std::to_string(milliseconds / 1000) + "." +
           std::to_string(1000 + milliseconds % 1000).substr(1);
}

/// Nothing is from the future, wherever the clock was put.
std::string age(Milliseconds age) { return seconds(std::max<std::int64_t>(0, age.count())); }

std::string real(double number) {
    std::array<char, 64> text{};
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    return {text.data(), end.ptr};
}

class Exposition {
public:
    void family(std::string_view name, std::string_view type, std::string_view help) {
        name_ = "passerelle_" + std::string(name);
        head(type, help);
    }
    /// Of the names that every exporter uses.
    void process(std::string_view name, std::string_view type, std::string_view help) {
        name_ = "process_" + std::string(name);
        head(type, help);
    }
    void sample(Labels labels, std::string_view value, std::string_view suffix = {}) {
        out_.append(name_).append(suffix);
        const char* between = "{";
        for (const auto& [label, text] : labels) {
            out_.append(between).append(label).append("=\"");
            escape(text);
            out_ += '"';
            between = ",";
        }
        if (labels.size() > 0) out_ += '}';
        out_.append(" ").append(value).append("\n");
    }
    void sample(Labels labels, std::uint64_t value, std::string_view suffix = {}) {
        sample(labels, std::to_string(value), suffix);
    }
    std::string take() { return std::move(out_); }

private:
    void head(std::string_view type, std::string_view help) {
        out_.append("# HELP ").append(name_).append(" ").append(help);
        out_.append("\n# TYPE ").append(name_).append(" ").append(type).append("\n");
    }
    void escape(std::string_view text) {
        for (const char c : text) {
            if (c == '\\' || c == '"') out_ += '\\';
            if (c == '\n')
                out_ += "\\n";
            else
                out_ += c;
        }
    }

    std::string name_;
    std::string out_;
};

void about(Exposition& out, const Sight& sight, bool ready) {
    out.family("build_info", "gauge", "The version that runs and the configuration in force.");
    out.sample({{"version", sight.version},
                {"config", sight.setup ? sight.setup->version : std::string()}},
               1);
    out.family("ready", "gauge", "1 when messages can be taken, as /health/ready says.");
    out.sample({}, ready ? 1 : 0);
    const Process& process = sight.process;
    out.process("start_time_seconds", "gauge", "When this process started, since 1970.");
    out.sample({}, seconds(sight.started.time_since_epoch().count()));
    out.process("cpu_seconds_total", "counter", "Processor time, user and system.");
    out.sample({}, real(process.cpuSeconds));
    out.process("resident_memory_bytes", "gauge", "Memory in use.");
    out.sample({}, process.residentBytes);
    out.process("virtual_memory_bytes", "gauge", "Memory as it is mapped.");
    out.sample({}, process.virtualBytes);
    out.process("open_fds", "gauge", "Open file descriptors.");
    out.sample({}, process.openFiles);
    out.process("max_fds", "gauge", "How many there may be.");
    out.sample({}, process.mostFiles);
    out.process("threads", "gauge", "Threads.");
    out.sample({}, process.threads);
}

void messages(Exposition& out, const Sight& sight) {
    out.family("messages", "gauge", "Messages in the store, by source and state.");
    for (const auto& [source, states] : sight.counts.messages)
        for (const auto& [state, count] : states)
            out.sample({{"source", source}, {"state", state}}, count);
    const auto counter = [&](const char* name, const char* help, std::uint64_t Traffic::In::*of) {
        out.family(name, "counter", help);
        for (const auto& [source, in] : sight.in) out.sample({{"source", source}}, in.*of);
    };
    counter("accepted_messages_total", "New messages since the start.", &Traffic::In::accepted);
    counter("refused_messages_total", "Refused at the door for what they hold, since the start.",
            &Traffic::In::refused);
    counter("later_messages_total", "Told to come later, since the start.", &Traffic::In::later);
    counter("repeated_messages_total", "Came again, since the start.", &Traffic::In::repeats);
    counter("reused_ids_total",
            "Came under the id of another content and were taken, since the start.",
            &Traffic::In::reused);
    counter("conflicting_messages_total",
            "Came under the id of another content and were refused, since the start.",
            &Traffic::In::conflicts);
    out.family("store_refused_total", "counter", "Refusals at the door noted in the store.");
    out.sample({}, sight.counts.refused);
    out.family("store_repeats_total", "counter", "Repeats noted in the store.");
    out.sample({}, sight.counts.repeats);
    out.family("store_reused_ids_total", "counter",
               "Messages taken under the id of another content.");
    out.sample({}, sight.counts.reused);
    out.family("left_out_recipients_total", "counter", "Recipients that a policy left out.");
    out.sample({}, sight.counts.leftOut);
    out.family("oldest_untranslated_seconds", "gauge",
               "Age of the oldest message that waits for its translation.");
    for (const auto& [source, since] : sight.counts.oldestReceived)
        out.sample({{"source", source}}, age(sight.now - since));
    out.family("source_last_heard_timestamp_seconds", "gauge", "When something last came.");
    for (const auto& [source, in] : sight.in)
        if (in.heard != Time{})
            out.sample({{"source", source}}, seconds(in.heard.time_since_epoch().count()));
}

void deliveries(Exposition& out, const Sight& sight) {
    out.family("deliveries", "gauge", "Deliveries in the store, by destination and state.");
    for (const auto& [destination, states] : sight.counts.deliveries)
        for (const auto& [state, count] : states)
            out.sample({{"destination", destination}, {"state", state}}, count);
    out.family("delivery_attempts_total", "counter", "Tries since the start, by how they ended.");
    for (const auto& [destination, tries] : sight.out) {
        out.sample({{"destination", destination}, {"result", "delivered"}}, tries.delivered);
        out.sample({{"destination", destination}, {"result", "refused"}}, tries.refused);
        out.sample({{"destination", destination}, {"result", "unavailable"}}, tries.unavailable);
        out.sample({{"destination", destination}, {"result", "uncertain"}}, tries.uncertain);
    }
    out.family("oldest_waiting_seconds", "gauge", "Age of the oldest delivery that waits.");
    for (const auto& [destination, since] : sight.counts.oldestWaiting)
        out.sample({{"destination", destination}}, age(sight.now - since));
    out.family("destination_last_answered_timestamp_seconds", "gauge",
               "When the partner last answered, whatever it said.");
    for (const auto& [destination, tries] : sight.out)
        if (tries.answered != Time{})
            out.sample({{"destination", destination}},
                       seconds(tries.answered.time_since_epoch().count()));
    out.family("destination_last_delivered_timestamp_seconds", "gauge",
               "When the partner last took something.");
    for (const auto& [destination, tries] : sight.out)
        if (tries.delivery != Time{})
            out.sample({{"destination", destination}},
                       seconds(tries.delivery.time_since_epoch().count()));
    out.family("breaker_open", "gauge", "1 while the partner is away and only probes go.");
    for (const auto& [destination, gate] : sight.gates)
        out.sample({{"destination", destination}}, gate.broken ? 1 : 0);
    out.family("paused", "gauge", "1 while a person has paused it.");
    std::map<std::pair<std::string_view, bool>, bool> paused;
    for (const auto& [name, source] : sight.setup->sources) paused[{name, true}];
    for (const auto& [name, destination] : sight.setup->destinations) paused[{name, false}];
    for (const Pause& pause : sight.pauses) paused[{pause.end, pause.source}] = true;
    for (const auto& [end, is] : paused)
        out.sample({{"end", end.first}, {"kind", end.second ? "source" : "destination"}},
                   is ? 1 : 0);
}

void accounts(Exposition& out, const Sight& sight) {
    const auto each = [](const auto& accounts, auto write) {
        for (const auto& [name, account] : accounts)
            write(name.empty() ? std::string("(not in the directory)") : name, account);
    };
    out.family("reconciliation_gap", "gauge",
               "What came in and is not accounted for in the store; always 0.");
    each(sight.reconciled->sources, [&](const std::string& name, const auto& account) {
        out.sample({{"end", name}, {"kind", "source"}}, std::to_string(account.gap()));
    });
    each(sight.reconciled->destinations, [&](const std::string& name, const auto& account) {
        out.sample({{"end", name}, {"kind", isDestination(name) ? "destination" : "left-out"}},
                   std::to_string(account.gap()));
    });
    out.family("left_out_by_partner", "gauge", "Recipients that a policy left out, by partner.");
    each(sight.reconciled->destinations, [&](const std::string& name, const auto& account) {
        if (!isDestination(name))
            out.sample({{"partner", name}}, account.leftOut + account.finished);
    });
}

void store(Exposition& out, const Sight& sight) {
    const Vitals& store = sight.store;
    out.family("store_bytes", "gauge", "The store's file and its log.");
    out.sample({}, store.fileBytes);
    out.family("disk_free_bytes", "gauge", "Room on the store's disk.");
    out.sample({}, store.freeBytes);
    out.family("disk_reserve_bytes", "gauge", "Below that nothing is accepted.");
    out.sample({}, sight.reserve);
    out.family("store_damaged_values", "gauge",
               "Values that could not be opened, since the start.");
    out.sample({}, store.damaged);
    out.family("store_writable", "gauge", "1 while the store takes what is written.");
    out.sample({}, sight.writable ? 1 : 0);
    out.family("commit_seconds", "histogram", "How long the store took to make a group durable.");
    for (const auto& [upTo, count] : store.commitTimes)
        out.sample({{"le", real(static_cast<double>(upTo) / 1e6)}}, count, "_bucket");
    out.sample({{"le", "+Inf"}}, store.commits, "_bucket");
    out.sample({}, real(static_cast<double>(store.commitMicroseconds) / 1e6), "_sum");
    out.sample({}, store.commits, "_count");
    out.family("certificate_days_left", "gauge", "Whole days until a certificate ends.");
    std::map<std::pair<std::string, std::string>, std::int64_t> days;
    for (const EndCertificate& one : sight.certificates)
        days[{one.end, one.certificate.file}] = daysLeft(one.certificate, sight.now);
    for (const auto& [key, left] : days)
        out.sample({{"end", key.first}, {"file", key.second}}, std::to_string(left));
}

void told(Exposition& out, const std::vector<AlertBook::Change>& alerts,
          const std::vector<Telling>& tellings) {
    std::map<std::string_view, std::uint64_t> open;
    for (const std::string_view kind : kCauseKinds) open[kind];
    for (const auto& [key, alert] : alerts)
        if (alert.lasts()) ++open[key.first];
    out.family("alerts_open", "gauge", "Alerts that last, by kind.");
    for (const auto& [kind, count] : open) out.sample({{"kind", kind}}, count);
    out.family("alert_receiver_failures", "gauge",
               "How often a receiver could not be told, one after the other.");
    for (const Telling& one : tellings) out.sample({{"receiver", one.receiver}}, one.failures);
}

/// What can be counted stands there from the start, with 0: else the first one is no increase to
/// whoever reads.
Sight withAll(Sight sight) {
    if (!sight.setup) sight.setup = std::make_shared<Setup>();
    if (!sight.reconciled) sight.reconciled.emplace();
    for (const auto& [name, source] : sight.setup->sources) {
        sight.in[name];
        sight.reconciled->sources[name];
    }
    for (const auto& [name, end] : sight.setup->destinations) {
        if (!end.destination || !end.destination->offers()) sight.out[name];
        sight.reconciled->destinations[name];
    }
    if (sight.setup->directory)
        for (const Partner& partner : sight.setup->directory->all())
            sight.reconciled->destinations[partner.name];
    return sight;
}

}  // namespace

std::string metricsText(const Sight& seen, const std::vector<AlertBook::Change>& alerts,
                        const std::vector<Telling>& tellings, bool ready) {
    const Sight sight = withAll(seen);
    Exposition out;
    about(out, sight, ready);
    messages(out, sight);
    deliveries(out, sight);
    accounts(out, sight);
    store(out, sight);
    told(out, alerts, tellings);
    return out.take();
}

}  // namespace gateway
