#include "check.h"

#include <algorithm>

#include "check_fields.h"
#include "check_message.h"
#include "check_structure.h"
#include "dictionary.h"
#include "profile_check.h"

namespace gateway::hl7v2 {
namespace {

/// "2.5", "2.5.1"; any such number, known or not.
bool isVersion(std::string_view text) {
    if (!text.starts_with("2.") || text.size() < 3) return false;
    bool dot = true;
    for (const char c : text.substr(2)) {
        if (c == '.' ? dot : c < '0' || c > '9') return false;
        dot = c == '.';
    }
    return !dot;
}

void checkHead(const CheckedMessage& message, Found& found) {
    const Node head = message.header();
    if (!message.version().empty() && !isVersion(message.version()))
        found.add(Severity::error, code::kVersion, "MSH-12",
                  {"expected a version of HL7 v2, such as 2.5",
                   "attendu : une version de HL7 v2, comme 2.5"});
    const std::string_view processing = valueOf(partOf(head.child("11"), 1, 1));
    if (!processing.empty() && processing != "P" && processing != "T" && processing != "D")
        found.add(Severity::error, code::kProcessing, "MSH-11",
                  {"expected P, T or D", "attendu : P, T ou D"});
}

/// The structure by the event, else by MSH-9.3; null for what the version does not know.
const StructureRule* structureOf(const CheckedMessage& message, const Dictionary& dictionary) {
    if (const auto* rule = dictionary.structureOf(message.type(), message.event())) return rule;
    if (const auto* rule = dictionary.structure(message.structure())) return rule;
    return message.type() == "ACK" ? dictionary.structure("ACK") : nullptr;
}

void checkType(const CheckedMessage& message, const Dictionary& dictionary, Found& found) {
    const std::string_view type = message.type(), event = message.event();
    if (type.empty() || type[0] == 'Z' || (!event.empty() && event[0] == 'Z')) return;
    const std::string prefix = std::string(type) + "_";
    const bool known =
        std::any_of(dictionary.structures().begin(), dictionary.structures().end(),
                    [&](const StructureRule& one) { return one.name.starts_with(prefix); });
    const std::string version(dictionary.version());
    found.add(Severity::error, known ? code::kEvent : code::kMessageType, "MSH-9",
              {known ? "version " + version + " has no such event of this message type"
                     : "version " + version + " has no such message type",
               known ? "la version " + version + " n'a pas cet événement pour ce type de message"
                     : "la version " + version + " n'a pas ce type de message"});
}

void checkDictionary(const CheckedMessage& message,
                     const std::set<std::string, std::less<>>& anywhere, Found& found) {
    const Dictionary& dictionary = Dictionary::of(message.version());
    checkHead(message, found);
    const StructureRule* const structure = structureOf(message, dictionary);
    if (structure != nullptr)
        checkStructure(message, *structure, anywhere, found);
    else
        checkType(message, dictionary, found);
    for (const Node segment : message.segments()) {
        if (found.full()) return;
        if (const SegmentRule* const rule = dictionary.segment(segment.name()))
            checkFields(message, segment, *rule, dictionary, found);
        else if (structure == nullptr && segment.name()[0] != 'Z' &&
                 !anywhere.contains(segment.name()))
            found.add(Severity::error, code::kSequence, message.place(segment),
                      {"version " + std::string(dictionary.version()) + " has no such segment",
                       "la version " + std::string(dictionary.version()) + " n'a pas ce segment"});
    }
}

const Issue* firstError(const Issues& issues) {
    for (const Issue& issue : issues.all())
        if (issue.severity >= Severity::error) return &issue;
    return nullptr;
}

[[noreturn]] void refuse(const Issues& found) {
    const auto errors = std::count_if(found.all().begin(), found.all().end(), [](const Issue& one) {
        return one.severity >= Severity::error;
    });
    const Issue& first = *firstError(found);
    const bool unsupported = first.code == code::kMessageType || first.code == code::kEvent ||
                             first.code == code::kProcessing || first.code == code::kVersion;
    throw Error(unsupported ? Fault::unsupported : Fault::rejected, first.where,
                errors == 1 ? first.text.en
                            : std::to_string(errors) + " errors, the first: " + first.text.en);
}

void warnOfHead(const Document& tree, Issues& issues) {
    const CheckedMessage message(tree);
    const SegmentRule* const rule = Dictionary::of(message.version()).segment("MSH");
    const Node head = message.header();
    if (rule == nullptr) return;
    Found found(issues);
    for (std::uint32_t number = 3; number <= rule->fields.size(); ++number)
        if (rule->fields[number - 1].required() && !hasValue(head.child(std::to_string(number))))
            found.add(Severity::warning, code::kMissing, "MSH-" + std::to_string(number),
                      {"written without a field that every message must have",
                       "écrit sans un champ que tout message doit avoir"});
}

std::shared_ptr<const Profile> profileOf(Config& config) {
    const auto& items = config.node().items;
    const auto entry = std::find_if(items.begin(), items.end(),
                                    [](const auto& item) { return item.first == "check"; });
    if (entry == items.end()) return nullptr;
    const bool section = entry->second.kind == ConfigNode::Kind::map;
    Config inner = section ? config.section("check") : config;
    const std::string_view key = section ? "profile" : "check";
    const std::string name = inner.text(key);
    if (name.empty() || name == "dictionary" || (!section && name == "none")) return nullptr;
    return Profile::find(name, config.folder(), inner.where(key), config.findings());
}

}  // namespace

MessageChecker::MessageChecker(std::shared_ptr<const Profile> profile)
    : profile_(std::move(profile)) {}

void MessageChecker::check(const Document& tree, Issues& issues) const {
    static const std::set<std::string, std::less<>> none;
    const CheckedMessage message(tree);
    Found found(issues);
    if (!profile_ || profile_->dictionary)
        checkDictionary(message, profile_ ? profile_->anywhere : none, found);
    if (profile_) checkProfile(message, *profile_, found);
}

CheckOption::CheckOption(Config& config) : checker_(profileOf(config)) {
    for (const auto& [key, value] : config.node().items) {
        if (key != "check") continue;
        if (value.kind == ConfigNode::Kind::map) {
            Config section = config.section("check");
            onError_ = section.choice("on_error", {"refuse", "warn"}) == "warn" ? OnError::warn
                                                                                : OnError::refuse;
            section.has("profile");  // read before, known here too
            section.finish();
        } else if (config.text("check") != "none") {
            onError_ = OnError::refuse;
        }
    }
}

void CheckOption::read(const Document& tree, Issues& issues) const {
    if (onError_ == OnError::ignore) return;
    Issues found;
    checker_.check(tree, found);
    for (Issue issue : found.all()) {
        if (onError_ == OnError::warn) issue.severity = std::min(issue.severity, Severity::warning);
        issues.add(std::move(issue));
    }
    if (onError_ == OnError::refuse && firstError(found) != nullptr) refuse(found);
}

void CheckOption::written(const Document& tree, Issues& issues) const {
    if (tree.untouched()) return;
    if (onError_ == OnError::ignore)
        warnOfHead(tree, issues);
    else
        read(tree, issues);
}

}  // namespace gateway::hl7v2
