#include "audit/audit_entries.h"

#include <algorithm>

#include "audit/audit_chain.h"
#include "core/json_text.h"

namespace gateway {
namespace {

using Each = std::function<void(const AuditEntry&)>;

/// As an endpoint, or as who is signed in there.
bool did(const std::string& by, const AuditEntry& entry) {
    const auto person = entry.details.find("person");
    return entry.by == by || entry.by.starts_with(by + " ") || entry.by.ends_with(" " + by) ||
           (person != entry.details.end() && person->second == by);
}

bool fits(const AuditEntry& entry, const AuditFilter& filter) {
    if (!filter.since.empty() && entry.at < filter.since) return false;
    if (!filter.until.empty() && entry.at >= filter.until) return false;
    if (!filter.by.empty() && !did(filter.by, entry)) return false;
    if (!filter.what.empty() && entry.what != filter.what) return false;
    return filter.about.empty() ||
           std::find(entry.about.begin(), entry.about.end(), filter.about) != entry.about.end();
}

AuditEntry entryOf(const JsonValue& line) {
    AuditEntry entry;
    entry.number = line["n"].number();
    entry.at = line["at"].text;
    entry.by = line["by"].text;
    entry.what = line["what"].text;
    for (const auto& [none, one] : line["about"].items) entry.about.push_back(one.text);
    entry.why = line["why"].text;
    entry.result = line["result"].text;
    for (const auto& [name, value] : line["details"].items) entry.details[name] = value.text;
    return entry;
}

std::string resultOf(const std::string& what) {
    return what == "refused" || what == "set-aside" ? "refused" : "done";
}

/// One delivery, message or refusal of a group of a `passed` line.
AuditEntry entryOf(const AuditEntry& line, const JsonValue& group, const JsonValue& one) {
    AuditEntry entry;
    entry.number = line.number;
    entry.at = group["at"].text;
    entry.what = group["what"].text;
    entry.by = group["by"].text.empty() ? line.by : group["by"].text;
    entry.result = resultOf(entry.what);
    constexpr std::string_view names[] = {"delivery", "message", "plan", "edition"};
    for (std::size_t i = 0; i < one.items.size() && i < std::size(names); ++i)
        if (const std::string& text = one.items[i].value.text; !text.empty())
            entry.details[std::string(names[i])] = text;
    for (const char* const name : {"partner", "end", "place"})
        if (const std::string& text = group[name].text; !text.empty()) entry.details[name] = text;
    for (const char* const name : {"plan", "message", "delivery", "end", "partner"})
        if (const auto found = entry.details.find(name); found != entry.details.end())
            entry.about.push_back(found->second);
    return entry;
}

/// As a line has it, between its quotes.
std::string written(const std::string& word) {
    const std::string quoted = JsonWriter().text(word).take();
    return quoted.substr(1, quoted.size() - 2);
}

void take(const std::string& line, const AuditFilter& filter, const Each& each) {
    const JsonValue value = parsedJson(line);
    const AuditEntry entry = entryOf(value);
    if (entry.what != audit_word::kPassed) {
        if (fits(entry, filter)) each(entry);
        return;
    }
    for (const auto& [none, group] : value["passed"].items)
        for (const auto& [nothing, one] : group["of"].items)
            if (const AuditEntry single = entryOf(entry, group, one); fits(single, filter))
                each(single);
}

}  // namespace

void eachAuditEntry(const std::string& file, const AuditFilter& filter, const Each& each) {
    // A line without the words that are asked for has no entry that fits.
    const std::string words[] = {written(filter.about), written(filter.by), written(filter.what)};
    readAuditFrom(file, 0, [&](const std::string& line) {
        const bool may = std::all_of(std::begin(words), std::end(words), [&](const auto& word) {
            return line.find(word) != line.npos;
        });
        if (may) take(line, filter, each);
    });
}

std::string auditJson(const AuditEntry& entry) {
    JsonWriter json;
    json.beginObject().field("n", entry.number).field("at", entry.at);
    json.field("by", entry.by).field("what", entry.what).name("about").beginArray();
    for (const std::string& one : entry.about) json.text(one);
    json.endArray().field("why", entry.why).field("result", entry.result);
    json.name("details").beginObject();
    for (const auto& [name, value] : entry.details) json.field(name, value);
    return json.endObject().endObject().take();
}

}  // namespace gateway
