#include "check.h"

#include "cda_model.h"
#include "common/check/found.h"

namespace cda {
using gateway::Document;
using gateway::Issues;
using gateway::Node;

namespace {

bool hasNullFlavor(Node node) { return node.child("nullFlavor").hasText(); }

void checkMember(Node node, const Member& member, check::Found& found) {
    std::uint32_t times = 0;
    Node second;
    for (const Node child : node.children())
        if (child.nameOf() == member.name && ++times == 2) second = child;
    const std::string name(member.name.text());
    if (times < member.least && !hasNullFlavor(node))
        found.error(node, gateway::say("found no {0}, which CDA R2 demands here",
                                       "pas de {0}, que CDA R2 exige ici", {name}));
    if (times > 1 && !member.many)
        found.error(second, {"CDA R2 has this element once", "CDA R2 a cet élément une fois"});
}

void checkNode(Node node, const Type& type, std::vector<Node>& open, check::Found& found) {
    for (const Member& member : type.members()) checkMember(node, member, found);
    for (const Node child : node.children()) {
        const std::string_view name = child.name();
        if (name.starts_with('@') || name.starts_with('#') || isOwnText(name)) continue;
        if (type.member(child.nameOf()) == nullptr) {
            if (!child.child("@xmlns"))
                found.error(child, {"unknown to CDA R2", "inconnu de CDA R2"});
        } else if (!child.type().empty()) {
            open.push_back(child);
        }
    }
}

}  // namespace

void SchemaChecker::check(const Document& tree, Issues& issues) const {
    check::Found found(issues);
    std::vector<Node> open{tree.root()};
    while (!open.empty()) {
        const Node node = open.back();
        open.pop_back();
        const Type* type = Cda::get().typeOf(node.type());
        if (type == nullptr && node == tree.root()) type = Cda::get().typeOf(node.name());
        if (type != nullptr) checkNode(node, *type, open, found);
    }
}

}  // namespace cda
