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
        section.fail(key, "expected a section of 'key: value'");
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

std::string keyAmong(Config& section, const std::vector<std::string>& names,
                     std::string_view kind) {
    std::string chosen, list;
    for (const std::string& name : names) {
        list += (list.empty() ? "" : ", ") + name;
        if (!section.has(name)) continue;
        if (!chosen.empty()) {
            section.fail(name, "one " + std::string(kind) + " stands here, and '" + chosen +
                                   "' does already");
            return {};
        }
        chosen = name;
    }
    if (chosen.empty())
        section.fail("", "expected a " + std::string(kind) +
                             " here: " + (list.empty() ? "but no loaded plugin offers one" : list));
    return chosen;
}

std::optional<Choice> choiceOf(Config& section, std::string_view key,
                               const std::vector<std::string>& names, std::string_view kind) {
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
    const std::string meant = nearest(name, names);
    section.fail(key, "no loaded plugin offers the " + std::string(kind) + " '" + name + "'" +
                          (meant.empty() ? "" : "; did you mean '" + meant + "'?"));
    return std::nullopt;
}

}  // namespace gateway
