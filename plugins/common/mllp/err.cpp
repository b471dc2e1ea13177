#include "mllp/err.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace mllp {
using gateway::Issue;
using gateway::Severity;

namespace {

/// A place such as "PID[2]-5[1].2.3", also in a group: "ORDER[2]/OBR-4".
struct Location {
    std::string segment;
    int sequence = 1;
    int field = 0;
    int repetition = 1;
    int component = 0;
    int subcomponent = 0;
};

class LocationReader {
public:
    explicit LocationReader(std::string_view text) : rest_(text.substr(text.rfind('/') + 1)) {}

    std::optional<Location> read() {
        Location at;
        at.segment = rest_.substr(0, 3);
        if (at.segment.size() != 3 || at.segment[0] < 'A' || at.segment[0] > 'Z' ||
            !std::all_of(at.segment.begin(), at.segment.end(),
                         [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }))
            return std::nullopt;
        rest_.remove_prefix(3);
        const bool good = index(at.sequence) && number('-', at.field) &&
                          (at.field == 0 || index(at.repetition)) && number('.', at.component) &&
                          number('.', at.subcomponent);
        if (!good || !rest_.empty()) return std::nullopt;
        return at;
    }

private:
    bool index(int& value) {
        if (!rest_.starts_with('[')) return true;
        return number('[', value) && rest_.starts_with(']') && (rest_.remove_prefix(1), true);
    }
    bool number(char before, int& value) {
        if (!rest_.starts_with(before)) return true;
        rest_.remove_prefix(1);
        const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        return error == std::errc() && value >= 0;
    }

    std::string_view rest_;
};

/// Table 0357 of HL7 v2.5.1, and of v2.8 for what the former lacks.
constexpr std::array<std::pair<std::string_view, std::string_view>, 15> kMeanings = {{
    {"100", "Segment sequence error"},
    {"101", "Required field missing"},
    {"102", "Data type error"},
    {"103", "Table value not found"},
    {"104", "Value too long"},
    {"198", "Non-conformant cardinality"},
    {"199", "Other HL7 error"},
    {"200", "Unsupported message type"},
    {"201", "Unsupported event code"},
    {"202", "Unsupported processing id"},
    {"203", "Unsupported version id"},
    {"204", "Unknown key identifier"},
    {"205", "Duplicate key identifier"},
    {"206", "Application record locked"},
    {"207", "Application internal error"},
}};

struct Code {
    std::string_view code, meaning;
};

/// The code of a finding, or, when that is of another list, one that is true of every such finding.
Code codeOf(const Issue& issue) {
    for (const auto& [code, meaning] : kMeanings)
        if (code == issue.code) return {code, meaning};
    if (issue.severity < Severity::error) return {"0", "Message accepted"};
    return isLocation(issue.where) ? Code{"102", "Data type error"}
                                   : Code{"207", "Application internal error"};
}

/// Table 0516.
std::string_view severityOf(Severity severity) {
    if (severity == Severity::information) return "I";
    return severity == Severity::warning ? "W" : "E";
}

std::string placed(const Issue& issue, const std::string& text) {
    return issue.where.empty() ? text : issue.where + ": " + text;
}

}  // namespace

bool isLocation(std::string_view where) { return LocationReader(where).read().has_value(); }

void writeErrors(Er7Writer& out, std::span<const Issue> findings, Tongue tongue) {
    constexpr std::size_t kUserTextLimit = 250;  // of ERR-8 in the standard
    for (const Issue& issue : findings) {
        out.segment("ERR");
        out.field();
        out.field();
        if (const std::optional<Location> at = LocationReader(issue.where).read()) {
            out.raw(at->segment);
            out.component(at->sequence);
            if (at->field > 0) out.component(at->field);
            if (at->field > 0) out.component(at->repetition);
            if (at->component > 0) out.component(at->component);
            if (at->subcomponent > 0) out.component(at->subcomponent);
        }
        const Code code = codeOf(issue);
        out.field(code.code);
        out.component(code.meaning);
        out.component("HL70357");
        out.field(severityOf(issue.severity));
        out.field();
        out.field();
        const bool french = tongue == Tongue::french && !issue.text.fr.empty();
        out.field(placed(issue, issue.text.en) +
                  (issue.rule.empty() ? "" : " (" + issue.rule + ")"));
        out.field(placed(issue, french ? issue.text.fr : issue.text.en), kUserTextLimit);
        out.end();
    }
}

void writeErrorsBefore25(Er7Writer& out, std::span<const Issue> findings) {
    if (findings.empty()) return;
    out.segment("ERR");
    out.field();
    for (const Issue& issue : findings) {
        if (&issue != findings.data() && !out.repeat()) break;
        const std::optional<Location> at = LocationReader(issue.where).read();
        if (at) {
            out.raw(at->segment);
            out.component(at->sequence);
            out.component(at->field > 0 ? std::to_string(at->field) : std::string());
        } else {
            out.component();
            out.component();
        }
        const Code code = codeOf(issue);
        out.component(code.code);
        out.subcomponent(code.meaning);
        out.subcomponent("HL70357");
    }
    out.end();
}

}  // namespace mllp
