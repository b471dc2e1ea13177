#include "profile_yaml.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>

namespace gateway::hl7v2 {
namespace {

constexpr int kDeepest = 20;

Place placeOf(const YAML::Mark& mark, const std::string& file) {
    if (mark.is_null()) return {file, 0, 0};
    return {file, mark.line + 1, mark.column + 1};
}

class Reader {
public:
    Reader(const std::string& file, Findings& findings) : file_(file), findings_(findings) {}

    ConfigNode read(const YAML::Node& yaml, int depth = 0) {
        ConfigNode node;
        node.where = node.keyWhere = placeOf(yaml.Mark(), file_);
        if (depth > kDeepest) {
            findings_.error(node.where, {"nested too deep", "imbriqué trop profondément"});
        } else if (yaml.IsScalar()) {
            node.kind = ConfigNode::Kind::scalar;
            node.text = yaml.Scalar();
            node.quoted = yaml.Tag() == "!";
        } else if (yaml.IsSequence()) {
            node.kind = ConfigNode::Kind::list;
            for (const YAML::Node& item : yaml)
                node.items.emplace_back(std::string(), read(item, depth + 1));
        } else if (yaml.IsMap()) {
            node.kind = ConfigNode::Kind::map;
            for (const auto& item : yaml) add(node, item.first, read(item.second, depth + 1));
        }
        return node;
    }

private:
    void add(ConfigNode& map, const YAML::Node& key, ConfigNode value) {
        value.keyWhere = placeOf(key.Mark(), file_);
        if (!key.IsScalar())
            return findings_.error(value.keyWhere,
                                   {"a key is one word or text", "une clé est un mot ou un texte"});
        const std::string& name = key.Scalar();
        if (std::any_of(map.items.begin(), map.items.end(),
                        [&](const auto& item) { return item.first == name; }))
            return findings_.error(value.keyWhere,
                                   gateway::say("the key '{0}' stands here already",
                                                "la clé « {0} » figure déjà ici", {name}));
        map.items.emplace_back(name, std::move(value));
    }

    const std::string& file_;
    Findings& findings_;
};

}  // namespace

ConfigNode parseYaml(std::string_view text, const std::string& file, Findings& findings) {
    try {
        return Reader(file, findings).read(YAML::Load(std::string(text)));
    } catch (const YAML::Exception& error) {
        findings.error(
            placeOf(error.mark, file),
            gateway::say("not readable as YAML: {0}", "illisible comme YAML : {0}", {error.msg}));
    }
    return {};
}

}  // namespace gateway::hl7v2
