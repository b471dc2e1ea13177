#include "rules.h"

#include <filesystem>

namespace care_circle {
using namespace gateway;

namespace {

/// The map that makes what payers get, unless `filters` names another.
constexpr std::string_view kExtract = "plan-to-aid-request";

void readQualified(Config& config, Rules& rules) {
    for (const auto& [key, value] : config.node().items)
        if (key == "ins_when" && value.kind == ConfigNode::Kind::scalar) {
            rules.onlyQualOfOthers = config.choice("ins_when", {"vali", "qual"}) == "qual";
            return;
        }
    Config sources = config.section("ins_when");
    for (const auto& [source, value] : sources.node().items) {
        const bool only = sources.choice(source, {"vali", "qual"}) == "qual";
        if (source == "others")
            rules.onlyQualOfOthers = only;
        else if (only)
            rules.onlyQual.insert(source);
    }
}

void readAliases(Config& config, Rules& rules) {
    const std::string folder = config.path("aliases", "networks");
    std::error_code failed;
    if (config.has("aliases") && !std::filesystem::is_directory(folder, failed))
        config.fail("aliases", {"there is no such folder", "ce dossier n'existe pas"});
    rules.aliases.read(folder, config.findings());
}

}  // namespace

std::string Rules::filterOf(std::string_view category) const {
    auto filter = filters.find(category);
    if (filter == filters.end()) filter = filters.find("others");
    return filter == filters.end() ? std::string() : filter->second;
}

std::string Rules::extractOf(std::string_view category) const {
    if (!isPayer(category) || filters.contains(category)) return filterOf(category);
    return std::string(kExtract);
}

bool Rules::onlyQualFrom(std::string_view source) const {
    return onlyQualOfOthers || onlyQual.contains(source);
}

bool isPayer(std::string_view category) {
    return category == "mdph" || category == "cpam" || category == "department" ||
           category == "town" || category == "pension-fund" || category == "mutual";
}

Rules rulesOf(Config& config) {
    Rules rules;
    rules.production = config.choice("mode", {"test", "production"}) == "production";
    if (!config.has("mode"))
        config.warn({},
                    {"plans of test identities are let through: write 'mode: production' before "
                     "real plans come, or 'mode: test' where none will",
                     "les plans d'identités de test passent : écrire « mode: production » avant "
                     "l'arrivée de vrais plans, ou « mode: test » s'il n'en viendra pas"});
    rules.holdWithoutConsent = config.choice("consent_missing", {"hold", "team-only"}) == "hold";
    rules.reviewMonths = static_cast<unsigned>(config.integer("review_months", 3, 1, 60));
    rules.forgetAfter = static_cast<unsigned>(config.integer("forget_after", 24, 1, 1'200));
    rules.activeFile = static_cast<std::size_t>(config.integer("active_file", 130, 1, 100'000));
    rules.ward = config.flag("ward", false);
    Config filters = config.section("filters");
    for (const auto& [category, value] : filters.node().items)
        rules.filters[category] = filters.text(category);
    if (rules.production && !rules.filters.contains("others"))
        config.warn("filters",
                    {"what has no filter gets the whole plan, with what concerns carers: name "
                     "'others: plan-without-carers' and 'gp: plan-without-refusing-carers'",
                     "qui n'a pas de filtre reçoit le plan entier, avec ce qui concerne les "
                     "aidants : écrire « others: plan-without-carers » et « gp: "
                     "plan-without-refusing-carers »"});
    readQualified(config, rules);
    readAliases(config, rules);
    return rules;
}

}  // namespace care_circle
