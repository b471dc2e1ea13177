#include "common/xml/tree_writer.h"

#include <algorithm>

namespace xml {
using gateway::Error;
using gateway::Fault;
using gateway::Kind;
using gateway::Node;

namespace {

bool isSpace(Node child) {
    return child.name() == "@xmlns" ||
           (child.name() == "xmlns" && child.hasText() && child.children().empty());
}

std::string_view prefixOf(std::string_view name) {
    const std::size_t colon = name.find(':');
    return colon == name.npos ? std::string_view{} : name.substr(0, colon);
}

const gateway::Reason kRepeated{"an attribute stands once, expected no other of its name",
                                "un attribut figure une fois, attendu aucun autre de ce nom"};

}  // namespace

void TreeWriter::refuse(Node node, const gateway::Reason& why) {
    throw Error(Fault::rejected, node.path(), why);
}

void TreeWriter::document(Node root, std::string_view encoding, std::string_view name) {
    out_ << R"(<?xml version="1.0" encoding=")" << encoding << R"("?>)" << '\n';
    if (name.empty()) name = root.name();
    checkName(root, name);
    element(root, name);
    out_ << '\n';
}

TreeWriter::Parts TreeWriter::partsOf(Node node) const {
    Parts parts;
    for (const Node child : node.children()) {
        if (isSpace(child)) {
            if (parts.said) refuse(child, kRepeated);
            parts.space = child.text();
            parts.said = true;
        } else if (isAttribute(child)) {
            parts.attributes.push_back(child);
        } else {
            parts.content.push_back(child);
        }
    }
    std::vector<Node> names = parts.attributes;
    std::stable_sort(names.begin(), names.end(),
                     [](Node a, Node b) { return a.name() < b.name(); });
    const auto twice = std::adjacent_find(names.begin(), names.end(),
                                          [](Node a, Node b) { return a.name() == b.name(); });
    if (twice != names.end()) refuse(*std::next(twice), kRepeated);
    return parts;
}

void TreeWriter::element(Node node, std::string_view name) {
    if (++depth_ > static_cast<int>(kMostDepth))
        refuse(node,
               gateway::say("nested deeper than {0} levels", "imbriqué sur plus de {0} niveaux",
                            {std::to_string(kMostDepth)}));
    const Parts parts = partsOf(node);
    const std::string_view around = space_;
    const std::size_t known = prefixes_.size();
    const bool root = root_;
    open(name);
    if (parts.said || root) declare(parts.said ? parts.space : space_);
    if (root) declareInstance(node);
    prefixes(parts);
    checkPrefix(node, name);
    for (const Node child : parts.attributes)
        if (!child.name().starts_with("@xmlns:"))
            attribute(child, child.name().substr(1), child.text());
    if (node.isNull()) attribute(node, "xsi:nil", "true");
    const bool empty = !node.hasText() && parts.content.empty();
    if (!empty) out_ << '>';
    if (node.hasText()) text(node, node.text());
    for (const Node child : parts.content) {
        if (isText(child)) {
            text(child, child.text());
            continue;
        }
        if (child.kind() == Kind::list && child.children().empty()) continue;
        const std::string_view as = child.name().empty() ? "item" : child.name();
        checkName(child, as);
        element(child, as);
    }
    close(name, empty);
    space_ = around;
    prefixes_.resize(known);
    --depth_;
}

void TreeWriter::declare(std::string_view space) {
    const bool needed = std::exchange(root_, false) ? !space.empty() : space != space_;
    if (needed) {
        out_ << " xmlns=\"";
        writeValue(out_, space);
        out_ << '"';
    }
    space_ = space;
}

void TreeWriter::declareInstance(Node root) {
    std::vector<Node> open{root};
    while (!open.empty()) {
        const Node node = open.back();
        open.pop_back();
        if (needsInstance(node)) {
            out_ << " xmlns:xsi=\"" << kSchemaInstance << '"';
            prefixes_.emplace_back("xsi");
            return;
        }
        for (const Node child : node.children()) open.push_back(child);
    }
}

bool TreeWriter::needsInstance(Node node) const {
    return node.isNull() || node.name().starts_with("@xsi:");
}

void TreeWriter::prefixes(const Parts& parts) {
    for (const Node child : parts.attributes) {
        if (!child.name().starts_with("@xmlns:")) continue;
        const std::string_view prefix = child.name().substr(7);
        checkName(child, prefix);
        if (prefix == "xsi" || prefix == "xml" || prefix.find(':') != prefix.npos ||
            child.text().empty())
            refuse(child, {"this prefix cannot be declared so",
                           "ce préfixe ne peut pas être déclaré ainsi"});
        attribute(child, child.name().substr(1), child.text());
        prefixes_.push_back(prefix);
        if (prefixes_.size() > kMostDeclarations)
            refuse(child, {"too many namespaces", "trop d'espaces de noms"});
    }
}

void TreeWriter::checkName(Node node, std::string_view name) const {
    if (!isName(name))
        refuse(node, {"its name cannot be that of an XML element or attribute",
                      "son nom ne peut pas être celui d'un élément ou attribut XML"});
}

void TreeWriter::checkPrefix(Node node, std::string_view name) const {
    const std::string_view prefix = prefixOf(name);
    if (!prefix.empty() && prefix != "xml" &&
        std::find(prefixes_.begin(), prefixes_.end(), prefix) == prefixes_.end())
        refuse(node, {"its prefix is not declared: expected a child '@xmlns:prefix' around it",
                      "son préfixe n'est pas déclaré : attendu un enfant « @xmlns:préfixe » "
                      "autour de lui"});
}

void TreeWriter::attribute(Node from, std::string_view name, std::string_view value) {
    checkName(from, name);
    if (!name.starts_with("xmlns:")) checkPrefix(from, name);
    if (isAttribute(from) && !from.children().empty())
        refuse(from, {"an attribute has a value and nothing else",
                      "un attribut a une valeur et rien d'autre"});
    if (!writable(value))
        refuse(from, {"a character that XML does not have", "un caractère que XML n'a pas"});
    out_ << ' ' << name << "=\"";
    writeValue(out_, value);
    out_ << '"';
}

void TreeWriter::text(Node from, std::string_view value) {
    if (!writable(value))
        refuse(from, {"a character that XML does not have", "un caractère que XML n'a pas"});
    writeText(out_, value);
}

void TreeWriter::close(std::string_view name, bool empty) {
    if (empty)
        out_ << "/>";
    else
        out_ << "</" << name << '>';
}

}  // namespace xml
