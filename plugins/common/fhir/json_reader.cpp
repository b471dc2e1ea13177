#include "json_reader.h"

#include <optional>
#include <string>
#include <vector>

#include "common/json/json.h"
#include "location.h"
#include "r4_model.h"
#include "reports.h"
#include "resource_types.h"

namespace fhir {
using namespace gateway;
using Handle = Builder::Handle;

namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

class Reader final : public json::Events {
public:
    Reader(std::string_view text, Builder& tree, Issues& issues)
        : text_(text), tree_(tree), reports_(issues) {}

    void beginObject(std::uint32_t at) override;
    void endObject(std::uint32_t end) override;
    void beginArray(std::uint32_t at) override;
    void endArray(std::uint32_t end) override;
    void key(const json::Text& name) override;
    void value(const json::Text& text, Kind kind) override;

private:
    /// Where the next value goes.
    struct Slot {
        const Member* member = nullptr;  ///< null: unknown to R4
        Name name;
        bool beside = false;        ///< the extensions of a primitive: `_birthDate`
        bool typeName = false;      ///< the value of resourceType
        bool item = false;          ///< of an array
        std::uint32_t index = 0;    ///< of an item
        std::size_t other = kNone;  ///< in primitives_: the first made by the other half, if any
    };
    struct Frame {
        /// The members of an object; the items of its array, its siblings; the items of a list
        /// node, which only what R4 does not know can have.
        enum Shape { object, items, list } shape;
        Handle node;
        std::uint32_t begin;
        const Type* type = nullptr;
        bool untyped = false;  ///< a resource whose type is not known yet
        bool halves = false;   ///< a `_x` was met
        bool nulls = false;    ///< a primitive is null so far
        bool empty = true;     ///< no member yet
        std::size_t primitives = 0;
        Slot slot;
    };
    struct Primitive {
        const Member* member;
        Handle node;
    };

    [[noreturn]] void fail(Handle at, const Reason& what) const {
        throw Error(Fault::malformed, location(at.node()), what);
    }
    void report(Handle at, Reason text);
    Frame& top() { return frames_.back(); }
    void push(Frame::Shape shape, Handle node, std::uint32_t begin, const Type* type);
    void nextItem() {
        if (top().slot.item) ++top().slot.index;
    }
    Handle make(const Slot& slot);
    Handle primitive(const Slot& slot);
    void typeFrame(Frame& frame, std::string_view name);
    void typeEarly(Frame& frame);
    void known(const Slot& slot, const json::Text& text, Kind kind);
    Handle strange(const Slot& slot);
    void alone(const Slot& slot, Handle node) const;
    void nulled();
    void fill(Handle node, const json::Text& text, Kind kind);
    std::size_t find(const Member* member) const;

