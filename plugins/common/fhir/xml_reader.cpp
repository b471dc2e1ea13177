#include "xml_reader.h"

#include <algorithm>
#include <bitset>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/json/json.h"
#include "common/text/text.h"
#include "common/xml/xml.h"
#include "location.h"
#include "narrative.h"
#include "r4_model.h"
#include "reports.h"

namespace fhir {
using namespace gateway;
using Handle = Builder::Handle;

namespace {

constexpr std::string_view kFhir = "http://hl7.org/fhir";
constexpr std::string_view kSchemaInstance = "http://www.w3.org/2001/XMLSchema-instance";
constexpr std::uint32_t kCount = 0xFFFF'FFFF;  ///< an index that location() counts

/// The kind that JSON gives to a value of that form, when the value is one.
Kind kindOf(const Type& type, std::string_view text) {
    if (type.form == Form::number && json::isNumber(text)) return Kind::number;
    if (type.form == Form::boolean && (text == "true" || text == "false")) return Kind::boolean;
    return Kind::text;
}

bool fits(const Type& type, Kind kind) {
    return kind != Kind::text || type.form == Form::text || type.form == Form::xhtml;
}

class Reader final : public xml::Events {
public:
    /// @param converted  `text` is not what the source of `tree` is, but was made of it
    Reader(std::string_view text, bool converted, Builder& tree, Issues& issues)
        : text_(text), converted_(converted), tree_(tree), reports_(issues) {}

    void begin(const xml::Tag& tag) override;
    void end(std::uint32_t end) override;
    void characters(std::string_view piece, std::uint32_t at) override;

private:
    enum class Shape : std::uint8_t {
        object,     ///< members of a type
        primitive,  ///< extensions of a value
        holder,     ///< of the one resource that is to be in it
        resource,   ///< that resource: the node of its holder
        narrative,  ///< XHTML
        strange     ///< unknown to R4
    };
    struct Frame {
        Shape shape;
        Handle node;
        const Type* type = nullptr;
        std::uint32_t begin = 0;
        bool opened = true;       ///< in the tree, which resources are not apart from their holders
        bool empty = true;        ///< nothing in it yet
        std::uint8_t levels = 1;  ///< of JSON: an array is one, an object is one
        bool declares = false;    ///< a div that declares its namespace
        bool disordered = false;
        bool besides = false;                ///< a primitive with an id or extensions
        std::bitset<128> seen = {};          ///< of the elements of its type
        const ModelElement* last = nullptr;  ///< the element that was met last
        std::uint32_t index = 0;             ///< of it
    };

    [[noreturn]] void fail(Handle at, std::uint32_t byte, const Reason& what) const {
        throw Error(Fault::malformed, location(at.node()),
                    say("{0}: {1}", "{0} : {1}", {text::place(text_, byte), what}));
    }
    Frame& top() { return frames_.back(); }
    void push(const Frame& frame);
    void deepen(std::uint32_t levels);
    void beside();
    Span where(Span span) const { return converted_ ? Span{} : span; }
    void root(const xml::Tag& tag);
    void resource(const xml::Tag& tag);
    void xhtml(const xml::Tag& tag);
    void member(const xml::Tag& tag);
    void place(Frame& frame, const Member& member, const xml::Tag& tag);
    void known(const Member& member, const xml::Tag& tag);
    void strange(const xml::Tag& tag);
    void primitive(const Member& member, const xml::Tag& tag);
    void narrative(const Member& member, const xml::Tag& tag);
    void endNarrative(const Frame& frame, std::uint32_t end);
    void attributes(const xml::Tag& tag);
    bool isAttribute(const Frame& frame, std::string_view name) const;
    void leaf(Name name, const xml::Attribute& attribute, Name type);
    static const xml::Attribute* valueOf(const xml::Tag& tag);
    std::string_view lasting(const xml::Attribute& attribute);
    Handle open(Name name, const Member* member, const xml::Tag& tag);
    void index(Handle node, const Member* member);

