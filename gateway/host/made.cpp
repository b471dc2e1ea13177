#include "host/made.h"

#include <algorithm>

#include "host/config_files.h"

namespace gateway {

Choice choose(Config& section, std::string_view key, const std::string& name,
              const std::vector<std::pair<std::string, std::string>>& extra) {
    const ConfigNode& value = child(section.node(), key);
    auto node = std::make_shared<ConfigNode>();
    node->kind = ConfigNode::Kind::map;
    node->where = value.where;
    node->keyWhere = value.keyWhere;
    if (section.has(key) && value.kind == ConfigNode::Kind::map) node->items = value.items;
    if (value.kind == ConfigNode::Kind::list ||
        (value.kind == ConfigNode::Kind::scalar && value.text != name))
        section.fail(
            key, {"expected a section of 'key: value'", "attendu une section de « clé: valeur »"});
    for (const auto& [extraKey, text] : extra) {
        ConfigNode scalar;
        scalar.kind = ConfigNode::Kind::scalar;
        scalar.text = text;
        scalar.quoted = true;
        scalar.where = scalar.keyWhere = node->where;
        node->items.emplace_back(extraKey, std::move(scalar));
    }
    Config options(*node, section.folder(), section.findings());
    return {name, std::move(node), std::move(options)};
}

std::string keyAmong(Config& section, const std::vector<std::string>& names, const Reason& kind) {
    std::string chosen, list;
    for (const std::string& name : names) {
        list += (list.empty() ? "" : ", ") + name;
        if (!section.has(name)) continue;
        if (!chosen.empty()) {
            section.fail(name,
                         say("one {0} stands here, and '{1}' does already",
                             "ici se met un seul {0}, et « {1} » y est déjà", {kind, chosen}));
            return {};
        }
        chosen = name;
    }
    if (chosen.empty())
        section.fail(
            "", list.empty()
                    ? say("expected a {0} here, but no loaded plugin offers one",
                          "attendu ici : {0}, mais aucun greffon chargé n'en offre", {kind})
                    : say("expected a {0} here: {1}", "attendu ici : {0} ({1})", {kind, list}));
    return chosen;
}

std::optional<Choice> choiceOf(Config& section, std::string_view key,
                               const std::vector<std::string>& names, const Reason& kind) {
    if (child(section.node(), key).kind == ConfigNode::Kind::map) {
        Config inner = section.section(key);
        const std::string name = keyAmong(inner, names, kind);
        inner.finish();
        if (name.empty()) return std::nullopt;
        return choose(inner, name, name);
    }
    const std::string name = section.text(key);
    if (name.empty()) return std::nullopt;
    if (std::find(names.begin(), names.end(), name) != names.end())
        return choose(section, key, name);
    section.fail(key, say("no loaded plugin offers the {0} '{1}'{2}",
                          "aucun greffon chargé n'offre : {0} « {1} »{2}",
                          {kind, name, didYouMean(name, names)}));
    return std::nullopt;
}

}  // namespace gateway
