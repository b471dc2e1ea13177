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
                 !anywhere.contains(segment.name()) && found.takes(Severity::error))
            found.add(Severity::error, code::kSequence, message.place(segment),
                      {"version " + std::string(dictionary.version()) + " has no such segment",
                       "la version " + std::string(dictionary.version()) + " n'a pas ce segment"});
    }
}

Fault faultOf(const Issue& first) {
    const bool unsupported = first.code == code::kMessageType || first.code == code::kEvent ||
                             first.code == code::kProcessing || first.code == code::kVersion;
    return unsupported ? Fault::unsupported : Fault::rejected;
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

std::shared_ptr<const Profile> profileOf(const check::Asked& asked, Config& config) {
    if (asked.name.empty() || asked.name == "dictionary") return nullptr;
    return Profile::find(asked.name, config.folder(), asked.where, config.findings());
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

CheckOption::CheckOption(Config& config) : CheckOption(check::ask(config), config) {}

CheckOption::CheckOption(const check::Asked& asked, Config& config)
    : checker_(profileOf(asked, config)), onError_(asked.onError) {}

void CheckOption::read(const Document& tree, Issues& issues) const {
    if (onError_ == check::OnError::ignore) return;
    Issues found, telling;
    checker_.check(tree, found);
    for (const Issue& issue : found.all())
        if (issue.severity > Severity::information) telling.add(issue);
    check::judge(telling, onError_, issues, faultOf);
}

void CheckOption::written(const Document& tree, Issues& issues) const {
    if (tree.untouched()) return;
    if (onError_ == check::OnError::ignore)
        warnOfHead(tree, issues);
    else
        read(tree, issues);
}

}  // namespace gateway::hl7v2
