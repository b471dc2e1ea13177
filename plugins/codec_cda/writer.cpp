#include "writer.h"

#include <algorithm>

namespace cda {
using gateway::Node;

namespace {

/// For texts that only have to be well-formed.
class Silent final : public xml::Events {
    void begin(const xml::Tag&) override {}
    void end(std::uint32_t) override {}
    void characters(std::string_view, std::uint32_t) override {}
};

bool isWellFormed(std::string_view inside) {
    try {
        Silent nobody;
        xml::parse("<text>" + std::string(inside) + "</text>", nobody);
        return true;
    } catch (const gateway::Error&) {
        return false;  // then it is plain text
    }
}

/// What stands inside `<text …>…</text>`, which a map may have written around it.
std::string_view withoutTag(std::string_view text) {
    if (!text.starts_with("<text>") && !text.starts_with("<text ")) return text;
    const std::size_t begin = text.find('>'), end = text.rfind("</text>");
    return begin == text.npos || end == text.npos || end < begin
               ? text
               : text.substr(begin + 1, end - begin - 1);
}

const Type* typeOf(Node node) {
    return node.type().empty() ? nullptr : Cda::get().typeOf(node.type());
}

template <class Found>
bool anyNode(Node root, Found found) {
    std::vector<Node> open{root};
    while (!open.empty()) {
        const Node node = open.back();
        open.pop_back();
        if (found(node)) return true;
        for (const Node child : node.children()) open.push_back(child);
    }
    return false;
}

bool isSdtc(Node node) {
    const std::string_view name = node.name();
    return name.size() > 4 && name.starts_with("sdtc") && name[4] >= 'A' && name[4] <= 'Z';
}

}  // namespace

void Writer::element(Node node, std::string_view name) {
    if (!root_) return TreeWriter::element(node, name);
    root(node);
}

void Writer::root(Node node) {
    const Type* type = typeOf(node);
    if (type == nullptr) type = Cda::get().typeOf(node.name());
    if (type == nullptr || type->kind != gateway::ModelType::Kind::resource)
        refuse(node, {"found a root that is no document of CDA, expected ClinicalDocument",
                      "trouvé une racine qui n'est pas un document CDA, attendu ClinicalDocument"});
    known(node, "ClinicalDocument", *type, nullptr);
}

/// @param said  the type that `xsi:type` has to say, or null
void Writer::known(Node node, std::string_view name, const Type& type, const Type* said) {
    if (++depth_ > static_cast<int>(xml::kMostDepth))
        refuse(node, {"nested too deep for XML", "imbriqué trop profondément pour XML"});
    const Parts parts = partsOf(node);
    const std::string_view around = space_;
    const std::size_t prefixes = prefixes_.size();
    open(name);
    if (root_) {
        declare(type.name == Cda::testDocument() ? kTest : parts.said ? parts.space : kCda);
        declareInstance(node);
        if (anyNode(node, isSdtc)) {
            out_ << " xmlns:sdtc=\"" << kSdtc << '"';
            prefixes_.emplace_back("sdtc");
        }
    }
    this->prefixes(parts);
    if (said != nullptr) attribute(node, "xsi:type", said->name.text());
    if (node.isNull()) attribute(node, "nullFlavor", "NI");
    std::vector<Item> items;
    for (const Node child : parts.content) {
        const bool own = (type.text || type.narrative) && isOwnText(child.name());
        if (isText(child) || own)
            items.push_back({child, nullptr});
        else
            items.push_back({child, type.member(child.nameOf())});
    }
    attributes(node, type);
    content(node, type, items);
    const bool empty = items.empty() && !node.hasText();
    close(name, empty);
    space_ = around;
    prefixes_.resize(prefixes);
    --depth_;
}

/// Attributes have no order: they stand as they were made.
void Writer::attributes(Node node, const Type& type) {
    std::vector<const Member*> written;
    for (const Node child : node.children()) {
        if (isAttribute(child)) {
            if (!child.name().starts_with("@xmlns"))
                attribute(child, child.name().substr(1), child.text());
            continue;
        }
        const Member* const member = type.member(child.nameOf());
        if (member == nullptr || !member->attribute) continue;
        const bool again = std::find(written.begin(), written.end(), member) != written.end();
        if (again && member->many) continue;
        if (again) refuse(child, {"CDA has this attribute once", "CDA a cet attribut une fois"});
        written.push_back(member);
        const std::string local(member->local);
        attribute(child, member->sdtc ? "sdtc:" + local : local, valueOf(child, *member));
    }
}

/// Several values of an attribute are one text with blanks between them.
std::string Writer::valueOf(Node node, const Member& member) {
    std::string value(textOf(node));
    if (member.many)
        for (Node next = node.nextSibling(); next; next = next.nextSibling())
            if (next.nameOf() == node.nameOf()) value.append(" ").append(textOf(next));
    return value;
}

void Writer::content(Node node, const Type& type, std::vector<Item>& items) {
    std::erase_if(items, [](const Item& i) { return i.member != nullptr && i.member->attribute; });
    if (items.empty() && !node.hasText()) return;
    out_ << '>';
    if (type.narrative) {
        if (node.hasText()) narrative(node, node.text());
    } else if (node.hasText()) {
        text(node, node.text());
    }
    const bool mixed =
        std::any_of(items.begin(), items.end(), [](const Item& item) { return isText(item.node); });
    if (!type.unordered && !mixed) {
        // What CDA does not know stands last.
        const auto rank = [&](const Item& item) {
            if (isOwnText(item.node.name()) && item.member == nullptr) return std::size_t{0};
            return item.member == nullptr
                       ? type.members().size() + 1
                       : 1 + static_cast<std::size_t>(item.member - type.members().data());
        };
        std::stable_sort(items.begin(), items.end(),
                         [&](const Item& a, const Item& b) { return rank(a) < rank(b); });
    }
    const Member* before = nullptr;
    for (const Item& item : items) {
        if (item.member != nullptr && item.member == before && !before->many)
            found_.error(item.node, {"CDA has this element once", "CDA a cet élément une fois"});
        before = item.member;
        const bool own = (type.text || type.narrative) && isOwnText(item.node.name());
        if (own && item.member == nullptr)
            type.narrative ? narrative(item.node, item.node.text())
                           : text(item.node, item.node.text());
        else
            child(item);
    }
}

void Writer::child(const Item& item) {
    if (item.member == nullptr) {
        if (isText(item.node)) return text(item.node, item.node.text());
        return strange(item.node);
    }
    const Member& member = *item.member;
    const Type* type = typeOf(item.node);
    if (type == nullptr && !member.types.empty()) type = member.types.front();
    const std::string local(member.local);
    const std::string name = member.sdtc ? "sdtc:" + local : local;
    if (type == nullptr) return TreeWriter::element(item.node, name);
    known(item.node, name, *type, saysType(member, *type) ? type : nullptr);
}

bool Writer::saysType(const Member& member, const Type& type) {
    return !member.types.empty() && !type.abstract && !(member.types.front()->name == type.name);
}

void Writer::strange(Node node) {
    const Parts parts = partsOf(node);
    if (!parts.said) found_.error(node, {"unknown to CDA R2", "inconnu de CDA R2"});
    checkName(node, node.name());
    TreeWriter::element(node, node.name());
}

void Writer::narrative(Node node, std::string_view text) {
    const std::string_view inside = withoutTag(text);
    if (isWellFormed(inside))
        out_ << inside;
    else
        this->text(node, text);
}

std::string_view Writer::textOf(Node node) {
    if (node.hasText()) return node.text();
    for (const Node child : node.children())
        if (isOwnText(child.name()) || child.name() == "value") return child.text();
    return {};
}

bool Writer::needsInstance(Node node) const {
    if (node.name().starts_with("@xsi:")) return true;
    const Type* const type = typeOf(node);
    const Type* const parent = typeOf(node.parent());
    if (type == nullptr) return false;
    if (parent == nullptr) return static_cast<bool>(node.parent());
    const Member* const member = parent->member(node.nameOf());
    return member == nullptr || saysType(*member, *type);
}

}  // namespace cda