    const std::string_view text_;
    Builder& tree_;
    Reports reports_;
    const R4& model_ = R4::get();
    std::vector<Frame> frames_;
    std::vector<Primitive> primitives_;  ///< of the open objects, in the order they were made
    std::optional<ResourceTypes> types_;
};

void Reader::report(Handle at, Reason text) {
    reports_.add(Severity::error, at.node(), std::move(text));
}

void Reader::push(Frame::Shape shape, Handle node, std::uint32_t begin, const Type* type) {
    Frame& frame = frames_.emplace_back();
    frame.shape = shape;
    frame.node = node;
    frame.begin = begin;
    frame.type = type;
    frame.primitives = primitives_.size();
}

Handle Reader::make(const Slot& slot) {
    const Handle node = tree_.add(top().node, slot.name);
    if (slot.item) {
        tree_.inList(node);
        setIndex(tree_, node, slot.index);
    }
    if (slot.member != nullptr && slot.member->type != nullptr)
        tree_.type(node, slot.member->type->name);
    return node;
}

/// The node of a primitive, which its other half may have made before.
Handle Reader::primitive(const Slot& slot) {
    const std::size_t at = slot.other == kNone ? kNone : slot.other + slot.index;
    if (at < primitives_.size() && primitives_[at].member == slot.member)
        return primitives_[at].node;
    const Handle node = make(slot);
    primitives_.push_back({slot.member, node});
    return node;
}

std::size_t Reader::find(const Member* member) const {
    for (std::size_t at = frames_.back().primitives; at < primitives_.size(); ++at)
        if (primitives_[at].member == member) return at;
    return kNone;
}

void Reader::typeFrame(Frame& frame, std::string_view name) {
    const Type* const type = model_.type(name);
    if (type == nullptr || !type->resource() || type->abstract)
        throw Error(
            Fault::unsupported, location(frame.node.node()),
            {"this resourceType is not one of FHIR R4", "ce resourceType n'est pas de FHIR R4"});
    frame.type = type;
    frame.untyped = false;
    tree_.type(frame.node, type->name);
    if (frames_.size() == 1) tree_.rename(frame.node, type->name);
}

/// resourceType is not the first member: looked up in the whole text.
void Reader::typeEarly(Frame& frame) {
    if (!types_) types_ = resourceTypes(text_);
    const auto found = types_->find(frame.begin);
    if (found == types_->end())
        fail(frame.node, {"resourceType is missing", "resourceType manque"});
    typeFrame(frame, found->second);
}

void Reader::key(const json::Text& name) {
    Frame& frame = top();
    frame.slot = Slot{};
    frame.empty = false;
    if (frame.untyped || (frame.type != nullptr && frame.type->resource())) {
        frame.slot.typeName = name.view == "resourceType";
        if (frame.slot.typeName) return;
        if (frame.untyped) typeEarly(frame);
    }
    std::string_view key = name.view;
    const Member* member = nullptr;
    if (frame.type != nullptr) {
        member = frame.type->member(key);
        if (member == nullptr && key.starts_with('_')) {
            const Member* const other = frame.type->member(key.substr(1));
            if (other != nullptr && other->type != nullptr && other->type->primitive()) {
                member = other;
                frame.slot.beside = frame.halves = true;
            }
        }
        if (member != nullptr && member->type == nullptr && !member->resource) member = nullptr;
    }
    if (member == nullptr && frame.type != nullptr && key == "fhir_comments")
        fail(frame.node,
             {"fhir_comments are not of FHIR R4", "fhir_comments n'est pas de FHIR R4"});
    if (member != nullptr && member->element->choice) {
        const Handle before = tree_.child(frame.node, member->element->name);
        if (before && !(before.node().typeOf() == member->type->name))
            report(before, {"more than one type of a choice", "plusieurs types d'un choix"});
    }
    frame.slot.member = member;
    frame.slot.name = member != nullptr ? member->element->name : tree_.intern(key);
    if (member != nullptr && frame.halves && member->type != nullptr && member->type->primitive())
        frame.slot.other = find(member);
}

void Reader::beginObject(std::uint32_t at) {
    if (frames_.empty()) {
        push(Frame::object, tree_.root(), at, nullptr);
        top().untyped = true;
        return;
    }
    const Slot slot = top().slot;
    if (slot.typeName) fail(top().node, {"resourceType is a text", "resourceType est un texte"});
    if (slot.member == nullptr) {
        const Handle node = strange(slot);
        push(Frame::object, node, at, nullptr);
        return;
    }
    const Handle node = slot.beside ? primitive(slot) : make(slot);
    const Type* const type = slot.member->type;
    if (!slot.beside && type != nullptr && type->primitive())
        fail(node, say("an object stands where R4 has a {0}",
                       "un objet se trouve là où R4 a un {0}", {type->name.text()}));
    alone(slot, node);
    nextItem();
    if (slot.beside && node.node().isNull()) tree_.kind(node, Kind::group);
    push(Frame::object, node, at, slot.beside ? &model_.element() : type);
    top().untyped = !slot.beside && slot.member->resource;
}

void Reader::endObject(std::uint32_t end) {
    Frame& frame = top();
    if (frame.untyped) fail(frame.node, {"resourceType is missing", "resourceType manque"});
    for (std::size_t at = frame.primitives; frame.nulls && at < primitives_.size(); ++at)
        if (primitives_[at].node.node().isNull())
            report(primitives_[at].node, {"null without extension", "null sans extension"});
    primitives_.resize(frame.primitives);
    const bool resource = frame.type != nullptr && frame.type->resource();
    if (frame.type != nullptr && !resource && frame.empty)
        report(frame.node, {"an empty object", "un objet vide"});
    if (!frame.node.node().hasText()) tree_.where(frame.node, Span{frame.begin, end});
    frames_.pop_back();
}

void Reader::beginArray(std::uint32_t at) {
    if (frames_.empty())
        throw Error(Fault::malformed, json::place(text_, at),
                    {"an array where a resource is due", "un tableau à la place d'une ressource"});
    const Slot slot = top().slot;
    if (slot.typeName) fail(top().node, {"resourceType is a text", "resourceType est un texte"});
    if (slot.member != nullptr) {
        if (slot.item)
            fail(make(slot),
                 {"an array stands inside an array", "un tableau se trouve dans un tableau"});
        if (!slot.member->element->many)
            fail(make(slot), {"an array stands where R4 has one value",
                              "un tableau se trouve là où R4 a une seule valeur"});
    } else if (slot.item) {
        const Handle node = strange(slot);
        tree_.kind(node, Kind::list);
        push(Frame::list, node, at, nullptr);
        top().slot.item = true;
        return;
    }
    push(Frame::items, top().node, at, slot.member != nullptr ? nullptr : top().type);
    top().slot = slot;
    top().slot.item = true;
}

void Reader::endArray(std::uint32_t end) {
    const Frame frame = top();
    frames_.pop_back();
    if (frame.shape == Frame::list) return tree_.where(frame.node, Span{frame.begin, end});
    if (frame.slot.index > 0) return;
    const Handle node = tree_.add(frame.node, frame.slot.name);
    tree_.kind(node, Kind::list);
    tree_.where(node, Span{frame.begin, end});
    report(node, {"an empty array", "un tableau vide"});
}

void Reader::value(const json::Text& text, Kind kind) {
    if (frames_.empty())
        throw Error(Fault::malformed, json::place(text_, text.where.begin),
                    {"a value where a resource is due", "une valeur à la place d'une ressource"});
    const Slot slot = top().slot;
    if (slot.typeName) {
        if (kind != Kind::text)
            fail(top().node, {"resourceType is a text", "resourceType est un texte"});
        if (top().untyped) typeFrame(top(), text.view);
    } else if (slot.member == nullptr) {
        fill(strange(slot), text, kind);
    } else {
        known(slot, text, kind);
        nextItem();
    }
}

/// What R4 does not know is reported where it begins, not again for all that is in it.
Handle Reader::strange(const Slot& slot) {
    const Handle node = make(slot);
    if (top().type != nullptr && slot.index == 0)
        report(node, {"unknown to FHIR R4", "inconnu de FHIR R4"});
    nextItem();
    return node;
}

/// One value of what may repeat stands in an array all the same.
void Reader::alone(const Slot& slot, Handle node) const {
    if (!slot.item && slot.member->element->many)
        fail(node, {"one value stands where R4 has an array",
                    "une seule valeur se trouve là où R4 a un tableau"});
}

void Reader::known(const Slot& slot, const json::Text& text, Kind kind) {
    const Type* const type = slot.member->type;
    const bool isPrimitive = type != nullptr && type->primitive();
    if (kind == Kind::null) {
        const Handle node = isPrimitive ? primitive(slot) : make(slot);
        alone(slot, node);
        if (!node.node().hasText() && node.node().children().empty()) tree_.kind(node, kind);
        if (isPrimitive)
            nulled();
        else
            report(node, {"null without extension", "null sans extension"});
        return;
    }
    const Handle node = isPrimitive && !slot.beside ? primitive(slot) : make(slot);
    if (!isPrimitive || slot.beside)
        fail(node, {"a plain value stands where FHIR has an object",
                    "une valeur simple se trouve là où FHIR a un objet"});
    alone(slot, node);
    fill(node, text, kind);
    if (kind != kindOf(type->form))
        report(node, {"wrong JSON type for " + std::string(type->name.text()),
                      "mauvais type JSON pour " + std::string(type->name.text())});
}

/// A null in one half of a primitive wants the other half; asked when the object ends.
void Reader::nulled() {
    for (std::size_t at = frames_.size(); at-- > 0;) {
        if (frames_[at].shape != Frame::object) continue;
        frames_[at].nulls = true;
        return;
    }
}

void Reader::fill(Handle node, const json::Text& text, Kind kind) {
    tree_.where(node, text.where);
    if (kind == Kind::null)
        tree_.kind(node, kind);
    else if (text.inSource)
        tree_.textView(node, text.view, kind);
    else
        tree_.text(node, text.view, kind);
}

}  // namespace

void readJson(std::string_view source, Builder& into, Issues& issues) {
    into.spelling(location);
    Reader reader(source, into, issues);
    json::parse(source, reader);
}

}  // namespace fhir
