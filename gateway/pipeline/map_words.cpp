#include "pipeline/map_words.h"

#include <algorithm>

namespace gateway {

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

std::vector<Reason> remediesOf(const Report& report, const std::string& message) {
    std::vector<Reason> all;
    for (const UnmappedCode& one : report.unmapped) {
        if (one.remedy.empty()) continue;
        Reason text =
            say("{0}, then reload and run: passerelle messages replay {1}",
                "{0}, recharger, puis : passerelle messages replay {1}", {one.remedy, message});
        if (std::find(all.begin(), all.end(), text) == all.end()) all.push_back(std::move(text));
    }
    return all;
}

}  // namespace gateway
