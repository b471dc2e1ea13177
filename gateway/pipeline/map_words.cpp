#include "pipeline/map_words.h"

#include <algorithm>
#include <set>

namespace gateway {
namespace {

/// Of the first row of that table; empty when the map does not say where its tables are.
std::string fileOf(const std::string& table, const Transformer& map) {
    const auto& parts = map.parts();
    const auto row = std::find_if(parts.begin(), parts.end(), [&](const MapPart& one) {
        return one.kind == MapPart::Kind::row && one.name == table;
    });
    return row == parts.end() ? table : row->where.file;
}

/// A field of CSV (RFC 4180).
std::string field(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == text.npos) return text;
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
    return quoted + "\"";
}

/// Tables that have a rule for what they lack hold nothing.
bool held(const std::string& table, const Issues& issues) {
    return std::any_of(issues.all().begin(), issues.all().end(), [&](const Issue& issue) {
        return issue.severity >= Severity::error &&
               issue.text.en.find("'" + table + "'") != std::string::npos;
    });
}

}  // namespace

Reason toldBy(const Reason& what, const Issue& issue) {
    const std::string at = issue.where.empty() ? "" : issue.where + ": ";
    const std::string& fr = issue.text.fr.empty() ? issue.text.en : issue.text.fr;
    return {what.en + ": " + at + issue.text.en, what.fr + " : " + at + fr};
}

Reason placed(const Error& error) {
    if (error.where.empty()) return error.reason();
    return say("{0}: {1}", "{0} : {1}", {error.where, error.reason()});
}

const Issue* holding(const Issues& issues, const Transformer& map) {
    const Severity least = map.facts().deliversWithErrors ? Severity::fatal : Severity::error;
    for (const Issue& issue : issues.all())
        if (issue.severity >= least) return &issue;
    return nullptr;
}

std::vector<Reason> rowsToAdd(const Report& report, const Transformer& map,
                              const std::string& message) {
    std::vector<Reason> rows;
    std::set<std::pair<std::string, std::string>> told;
    for (const UnmappedCode& one : report.unmapped)
        if (held(one.table, report.issues) && told.emplace(one.table, one.code).second)
            rows.push_back(
                say("add to {0} the row {1},,TARGET,,equivalent,1, (TARGET: the code that "
                    "it means), then reload and run: passerelle messages replay {2}",
                    "ajouter à {0} la ligne {1},,CIBLE,,equivalent,1, (CIBLE : le code "
                    "qui lui correspond), recharger, puis : passerelle messages replay "
                    "{2}",
                    {fileOf(one.table, map), field(one.code), message}));
    return rows;
}

}  // namespace gateway
