#include "common/check/check.h"

#include <algorithm>

namespace check {
using namespace gateway;

namespace {

bool isError(const Issue& issue) { return issue.severity >= Severity::error; }

}  // namespace

Asked ask(Config& config) {
    const auto& items = config.node().items;
    const auto entry = std::find_if(items.begin(), items.end(),
                                    [](const auto& item) { return item.first == "check"; });
    if (entry == items.end()) return {};
    Asked asked;
    if (entry->second.kind == ConfigNode::Kind::map) {
        Config section = config.section("check");
        asked.name = section.text("profile");
        asked.where = section.where("profile");
        const bool warn = section.choice("on_error", {"refuse", "warn"}) == "warn";
        asked.onError = warn ? OnError::warn : OnError::refuse;
        section.finish();
    } else {
        asked.name = config.text("check");
        asked.where = config.where("check");
        if (asked.name != "none") asked.onError = OnError::refuse;
    }
    if (asked.name == "none") asked = {};
    return asked;
}

void judge(const Issues& found, OnError onError, Issues& issues, FaultOf faultOf) {
    for (Issue issue : found.all()) {
        if (onError == OnError::warn) issue.severity = std::min(issue.severity, Severity::warning);
        issues.add(std::move(issue));
    }
    const auto& all = found.all();
    const auto errors = std::count_if(all.begin(), all.end(), isError);
    if (onError != OnError::refuse || errors == 0) return;
    const Issue& first = *std::find_if(all.begin(), all.end(), isError);
    throw Error(faultOf(first), first.where,
                errors == 1 ? first.text
                            : say("{0} errors, the first: {1}", "{0} erreurs, la première : {1}",
                                  {std::to_string(errors), first.text}));
}

}  // namespace check
