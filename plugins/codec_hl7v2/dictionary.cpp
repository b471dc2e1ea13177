#include "dictionary.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <mutex>
#include <stdexcept>

namespace gateway::hl7v2 {
namespace {

constexpr std::size_t kMostVersions = 16;
constexpr std::string_view kUsual = "2.5";

/// The word before `separator`, taken off `text`.
std::string_view take(std::string_view& text, char separator = ' ') {
    const std::size_t end = text.find(separator);
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    return word;
}

std::uint32_t number(std::string_view word, int base = 10) {
    std::uint32_t value = 0;
    std::from_chars(word.data(), word.data() + word.size(), value, base);
    return value;
}

Usage usageOf(std::string_view word) {
    switch (word.empty() ? 'O' : word[0]) {
        case 'R': return Usage::required;
        case 'C': return Usage::conditional;
        case 'B': return Usage::backward;
        case 'W': return Usage::withdrawn;
        default: return Usage::optional;
    }
}

bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool isDigit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); }
char upper(char c) { return static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c); }

/// "Mother's Maiden Name" to "mothersMaidenName".
std::string camelCase(std::string_view label) {
    std::string alias;
    bool wordBegins = false;
    for (const char c : label) {
        if (c == '\'') continue;
        if (!isLetter(c) && !isDigit(c)) {
            wordBegins = !alias.empty();
            continue;
        }
        if (alias.empty() && isDigit(c)) alias = "n";
        alias += wordBegins ? upper(c) : lower(c);
        wordBegins = false;
    }
    return alias;
}

/// 2.3.1 to 203010: comparable, whatever stands after the third number.
std::uint32_t ordinalOf(std::string_view version) {
    std::uint32_t value = 0;
    for (int part = 0; part < 3; ++part)
        value = value * 100 + std::min(number(take(version, '.')), 99u);
    return value;
}

/// The lines of the text by what they tell.
struct Sections {
    std::vector<std::string_view> versions;
    std::string_view rules, shapes, tables;
};

const Sections& sections() {
    static const Sections found = [] {
        Sections parts;
        const std::string_view text = kDictionaryText;
        const auto after = [&](std::string_view line) {
            const std::size_t at = text.find(line);
            if (at == text.npos) throw std::logic_error("v2.dictionary: a section is missing");
            return at + 1;
        };
        const std::size_t versions = after("\nversions ");
        const std::size_t rules = after("\nsegment "), shapes = after("\nborrowed ");
        const std::size_t tables = after("\ntable ");
        std::string_view line = text.substr(versions, text.find('\n', versions) - versions);
        for (take(line); !line.empty();) parts.versions.push_back(take(line));
        parts.rules = text.substr(rules, shapes - rules);
        parts.shapes = text.substr(shapes, tables - shapes);
        parts.tables = text.substr(tables);
        return parts;
    }();
    return found;
}

/// Which of the versions is nearest.
std::size_t indexOf(std::string_view version) {
    if (version.empty() || !isDigit(version[0])) version = kUsual;
    const auto& known = sections().versions;
    if (const auto found = std::find(known.begin(), known.end(), version); found != known.end())
        return static_cast<std::size_t>(found - known.begin());
    std::size_t at = known.size() - 1;
    const std::uint32_t wanted = ordinalOf(version);
    while (at > 0 && ordinalOf(known[at]) > wanted) --at;
    return at;
}

}  // namespace

/// Reads what holds for one version.
class DictionaryReader {
public:
    DictionaryReader(Dictionary& into, std::size_t version)
        : into_(into), mask_(std::uint32_t(1) << version) {
        into_.version_ = sections().versions[version];
    }

    void read() {
        readRules(sections().rules);
        readShapes(sections().shapes);
    }

private:
    bool holds(std::string_view& line) const { return (number(take(line), 16) & mask_) != 0; }
    void readRules(std::string_view text);
    void readShapes(std::string_view text);
    void readStructure(std::string_view line, bool borrowed);
    void nameFields(std::string_view segment, std::vector<FieldRule>& rules);

    Dictionary& into_;
    std::uint32_t mask_;
};

void DictionaryReader::readRules(std::string_view text) {
    std::vector<FieldRule>* rules = nullptr;
    std::string_view segment, label;
    const auto finish = [&] {
        if (rules) nameFields(segment, *rules);
        rules = nullptr;
    };
    while (!text.empty()) {
        std::string_view line = take(text, '\n');
        const std::string_view kind = take(line);
        if (kind.empty()) {  // a field or component of what came last
            const bool wanted = holds(line) && rules != nullptr;
            FieldRule rule;
            const std::uint32_t at = number(take(line));
            rule.type = take(line);
            rule.usage = usageOf(take(line));
            rule.most = number(take(line));
            rule.length = number(take(line));
            rule.table = static_cast<std::uint16_t>(number(take(line)));
            if (!line.empty()) label = line;
            if (!wanted || at == 0) continue;
            rule.label = label;
            if (rules->size() < at) rules->resize(at);
            (*rules)[at - 1] = rule;
            continue;
        }
        finish();
        if (kind == "#" || !holds(line)) continue;
        const std::string_view name = take(line);
        segment = kind == "segment" ? name : std::string_view{};
        if (kind == "segment") {
            rules = &into_.segments_.emplace_back(SegmentRule{name, line, {}}).fields;
            into_.segmentById_.emplace(name, &into_.segments_.back());
        } else {
            rules = &into_.types_.emplace_back(TypeRule{name, line, {}}).components;
            into_.typeByName_.emplace(name, &into_.types_.back());
        }
    }
    finish();
}

