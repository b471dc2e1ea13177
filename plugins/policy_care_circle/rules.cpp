#include "rules.h"

namespace care_circle {
using namespace gateway;

std::string Rules::filterOf(std::string_view category) const {
    auto filter = filters.find(category);
    if (filter == filters.end()) filter = filters.find("others");
    return filter == filters.end() ? std::string() : filter->second;
}

Rules rulesOf(Config& config) {
    Rules rules;
    rules.holdWithoutConsent = config.choice("consent_missing", {"hold", "team-only"}) == "hold";
    Config filters = config.section("filters");
    for (const auto& [category, value] : filters.node().items)
        rules.filters[category] = filters.text(category);
    return rules;
}

}  // namespace care_circle