    const std::string_view text_;
    const bool converted_;
    Builder& tree_;
    Reports reports_;
    const R4& model_ = R4::get();
    const Type* const extension_ = model_.type("Extension");
    std::vector<Frame> frames_;
    std::uint32_t levels_ = 0;  ///< as JSON would nest
    std::uint32_t insideDiv_ = 0;
    std::string prefix_;  ///< of the div
};

void Reader::push(const Frame& frame) {
    frames_.push_back(frame);
    deepen(frame.levels);
}

void Reader::deepen(std::uint32_t levels) {
    levels_ += levels;
    if (levels_ > json::kDepth)
        fail(top().node, top().begin,
             say("nested deeper than {0} levels of JSON",
                 "imbriqué sur plus de {0} niveaux de JSON", {std::to_string(json::kDepth)}));
}

/// JSON has an object beside a value that has an id or extensions.
void Reader::beside() {
    if (top().shape != Shape::primitive || std::exchange(top().besides, true)) return;
    ++top().levels;
    deepen(1);
}

void Reader::begin(const xml::Tag& tag) {
    if (insideDiv_ > 0) return xhtml(tag);
    if (frames_.empty()) return root(tag);
    top().empty = false;
    if (top().shape == Shape::holder) return resource(tag);
    beside();
    member(tag);
}

void Reader::root(const xml::Tag& tag) {
    if (tag.space != kFhir)
        fail(tree_.root(), tag.begin,
             {"this element is not of the namespace of FHIR",
              "cet élément n'est pas de l'espace de noms de FHIR"});
    push({Shape::holder, tree_.root(), nullptr, tag.begin, false});
    resource(tag);
    tree_.rename(tree_.root(), frames_.back().type->name);
}

/// The resource that an element of type Resource holds.
void Reader::resource(const xml::Tag& tag) {
    const Handle node = top().node;
    if (tag.space != kFhir)
        fail(node, tag.begin,
             {"this element is not of the namespace of FHIR",
              "cet élément n'est pas de l'espace de noms de FHIR"});
    if (top().type != nullptr)
        fail(node, tag.begin,
             {"a second resource where R4 has one", "une deuxième ressource là où R4 en a une"});
    const Type* const type = model_.type(tag.name);
    if (type == nullptr || !type->resource() || type->abstract)
        throw Error(
            Fault::unsupported, location(node.node()),
            say("{0}: this resource is not one of FHIR R4",
                "{0} : cette ressource n'est pas de FHIR R4", {text::place(text_, tag.begin)}));
    top().type = type;
    tree_.type(node, type->name);
    frames_.push_back({Shape::resource, node, type, tag.begin, false});
    attributes(tag);
}

void Reader::xhtml(const xml::Tag& tag) {
    ++insideDiv_;
    if (tag.space != kXhtml)
        fail(top().node, tag.begin,
             {"an element in a narrative that is not of XHTML",
              "un élément qui n'est pas de XHTML dans un texte narratif"});
    const bool strangePrefix =
        tag.prefix != prefix_ ||
        std::any_of(tag.attributes.begin(), tag.attributes.end(), [](const auto& attribute) {
            return !attribute.prefix.empty() && attribute.prefix != "xml";
        });
    if (strangePrefix)
        fail(top().node, tag.begin,
             {"a prefix in a narrative that its div does not have",
              "un préfixe que le div du texte narratif n'a pas"});
}

void Reader::member(const xml::Tag& tag) {
    Frame& frame = top();
    const Member* member = frame.type != nullptr ? frame.type->member(tag.name) : nullptr;
    if (member != nullptr && member->type == nullptr && !member->resource) member = nullptr;
    const bool isNarrative = member != nullptr && member->type != nullptr &&
                             member->type->primitive() && member->type->form == Form::xhtml;
    if (tag.space != (isNarrative ? kXhtml : kFhir))
        fail(frame.node, tag.begin,
             isNarrative ? Reason("a narrative that is not of the namespace of XHTML",
                                  "un texte narratif hors de l'espace de noms XHTML")
                         : Reason("this element is not of the namespace of FHIR",
                                  "cet élément n'est pas de l'espace de noms de FHIR"));
    if (member == nullptr) return strange(tag);
    if (isAttribute(frame, tag.name))
        fail(frame.node, tag.begin,
             {"an element where FHIR has an attribute", "un élément là où FHIR a un attribut"});
    place(frame, *member, tag);
    known(*member, tag);
}

/// The element's place in the order of its type.
std::size_t rank(const Type& type, const ModelElement* element) {
    return static_cast<std::size_t>(element - type.elements.data());
}

/// Its order among the members of its parent, and its index.
void Reader::place(Frame& frame, const Member& member, const xml::Tag& tag) {
    const ModelElement* const element = member.element;
    const bool again = frame.last == element;
    const bool before = frame.seen.test(rank(*frame.type, element));
    if (element < frame.last && !std::exchange(frame.disordered, true))
        reports_.add(Severity::warning, frame.node.node(),
                     {"its elements are not in the order of FHIR R4",
                      "ses éléments ne sont pas dans l'ordre de FHIR R4"});
    if (before && !element->many) {
        const Handle last = tree_.lastChild(frame.node, again ? element->name : Name());
        if (!element->choice || (last && last.node().typeOf() == member.type->name))
            fail(last ? last : frame.node, tag.begin,
                 {"R4 has this element once", "R4 a cet élément une seule fois"});
        reports_.add(Severity::error, last ? last.node() : frame.node.node(),
                     {"more than one type of a choice", "plusieurs types d'un choix"});
    }
    frame.seen.set(rank(*frame.type, element));
    if (!again)
        frame.index = before ? kCount : 0;
    else if (frame.index != kCount)
        ++frame.index;
    frame.last = element;
}

void Reader::index(Handle node, const Member* member) {
    if (member == nullptr || !member->element->many) return;
    tree_.inList(node);
    setIndex(tree_, node, top().index);
}

Handle Reader::open(Name name, const Member* member, const xml::Tag& tag) {
    const Handle node = tree_.open(name, where({tag.begin, tag.end}).begin);
    if (member != nullptr && member->type != nullptr) tree_.type(node, member->type->name);
    index(node, member);
    return node;
}

void Reader::known(const Member& member, const xml::Tag& tag) {
    if (member.type != nullptr && member.type->primitive()) {
        if (member.type->form == Form::xhtml) return narrative(member, tag);
        return primitive(member, tag);
    }
    const Handle node = open(member.element->name, &member, tag);
    Frame frame{member.resource ? Shape::holder : Shape::object, node, member.type, tag.begin};
    if (member.element->many) frame.levels = 2;
    push(frame);
    attributes(tag);
}

void Reader::primitive(const Member& member, const xml::Tag& tag) {
    const xml::Attribute* const value = valueOf(tag);
    const Type& type = *member.type;
    Frame frame{Shape::primitive, {}, &model_.element(), tag.begin};
    frame.empty = value == nullptr;
    frame.levels = member.element->many ? 1 : 0;
    const bool plain = tag.closed && value != nullptr && tag.attributes.size() == 1;
    if (plain && !converted_ && value->inSource) {
        frame.opened = false;
        frame.node = tree_.leaf(member.element->name, value->where, kindOf(type, value->value));
        tree_.type(frame.node, type.name);
        index(frame.node, &member);
    } else {
        frame.node = open(member.element->name, &member, tag);
    }
    if (value != nullptr && frame.opened) {
        tree_.textView(frame.node, lasting(*value), kindOf(type, value->value));
        tree_.where(frame.node, where(value->where));
    }
    if (value != nullptr && !fits(type, frame.node.node().kind()))
        reports_.add(Severity::error, frame.node.node(),
                     {"not a value of type " + std::string(type.name.text()),
                      "pas une valeur de type " + std::string(type.name.text())});
    push(frame);
    if (!plain) attributes(tag);
}

/// `id` of what is no resource, and `url` of an extension, are attributes.
void Reader::attributes(const xml::Tag& tag) {
    const Frame& frame = top();
    for (const xml::Attribute& attribute : tag.attributes) {
        if (attribute.space == kSchemaInstance) continue;
        if (attribute.name == "value" && frame.shape == Shape::primitive && attribute.space.empty())
            continue;
        if (!attribute.space.empty() || !isAttribute(frame, attribute.name))
            fail(frame.node, tag.begin,
                 {"an attribute that FHIR does not have here", "un attribut que FHIR n'a pas ici"});
        const Member& member = *frame.type->member(attribute.name);
        leaf(member.element->name, attribute, member.type->name);
        top().empty = false;
        beside();
    }
}

bool Reader::isAttribute(const Frame& frame, std::string_view name) const {
    if (frame.type == nullptr || frame.type->resource()) return false;
    return name == "id" || (name == "url" && frame.type == extension_);
}

void Reader::leaf(Name name, const xml::Attribute& attribute, Name type) {
    const Handle node = tree_.open(name);
    tree_.textView(node, lasting(attribute));
    tree_.where(node, where(attribute.where));
    if (!type.empty()) tree_.type(node, type);
    tree_.close();
}

void Reader::strange(const xml::Tag& tag) {
    const bool first = top().type != nullptr;
    const Handle node = open(tree_.intern(tag.name), nullptr, tag);
    if (first)
        reports_.add(Severity::error, node.node(), {"unknown to FHIR R4", "inconnu de FHIR R4"});
    push({Shape::strange, node, nullptr, tag.begin});
    for (const xml::Attribute& attribute : tag.attributes) {
        if (!attribute.space.empty()) continue;
        if (attribute.name == "value") {
            tree_.textView(node, lasting(attribute));
            tree_.where(node, where(attribute.where));
        } else {
            leaf(tree_.intern(attribute.name), attribute, Name());
        }
    }
}

void Reader::narrative(const Member& member, const xml::Tag& tag) {
    const Handle node = open(member.element->name, &member, tag);
    Frame frame{Shape::narrative, node, nullptr, tag.begin};
    frame.levels = 0;
    frame.declares = tag.declares;
    push(frame);
    prefix_ = tag.prefix;
    xhtml(tag);
}

void Reader::endNarrative(const Frame& frame, std::uint32_t end) {
    const std::string_view div = text_.substr(frame.begin, end - frame.begin);
    if (!prefix_.empty())
        tree_.text(frame.node, withoutPrefix(div, prefix_));
    else if (!frame.declares)
        tree_.text(frame.node, declared(div));
    else
        tree_.textView(frame.node, div);
}

void Reader::end(std::uint32_t end) {
    if (insideDiv_ > 0 && --insideDiv_ > 0) return;
    const Frame frame = top();
    if (frame.shape == Shape::narrative) endNarrative(frame, end);
    if (frame.shape == Shape::holder && frame.type == nullptr)
        fail(frame.node, frame.begin, {"no resource in it", "aucune ressource dedans"});
    if (frame.shape == Shape::primitive && frame.empty) tree_.kind(frame.node, Kind::null);
    if (frame.empty && (frame.shape == Shape::primitive || frame.shape == Shape::object))
        reports_.add(Severity::error, frame.node.node(), {"an empty element", "un élément vide"});
    frames_.pop_back();
    if (frame.shape == Shape::resource) return;
    levels_ -= frame.levels;
    const bool valued = frame.node.node().hasText() && frame.shape != Shape::narrative;
    if (!valued) tree_.where(frame.node, where({frame.begin, end}));
    if (frame.opened) tree_.close();
}

void Reader::characters(std::string_view piece, std::uint32_t at) {
    if (insideDiv_ > 0) return;
    const std::size_t solid = piece.find_first_not_of(" \t\r\n");
    if (solid != piece.npos)
        fail(top().node, at + static_cast<std::uint32_t>(solid),
             {"text outside of a narrative", "du texte hors d'un texte narratif"});
}

const xml::Attribute* Reader::valueOf(const xml::Tag& tag) {
    for (const xml::Attribute& attribute : tag.attributes)
        if (attribute.name == "value" && attribute.space.empty()) return &attribute;
    return nullptr;
}

std::string_view Reader::lasting(const xml::Attribute& attribute) {
    return attribute.inSource ? attribute.value : tree_.keep(attribute.value);
}

}  // namespace

void readXml(const Bytes& source, Builder& into, Issues& issues) {
    into.spelling(location);
    std::optional<std::string> other = xml::toUtf8(source.view());
    Bytes made;
    if (other) into.keepAlive(made = Bytes(std::move(*other)));
    const std::string_view text = other ? made.view() : source.view();
    Reader reader(text, other.has_value(), into, issues);
    xml::parse(text, reader);
}

}  // namespace fhir