/// Gives each its alias; of equal ones the later get their numbers behind.
void DictionaryReader::nameFields(std::string_view segment, std::vector<FieldRule>& rules) {
    for (std::size_t i = 0; i < rules.size(); ++i) {
        std::string_view label = rules[i].label;
        if (label.empty()) continue;
        const std::string own = " - " + std::string(segment);
        if (!segment.empty() && label.ends_with(own)) label.remove_suffix(own.size());
        std::string alias = camelCase(label);
        const auto used = [&](std::string_view name) {
            return std::any_of(rules.begin(), rules.begin() + static_cast<std::ptrdiff_t>(i),
                               [&](const FieldRule& rule) { return rule.alias == name; });
        };
        if (alias.empty() || used(alias))
            alias += (alias.empty() ? "n" : "") + std::to_string(i + 1);
        rules[i].alias = into_.made_.emplace_back(std::move(alias));
    }
}

void DictionaryReader::readShapes(std::string_view text) {
    std::vector<std::pair<std::string_view, std::string_view>> events;
    while (!text.empty()) {
        std::string_view line = take(text, '\n');
        const std::string_view kind = take(line);
        if (!holds(line)) continue;
        if (kind == "event") {
            const std::string_view event = take(line);
            events.emplace_back(event, line);
        } else {
            readStructure(line, kind == "borrowed");
        }
    }
    for (const auto& [event, structure] : events)
        if (const auto found = into_.structureByName_.find(structure);
            found != into_.structureByName_.end())
            into_.structureByName_.emplace(event, found->second);
}

namespace {

/// "PID PD1? PATIENT(…)+" into elements, up to the end or the closing parenthesis.
std::vector<ElementRule> elementsOf(std::string_view& text) {
    std::vector<ElementRule> elements;
    while (!text.empty() && text[0] != ')') {
        if (text[0] == ' ') text.remove_prefix(1);
        ElementRule& element = elements.emplace_back();
        if (text[0] == '<') {
            std::string_view names = text.substr(1, text.find('>') - 1);
            text.remove_prefix(names.size() + 2);
            element.group = element.choice = true;
            while (!names.empty()) {
                ElementRule& one = element.children.emplace_back();
                one.name = Name::permanent(take(names, '|'));
                one.required = true;
            }
        } else {
            const std::size_t end = std::min(text.find_first_of(" ()?*+"), text.size());
            element.name = Name::permanent(text.substr(0, end));
            text.remove_prefix(end);
        }
        if (text.starts_with('(')) {
            text.remove_prefix(1);
            element.group = true;
            element.children = elementsOf(text);
            text.remove_prefix(1);
        }
        const char mark = text.empty() ? ' ' : text[0];
        element.required = mark != '?' && mark != '*';
        element.repeats = mark == '*' || mark == '+';
        if (mark == '?' || mark == '*' || mark == '+') text.remove_prefix(1);
    }
    return elements;
}

}  // namespace

void DictionaryReader::readStructure(std::string_view line, bool borrowed) {
    StructureRule& structure = into_.structures_.emplace_back();
    structure.name = take(line);
    structure.borrowed = borrowed;
    const std::size_t end = line.find(" # ");
    structure.label = end == line.npos ? std::string_view{} : line.substr(end + 3);
    std::string_view elements = line.substr(0, end);
    structure.elements = elementsOf(elements);
    into_.structureByName_.emplace(structure.name, &structure);
}

const FieldRule* ruleAt(const std::vector<FieldRule>& rules, std::uint32_t number) {
    if (number == 0 || number > rules.size()) return nullptr;
    const FieldRule& rule = rules[number - 1];
    return rule.type.empty() ? nullptr : &rule;
}

const std::vector<std::string_view>& Dictionary::versions() { return sections().versions; }

std::string_view Dictionary::nearest(std::string_view version) {
    return versions()[indexOf(version)];
}

const Dictionary& Dictionary::of(std::string_view version) {
    static std::array<std::atomic<const Dictionary*>, kMostVersions> loaded{};
    static std::mutex loading;
    const std::size_t at = indexOf(version);
    if (const Dictionary* const ready = loaded[at].load(std::memory_order_acquire)) return *ready;
    const std::lock_guard lock(loading);
    if (const Dictionary* const ready = loaded[at].load(std::memory_order_acquire)) return *ready;
    std::unique_ptr<Dictionary> made(new Dictionary);
    DictionaryReader(*made, at).read();
    loaded[at].store(made.get(), std::memory_order_release);
    return *made.release();
}

std::string_view Dictionary::tableLabel(std::uint16_t table) {
    static const auto labels = [] {
        std::unordered_map<std::uint16_t, std::string_view> found;
        for (std::string_view text = sections().tables; !text.empty();) {
            std::string_view line = take(text, '\n');
            take(line);
            const std::uint32_t key = number(take(line));
            found.emplace(static_cast<std::uint16_t>(key), line);
        }
        return found;
    }();
    const auto found = labels.find(table);
    return found == labels.end() ? std::string_view{} : found->second;
}

const SegmentRule* Dictionary::segment(std::string_view id) const {
    const auto found = segmentById_.find(id);
    return found == segmentById_.end() ? nullptr : found->second;
}

const TypeRule* Dictionary::type(std::string_view name) const {
    const auto found = typeByName_.find(name);
    return found == typeByName_.end() ? nullptr : found->second;
}

const StructureRule* Dictionary::structure(std::string_view name) const {
    const auto found = structureByName_.find(name);
    return found == structureByName_.end() ? nullptr : found->second;
}

const StructureRule* Dictionary::structureOf(std::string_view type, std::string_view event) const {
    if (!event.empty())
        if (const StructureRule* const found =
                structure(std::string(type) + "_" + std::string(event)))
            return found;
    return structure(type);  // ACK, whatever the event
}

}  // namespace gateway::hl7v2
