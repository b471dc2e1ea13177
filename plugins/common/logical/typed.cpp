#include "common/json/json.h"
#include "common/logical/check.h"

namespace logical {
using gateway::Builder;
using gateway::Document;
using gateway::Kind;
using gateway::ModelElement;
using gateway::ModelType;
using gateway::Node;

namespace {

Kind kindOf(Node node, const ModelType* type) {
    if (type == nullptr || !node.hasText()) return node.kind();
    const std::string_view name = type->name.text(), text = node.text();
    if (name == "boolean" && (text == "true" || text == "false")) return Kind::boolean;
    const bool number =
        name == "integer" || name == "decimal" || name == "positiveInt" || name == "unsignedInt";
    return number && json::isNumber(text) ? Kind::number : node.kind();
}

class Copy {
public:
    explicit Copy(Builder& tree) : tree_(tree) {}

    void node(Builder::Handle to, Node from, const ModelType* type) {
        if (from.hasText())
            tree_.text(to, from.text(), kindOf(from, type));
        else
            tree_.kind(to, from.kind());
        for (const Node child : from.children()) {
            const ModelElement* const element = type ? type->element(child.nameOf()) : nullptr;
            const auto made = tree_.add(to, child.name());
            tree_.inList(made, element ? element->many : child.inList());
            const bool only = element != nullptr && element->types.size() == 1;
            node(made, child, only ? element->types.front() : nullptr);
        }
    }

private:
    Builder& tree_;
};

}  // namespace

Document typed(const Document& tree, const ModelType& document) {
    gateway::TreeLimits limits;
    limits.depth = 4096;
    Builder made(tree.root().name(), limits);
    Copy(made).node(made.root(), tree.root(), &document);
    return made.finish();
}

}  // namespace logical
