#include <algorithm>
#include <array>
#include <cctype>

#include "fml_run.h"

namespace fml {

using gateway::Error;
using gateway::Fault;
using gateway::Kind;
using gateway::say;
using gateway::Severity;

namespace {

/// Texts at least this long that lie in the source document's bytes are not copied.
constexpr std::size_t kLongText = 1024;

/// Without a model only the short form keeps that the source was an array; others say `collate`.
bool keepsList(const TargetCode& code, gateway::Node from) {
    return code.transform == Transform::none && from.inList();
}

bool isNumber(fhirpath::Value::Type type) {
    return type == fhirpath::Value::Type::integer || type == fhirpath::Value::Type::decimal;
}

}  // namespace

void Run::target(const TargetCode& code, Frame& frame) {
    if (explain_) explain_->begin();
    if (code.transform == Transform::call) {
        if (code.call.group) call(code.call, frame);
        return;
    }
    if (code.context == kNoSlot) return alone(code, frame);
    const Binding& context = at(code.context, frame);
    if (context.kind != Binding::Kind::target) return;
    if (code.element.empty()) {
        Binding self = context;
        if (code.transform == Transform::create) {
            type(self.handle, code.type, code.typeName);
            self.type = code.type;
        } else if (code.transform != Transform::none) {
            Collection scratch;
            const Collection& all = values(code, frame, scratch);
            if (!all.empty()) assignSelf(self, code, all.front());
        }
        at(code.slot, frame).set(self);
        return;
    }
    const ElementRef ref = resolve(code, context.type);
    if (code.transform == Transform::none || code.transform == Transform::create) {
        const Handle node = placed(code, context.handle, ref);
        const ModelType* const is = code.type ? code.type : ref.type;
        type(node, is, code.typeName);
        at(code.slot, frame).set(node, is && !is->abstract ? is : nullptr);
        return;
    }
    if (makesNode(code, ref)) {
        const Handle node = placed(code, context.handle, ref);
        type(node, code.type ? code.type : ref.type, code.typeName);
        if (!fill(code, frame, node, code.type ? code.type : ref.type)) return;
        at(code.slot, frame).set(node, code.type ? code.type : ref.type);
        return;
    }
    Collection scratch;
    const Collection& all = values(code, frame, scratch);
    if (all.size() > 1 && ref.single())
        throw Error(Fault::rejected, "",
                    say("gave {0} values for '{1}', which stands once",
                        "a donné {0} valeurs pour « {1} », qui figure une fois",
                        {std::to_string(all.size()), ref.name.text()}));
    for (const Value& value : all) {
        const ModelType* is = nullptr;
        const Handle node = assign(code, context.handle, ref, value, is);
        if (node) at(code.slot, frame).set(node, is);
    }
}

/// `(expression) as v`: a value without a place in the target.
void Run::alone(const TargetCode& code, Frame& frame) {
    Collection made;
    const Collection& all = values(code, frame, made);
    if (all.empty()) return at(code.slot, frame).clear();
    for (const Value& value : all)
        if (!value.node()) spend(value.text().size());
    at(code.slot, frame).set(&all == &made ? std::move(made) : all);
    if (explain_) at(code.slot, frame).from = explain_->evidence();
}

ElementRef Run::resolve(const TargetCode& code, const ModelType* parent) {
    if (code.resolved) return code.ref;
    if (parent == nullptr || parent->abstract) return {code.element, nullptr, nullptr};
    const ElementRef ref = findElement(*parent, code.element);
    if (ref.element == nullptr)
        throw Error(Fault::rejected, "",
                    say("element '{0}' is not one of {1}", "l'élément « {0} » n'est pas un de {1}",
                        {code.element.text(), parent->name.text()}));
    return ref;
}

Run::Handle Run::made(Handle parent, Name name, const ModelElement* element) {
    ++nodes_;
    const Handle node = out_.add(parent, name);
    siblings_.added(node);
    if (element && element->many) out_.inList(node);
    return node;
}

/// A new node, or the one that is there when the element stands once or the map shares it.
Run::Handle Run::placed(const TargetCode& code, Handle parent, const ElementRef& ref) {
    if (code.place == Placing::share && code.share) {
        const auto [known, fresh] =
            shared_.try_emplace({parent.node().data(), code.share}, Handle());
        if (fresh) known->second = made(parent, ref.name, ref.element);
        return known->second;
    }
    const bool makesNode = code.transform == Transform::none || code.transform == Transform::create;
    Handle there;
    if (ref.single() || code.place == Placing::single ||
        (code.place == Placing::collate && makesNode))
        there = siblings_.first(parent, ref.name);
    else if (code.place == Placing::share)
        there = siblings_.last(parent, ref.name);
    if (there) return there;
    const Handle node = made(parent, ref.name, ref.element);
    if (code.place != Placing::fresh) arranged(code, node);
    return node;
}

/// What the list mode asks of a node that was added.
void Run::arranged(const TargetCode& code, Handle node) {
    if (code.place == Placing::collate) out_.inList(node);
    if (code.place != Placing::first && code.place != Placing::last) return;
    if (!order_.put(node, code.place == Placing::first, &code))
        throw Error(Fault::rejected, "",
                    say("another rule has said '{0}' of '{1}' already",
                        "une autre règle a déjà dit « {0} » de « {1} »",
                        {code.place == Placing::first ? "first" : "last", node.node().name()}));
}

/// The node without what stands below it.
Run::Handle Run::emptied(Handle node) {
    siblings_.emptied(node);
    while (const Node child = node.node().firstChild()) out_.remove(out_.handle(child));
    return node;
}

void Run::type(Handle node, const ModelType* type, Name name) {
    if (type)
        out_.type(node, type->name);
    else if (!name.empty())
        out_.type(node, name);
}

Run::Handle Run::assign(const TargetCode& code, Handle parent, const ElementRef& ref,
                        const Value& value, const ModelType*& type) {
    const Node from = value.node();
    if (from && from.isNull() && ref.element) return {};
    type = ref.type;
    if (type == nullptr && ref.element && ref.element->choice) {
        const bool named =
            code.transform == Transform::cast && code.type && allows(*ref.element, *code.type);
        type = named ? code.type : choose(*ref.element, value);
    }
    if (from && !from.children().empty()) return copied(code, parent, ref, from, type);
    const Handle node = placed(code, parent, ref);
    if (ref.element == nullptr && keepsList(code, from)) out_.inList(node);
    if (value.type() == Value::Type::quantity) {
        leaf(node, type, Name::permanent("value"), value.text(), Kind::number);
        leaf(node, type, Name::permanent("unit"), value.unit());
        this->type(node, type, Name::permanent("Quantity"));
        return node;
    }
    if (type && type->kind != ModelType::Kind::primitive && (!from || from.hasText()))
        throw Error(Fault::rejected, "",
                    say("found a plain value, expected {0} for '{1}'",
                        "trouvé une valeur simple, attendu {0} pour « {1} »",
                        {type->name.text(), ref.name.text()}));
    if (type)
        this->type(node, type);
    else if (from)
        this->type(node, nullptr, from.typeOf());
    else if (code.transform == Transform::cast)
        this->type(node, nullptr, code.typeName);
    setText(node, type, value);
    return node;
}

Run::Handle Run::copied(const TargetCode& code, Handle parent, const ElementRef& ref, Node from,
                        const ModelType*& type) {
    const Name given = from.typeOf();
    if (type && type->kind == ModelType::Kind::primitive && from.hasText()) {
        // A primitive with extensions: its text as the target's type, its children as they are, but
        // not what another format has beside its texts.
        const Handle node = placed(code, parent, ref);
        this->type(node, type);
        setText(node, type, Value::of(from));
        for (const Node child : from.children())
            if (type->elements.empty() || type->element(child.nameOf())) copyBelow(node, child);
        return node;
    }
    if (type && !given.empty() && !(given == type->name) && !type->isA(given) && !type->abstract &&
        type->kind != ModelType::Kind::resource &&
        type->name.text().find('.') == std::string_view::npos)
        throw Error(Fault::rejected, "",
                    say("cannot copy {0} to {1}", "impossible de copier {0} vers {1}",
                        {given.text(), type->name.text()}));
    const Handle old = ref.single() ? siblings_.first(parent, ref.name) : Handle();
    Handle node = old;
    if (type && given.empty() && !type->abstract) {
        if (old)
            emptied(old);
        else
            node = made(parent, ref.name, ref.element);
        typedCopy(node, from, *type);
    } else if (old) {
        emptied(old);
        this->type(old, nullptr, given);
        if (from.hasText()) setText(old, nullptr, Value::of(from));
        for (const Node child : from.children()) copyBelow(old, child);
    } else {
        ++nodes_;
        node = out_.copy(parent, ref.name, from);
        siblings_.added(node);
        if (explain_) noteCopied(node, from);
        out_.inList(node, ref.element ? ref.element->many : keepsList(code, from));
    }
    if (!old) arranged(code, node);
    return node;
}

void Run::copyBelow(Handle parent, Node from) {
    const Handle copy = out_.copy(parent, out_.intern(from.name()), from);
    siblings_.added(copy);
    if (explain_) noteCopied(copy, from);
}

/// Copies a tree that came without types as the model has it.
void Run::typedCopy(Handle node, Node from, const ModelType& type) {
    this->type(node, &type);
    if (from.hasText()) setText(node, &type, Value::of(from));
    for (const Node child : from.children()) {
        if (child.isNull()) continue;
        const ElementRef ref = findElement(type, child.nameOf());
        if (ref.element == nullptr) {
            issue(Severity::error, say("found an element that {0} does not have",
                                       "trouvé un élément que {0} n'a pas", {type.name.text()}));
            continue;
        }
        // A resource within: it says itself of which type it is.
        if (!ref.type && ref.element->types.empty() && !child.typeOf().empty()) {
            copyBelow(node, child);
            continue;
        }
        const Handle copy = made(node, ref.name, ref.element);
        const ModelType* const is = ref.type ? ref.type : choose(*ref.element, Value::of(child));
        typedCopy(copy, child, *is);
    }
}

void Run::setText(Handle node, const ModelType* type, const Value& value) {
    if (explain_) noteMade(node, value.node());
    Kind kind = Kind::text;
    if (type)
        kind = kindOf(*type);
    else if (value.node())
        kind = value.node().kind();
    else if (value.type() == Value::Type::boolean)
        kind = Kind::boolean;
    else if (isNumber(value.type()))
        kind = Kind::number;
    if (value.node() && kind == Kind::null) return out_.kind(node, kind);
    const std::string_view text = value.text();
    if (type && !hasShape(text, type->name.text())) return badShape(text, *type);
    const std::string_view source = in_.source().view();
    const bool inSource = text.size() >= kLongText && text.data() >= source.data() &&
                          text.data() + text.size() <= source.data() + source.size();
    if (inSource) {
        out_.keepAlive(in_.source());
        out_.textView(node, text, kind);
    } else {
        spend(text.size());
        out_.text(node, text, kind);
    }
}

/// An empty text is no value; any other that is none of the type would make the result unreadable.
void Run::badShape(std::string_view text, const ModelType& type) {
    if (!text.empty()) throw Error(Fault::rejected, "", noShape(type.name.text()));
}

/// `tgt = value`: the context itself gets the value.
void Run::assignSelf(Binding& context, const TargetCode& code, const Value& value) {
    const Node from = value.node();
    if (!from || from.children().empty()) {
        if (from && from.isNull()) return;
        if (context.type && context.type->kind != ModelType::Kind::primitive)
            throw Error(Fault::rejected, "",
                        say("found a plain value, expected {0}",
                            "trouvé une valeur simple, attendu {0}", {context.type->name.text()}));
        return setText(context.handle, context.type, value);
    }
    if (from.hasText()) setText(context.handle, context.type, value);
    TargetCode part;
    part.transform = code.transform;
    for (const Node child : from.children()) {
        part.element = out_.intern(child.name());
        const ModelType* is = nullptr;
        assign(part, context.handle, resolve(part, context.type), Value::of(child), is);
    }
}

/// The type of a choice element for a value: the value's own, or the first that can hold it.
const ModelType* Run::choose(const ModelElement& element, const Value& value) const {
    using Type = Value::Type;
    const Name given = value.node() ? value.node().typeOf() : Name();
    for (const ModelType* const type : element.types)
        if (!given.empty() && type->name == given) return type;
    std::array<std::string_view, 5> wanted{};
    switch (value.node() ? Type::node : value.type()) {
        case Type::boolean: wanted = {"boolean"}; break;
        case Type::integer: wanted = {"integer", "positiveInt", "unsignedInt", "decimal"}; break;
        case Type::decimal: wanted = {"decimal"}; break;
        case Type::date: wanted = {"date", "dateTime"}; break;
        case Type::dateTime: wanted = {"dateTime", "instant"}; break;
        case Type::time: wanted = {"time"}; break;
        case Type::quantity: wanted = {"Quantity"}; break;
        default:
            if (value.node().kind() == Kind::boolean)
                wanted = {"boolean"};
            else if (value.node().kind() == Kind::number)
                wanted = {value.text().find('.') == std::string_view::npos ? "integer" : "decimal",
                          "decimal"};
            else
                wanted = {"string", "markdown", "code", "uri"};
    }
    for (const std::string_view name : wanted)
        for (const ModelType* const type : element.types)
            if (!name.empty() && type->name.text() == name) return type;
    std::string example(element.types.empty() ? "Quantity" : element.types.front()->name.text());
    example.front() = static_cast<char>(std::toupper(example.front()));
    throw Error(Fault::rejected, "",
                say("choice '{0}' may be {1}: name one, as in {0}{2}, or cast",
                    "le choix « {0} » peut être {1} : nommez-en un, comme {0}{2}, ou cast",
                    {element.name.text(), typeList(element), example}));
}

Run::Handle Run::leaf(Handle parent, const ModelType* parentType, Name name, std::string_view text,
                      Kind kind) {
    if (text.empty()) return {};
    const ElementRef ref = parentType ? findElement(*parentType, name) : ElementRef{};
    if (ref.type && !hasShape(text, ref.type->name.text())) badShape(text, *ref.type);
    spend(text.size());
    const Handle node = made(parent, name, ref.element);
    type(node, ref.type);
    if (explain_) noteMade(node);
    out_.text(node, text, ref.type ? kindOf(*ref.type) : kind);
    return node;
}

}  // namespace fml
