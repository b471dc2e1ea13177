#include "cli/tree_json.h"

#include <algorithm>
#include <vector>

#include "core/json_layout.h"
#include "core/json_log.h"

namespace gateway {
namespace {

/// Siblings of one name are one member, where the first of them stands.
struct Member {
    Name name;
    std::vector<Node> nodes;
};

std::vector<Member> membersOf(Node node) {
    std::vector<Member> members;
    for (const Node child : node.children()) {
        const auto known = std::find_if(members.begin(), members.end(), [&](const Member& one) {
            return one.name == child.nameOf();
        });
        if (known == members.end())
            members.push_back({child.nameOf(), {child}});
        else
            known->nodes.push_back(child);
    }
    return members;
}

class Json {
public:
    explicit Json(const Codec& codec) : codec_(codec), model_(codec.model()) {}

    std::string value(Node node) const {
        if (node.hasText()) return plain(node);
        const ModelType* const type = typeOf(node);
        if (type && type->kind == ModelType::Kind::resource &&
            codec_.mediaType().find("json") != std::string::npos)
            return whole(node);
        if (node.isNull()) return "null";
        return object(node);
    }

    std::string object(Node node) const {
        const ModelType* const type = typeOf(node);
        std::string text;
        const auto add = [&](const std::string& name, const std::string& json) {
            if (!json.empty()) text += (text.empty() ? "{" : ",") + jsonText(name) + ":" + json;
        };
        for (const Member& member : membersOf(node)) {
            const ModelElement* const element = type ? type->element(member.name) : nullptr;
            std::string name(member.name.text());
            if (element && element->choice) name += capital(member.nodes.front().type());
            const bool many =
                element ? element->many : member.nodes.size() > 1 || member.nodes.front().inList();
            add(name, gathered(member, many, [this](Node one) {
                    return one.hasText() || !belongsBeside(one) ? value(one) : std::string();
                }));
            add("_" + name, gathered(member, many, [this](Node one) {
                    return belongsBeside(one) ? object(one) : std::string();
                }));
        }
        return text.empty() ? "{}" : text + "}";
    }

private:
    const ModelType* typeOf(Node node) const {
        if (model_ == nullptr) return nullptr;
        return model_->type(node.typeOf().empty() ? node.nameOf() : node.typeOf());
    }

    /// Whether what is below it stands beside its value, or beside the value that is missing.
    bool belongsBeside(Node node) const {
        if (node.children().empty()) return false;
        const ModelType* const type = typeOf(node);
        return node.hasText() || (type && type->kind == ModelType::Kind::primitive);
    }

    /// Empty when none of the nodes has anything to write.
    template <class Write>
    static std::string gathered(const Member& member, bool many, Write write) {
        std::string list;
        bool any = false;
        for (const Node node : member.nodes) {
            const std::string one = write(node);
            any |= !one.empty();
            list += (list.empty() ? "" : ",") + (one.empty() ? "null" : one);
        }
        if (!any) return {};
        return many ? "[" + list + "]" : list;
    }

    static std::string plain(Node node) {
        const bool raw = node.kind() == Kind::number || node.kind() == Kind::boolean;
        return raw ? std::string(node.text()) : jsonText(node.text());
    }

    static std::string capital(std::string_view type) {
        std::string text(type);
        if (!text.empty() && text[0] >= 'a' && text[0] <= 'z')
            text[0] = static_cast<char>(text[0] - 'a' + 'A');
        return text;
    }

    std::string whole(Node node) const {
        Builder copy(typeOf(node)->name.text());
        copy.type(copy.root(), node.typeOf());
        for (const Node child : node.children()) copy.copy(copy.root(), child.nameOf(), child);
        Sink out;
        Issues issues;
        codec_.encode(copy.finish(), out, issues);
        return oneLineJson(out.text());
    }

    const Codec& codec_;
    const Model* const model_;
};

}  // namespace

std::string jsonOf(Node node, const Codec& codec) {
    const Json json(codec);
    return node.hasText() && !node.children().empty() ? json.object(node) : json.value(node);
}

}  // namespace gateway
