#include "pipeline/map_words.h"

#include <algorithm>

#include "core/spoken_place.h"

namespace gateway {

Reason toldBy(const Reason& what, const Issue& issue) {
    return say("{0}: {1}", "{0} : {1}", {what, saidOf(issue.where, issue.text)});
}

Reason placed(const Error& error) { return saidOf(error.where, error.reason()); }

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
            say("{0}, then reload (systemctl reload passerelle, or kill -HUP) and run: passerelle "
                "messages replay {1}",
                "{0}, recharger (systemctl reload passerelle, ou kill -HUP), puis : passerelle "
                "messages replay {1}",
                {one.remedy, message});
        if (std::find(all.begin(), all.end(), text) == all.end()) all.push_back(std::move(text));
    }
    return all;
}

}  // namespace gateway
