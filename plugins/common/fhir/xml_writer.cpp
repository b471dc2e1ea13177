#include "xml_writer.h"

#include <algorithm>
#include <string>
#include <vector>

#include "common/json/json.h"
#include "common/xml/xml.h"
#include "content.h"
#include "narrative.h"
#include "r4_model.h"
#include "reports.h"

namespace fhir {
using namespace gateway;

namespace {

class Writer {
public:
    Writer(text::Out& out, Issues& issues) : out_(out), reports_(issues) {}

    void document(Node root) {
        out_ << R"(<?xml version="1.0" encoding="UTF-8"?>)";
        resource(root, R"( xmlns="http://hl7.org/fhir")");
    }

private:
    /// A child with the member that it is.
    struct Item {
        Node node;
        const Member* member;
    };

    void resource(Node node, std::string_view space) {
        const Type& type = resourceType(node);
        open(type.name.text());
        out_ << space;
        body(node, type);
        close(type.name.text());
    }

    void open(std::string_view name) { out_ << '<' << name; }
    void close(std::string_view name) {
        if (std::exchange(tagOpen_, false))
            out_ << "/>";
        else
            out_ << "</" << name << '>';
    }

    /// The attributes and elements of what has no value; the tag is open before and perhaps after.
    void body(Node node, const Type& type) {
        if (++depth_ > kMostDepth)
            refuse(node, {"nested too deep for FHIR", "imbriqué trop profondément pour FHIR"});
        tagOpen_ = true;
        const std::size_t first = items_.size();
        for (const Node child : node.children()) collect(child, type);
        order(first);
        const std::size_t all = items_.size();
        for (std::size_t at = first; at < all; ++at) {
            const Item item = items_[at];
            if (at > first && !item.member->element->many &&
                items_[at - 1].member->element == item.member->element)
                refuse(item.node, {"R4 has this element once", "R4 a cet élément une seule fois"});
            if (isAttribute(*item.member, type)) attribute(item);
        }
        for (std::size_t at = first; at < all; ++at)
            if (const Item item = items_[at]; !isAttribute(*item.member, type)) element(item);
        items_.resize(first);
        --depth_;
    }

    void collect(Node child, const Type& type) {
        if (!hasContent(child)) return;
        if (child.isNull() && child.children().empty())
            return reports_.add(Severity::warning, child,
                                {"XML has no null: left out", "XML n'a pas de null : omis"});
        const Member* member = type.member(child.nameOf());
        if (member != nullptr && member->element->choice && member->type == nullptr)
            member = type.chosen(*member, child.typeOf());
        if (member == nullptr) refuse(child, {"unknown to FHIR R4", "inconnu de FHIR R4"});
        items_.push_back({child, member});
    }

    /// Elements of one type stand in one vector, in their order.
    void order(std::size_t first) {
        const auto before = [](const Item& a, const Item& b) {
            return a.member->element < b.member->element;
        };
        const auto begin = items_.begin() + static_cast<std::ptrdiff_t>(first);
        if (!std::is_sorted(begin, items_.end(), before))
            std::stable_sort(begin, items_.end(), before);
    }

    static bool isAttribute(const Member& member, const Type& type) {
        if (type.resource()) return false;
        const std::string_view key = member.key.text();
        return key == "id" || (key == "url" && type.name.text() == "Extension");
    }

    void attribute(const Item& item) {
        if (!item.node.hasText() || !item.node.children().empty())
            refuse(item.node, {"XML has this as an attribute, which has a value and nothing else",
                               "XML en fait un attribut, qui a une valeur et rien d'autre"});
        valued(item.member->key.text(), item.node);
    }

    void valued(std::string_view name, Node node) {
        if (!xml::writable(node.text()))
            refuse(node, {"a character that XML does not have", "un caractère que XML n'a pas"});
        out_ << ' ' << name << "=\"";
        xml::writeValue(out_, node.text());
        out_ << '"';
    }

    void element(const Item& item) {
        if (std::exchange(tagOpen_, false)) out_ << '>';
        const std::string_view key = item.member->key.text();
        const Type* const type = item.member->type;
        if (type != nullptr && type->form == Form::xhtml) return narrative(item.node);
        open(key);
        if (item.member->resource) {
            out_ << '>';
            resource(item.node, {});
        } else if (type->primitive()) {
            primitive(item.node, *type);
        } else {
            if (item.node.hasText())
                refuse(item.node,
                       gateway::say("a plain value where R4 has a {0}",
                                    "une valeur simple là où R4 a un {0}", {type->name.text()}));
            body(item.node, *type);
        }
        close(key);
    }

    void primitive(Node node, const Type& type) {
        if (node.hasText()) {
            if (!isValue(type, node.text())) refuse(node, "not a " + std::string(type.name.text()));
            valued("value", node);
        }
        if (node.children().empty())
            tagOpen_ = true;
        else
            body(node, model_.element());
    }

    void narrative(Node node) {
        if (!node.hasText() || !node.children().empty())
            refuse(node, {"a narrative is XHTML and nothing else",
                          "un texte narratif est du XHTML et rien d'autre"});
        std::string_view div = node.text();
        Narrative form = narrativeOf(div);
        std::string characters;
        if (form == Narrative::bad) {
            characters = withCharacters(div);
            const bool same = characters == div;
            div = trimmed(characters);
            form = narrativeOf(div);
            if (form == Narrative::bad)
                refuse(node, {"not a well-formed div of XHTML", "pas un div de XHTML bien formé"});
            mended(node, !same, div.size() != characters.size());
        }
        if (form == Narrative::good) {
            out_ << div;
            return;
        }
        out_ << declared(div);
        reports_.add(Severity::information, node,
                     {"the namespace of XHTML was added", "l'espace de noms XHTML a été ajouté"});
    }
    void mended(Node node, bool entities, bool blanks) {
        if (entities)
            reports_.add(Severity::information, node,
                         {"XML has no entities of HTML: they became characters",
                          "XML n'a pas les entités de HTML : elles sont devenues des caractères"});
        if (blanks)
            reports_.add(
                Severity::information, node,
                {"blanks around the div were left out", "les blancs autour du div ont été omis"});
    }
    static std::string_view trimmed(std::string_view div) {
        constexpr std::string_view kBlank = " \t\r\n";
        div.remove_prefix(std::min(div.find_first_not_of(kBlank), div.size()));
        return div.substr(0, div.find_last_not_of(kBlank) + 1);
    }

    text::Out& out_;
    Reports reports_;
    const R4& model_ = R4::get();
    std::vector<Item> items_;
    bool tagOpen_ = false;
    int depth_ = 0;
};

}  // namespace

void writeXml(Sink& out, Node root, Issues& issues) {
    text::Out pieces(out);
    Writer(pieces, issues).document(root);
    pieces.flush();
}

}  // namespace fhir
