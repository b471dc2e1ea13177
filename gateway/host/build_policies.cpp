/// Policies: the rules that routes and sources name.
#include "host/build.h"
#include "host/made.h"

namespace gateway {
namespace {

/// Rules that stand for a policy of another name unless the configuration says otherwise.
constexpr std::pair<std::string_view, std::string_view> kDefaultRules[] = {
    {"care-team", "care_circle"}};

/// Maps that a policy asks for, for partners of a category, where no option names another.
struct DefaultFilter {
    std::string_view policy, category, map;
};
constexpr std::string_view kExtract = "plan-to-aid-request";
constexpr DefaultFilter kDefaultFilters[] = {
    {"care_circle", "mdph", kExtract},       {"care_circle", "cpam", kExtract},
    {"care_circle", "department", kExtract}, {"care_circle", "town", kExtract},
    {"care_circle", "mutual", kExtract},     {"care_circle", "pension-fund", kExtract}};

/// By convention the option `filters` of a policy names maps: CATEGORY: MAP.
void takeFilters(const ConfigNode& options, Build& build) {
    for (const auto& [category, map] : child(options, "filters").items)
        if (map.kind == ConfigNode::Kind::scalar) build.maps.take(map.text, map.where, build.own);
}

}  // namespace

void buildPolicies(Config& main, Build& build) {
    for (auto& [name, config] : main.section("policies").sections()) {
        build.policies[name] = nullptr;
        const std::string policy =
            keyAmong(config, namesOf(build.host.policies()), {"policy", "politique"});
        if (!policy.empty()) {
            Choice choice = choose(config, policy, policy);
            build.policies[name] = make(build.host.policies(), choice);
            takeFilters(*choice.node, build);
        }
        config.finish();
    }
}

void takeDefaultFilters(const std::vector<PartnerDraft>& partners, Build& build) {
    for (const PartnerDraft& partner : partners)
        for (const DefaultFilter& one : kDefaultFilters)
            if (const std::string map(one.map);
                partner.head.partner.category == one.category &&
                build.host.policies().contains(std::string(one.policy)) && build.maps.has(map))
                build.maps.take(map, partner.where, build.own);
}

std::shared_ptr<const Policy> policyOf(const std::string& rule, Config& config,
                                       std::string_view key, const Reason& expected, Build& build) {
    if (const auto found = build.policies.find(rule); found != build.policies.end())
        return found->second;
    std::string name = rule;
    for (const auto& [known, policy] : kDefaultRules)
        if (rule == known && !build.host.policies().contains(rule)) name = policy;
    if (build.host.policies().contains(name)) {
        Choice choice = choose(config, key, rule);
        choice.name = name;
        return build.policies[rule] = make(build.host.policies(), choice);
    }
    std::vector<std::string> known = namesOf(build.host.policies());
    for (const auto& [other, policy] : build.policies) known.push_back(other);
    config.fail(key, say("found '{0}', expected {1}{2}", "trouvé « {0} », attendu {1}{2}",
                         {rule, expected, didYouMean(rule, known)}));
    return nullptr;
}

}  // namespace gateway
