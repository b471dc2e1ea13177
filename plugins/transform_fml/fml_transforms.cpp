#include <algorithm>
#include <charconv>

#include "fhirpath_moment.h"
#include "fml_hash.h"
#include "fml_run.h"

namespace fml {

using gateway::Error;
using gateway::Fault;
using gateway::Kind;
using gateway::Severity;

namespace {

const Name kSystem = Name::permanent("system");
const Name kCode = Name::permanent("code");
const Name kDisplay = Name::permanent("display");
const Name kCoding = Name::permanent("coding");
const Name kText = Name::permanent("text");
const Name kValue = Name::permanent("value");
const Name kUnit = Name::permanent("unit");
const Name kId = Name::permanent("id");

/// The part of `text` that holds its first `count` characters.
std::string_view firstCharacters(std::string_view text, std::size_t count) {
    std::size_t at = 0;
    while (at < text.size() && count-- > 0) do
            ++at;
        while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80);
    return text.substr(0, at);
}

bool isInteger(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool isDecimal(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && !text.starts_with('+') &&
           text.find_first_not_of("+-0123456789.eE") == text.npos;
}

/// Only the shape that JSON and XML need of numbers and booleans.
bool hasShape(std::string_view text, std::string_view type) {
    if (type == "boolean") return text == "true" || text == "false";
    if (type == "integer" || type == "integer64") return isInteger(text);
    if (type == "positiveInt" || type == "unsignedInt")
        return isInteger(text) && !text.starts_with('-');
    if (type == "decimal") return isDecimal(text);
    return true;
}

/// A date, dateTime or instant of FHIR from what FHIR, or HL7 v2 and CDA, write; nothing when it is
/// none. FHIR wants seconds and an offset with every time of day: `zone` gives the offset.
std::optional<std::string> momentText(std::string_view text, std::string_view type,
                                      const std::string& zone) {
    using fhirpath::Moment;
    auto moment = Moment::parse(text, Moment::Kind::dateTime);
    if (!moment) moment = Moment::parseCompact(text);
    if (!moment) return std::nullopt;
    using enum Moment::Precision;
    if (type == "date") return moment->as(Moment::Kind::date).text();
    moment->locate(zone);
    if (moment->precision == hour || moment->precision == minute) moment->precision = second;
    if (type == "instant" && (moment->precision < second || !moment->hasOffset))
        return std::nullopt;
    return moment->text();
}

}  // namespace

/// Whether the transform makes a node with children, rather than values.
bool Run::makesNode(const TargetCode& code, const ElementRef& ref) const {
    static const Name concept_ = Name::permanent("CodeableConcept");
    static const Name coding = Name::permanent("Coding");
    switch (code.transform) {
        case Transform::codeableConcept:
        case Transform::coding:
        case Transform::quantity:
        case Transform::identifier:
        case Transform::contactPoint: return true;
        case Transform::translate:
            if (code.output == Output::automatic)
                return ref.type && (ref.type->name == concept_ || ref.type->name == coding);
            return code.output == Output::coding || code.output == Output::concept_;
        default: return false;
    }
}

/// Fills the node that a transform makes; false when there was nothing to fill it with.
bool Run::fill(const TargetCode& code, Frame& frame, Handle node, const ModelType* type) {
    const std::size_t count = code.parameters.size();
    const auto text = [&](std::size_t i) {
        return i < count ? textOf(code, i, frame) : std::string();
    };
    const auto coding = [&](Handle parent, const ModelType* of) {
        leaf(parent, of, kSystem, text(0));
        leaf(parent, of, kCode, text(1));
        leaf(parent, of, kDisplay, text(2));
    };
    const auto inner = [&](Name name) -> std::pair<Handle, const ModelType*> {
        const ElementRef ref = type ? findElement(*type, name) : ElementRef{};
        const Handle child = made(node, name, ref.element);
        this->type(child, ref.type);
        return {child, ref.type};
    };
    switch (code.transform) {
        case Transform::codeableConcept:
            if (count == 1) {
                leaf(node, type, kText, text(0));
            } else {
                const auto [child, of] = inner(kCoding);
                coding(child, of);
            }
            break;
        case Transform::coding: coding(node, type); break;
        case Transform::quantity:
            if (count == 1) {
                const std::string whole = text(0);
                const auto space = whole.find(' ');
                leaf(node, type, kValue, whole.substr(0, space), Kind::number);
                if (space != whole.npos) leaf(node, type, kUnit, whole.substr(space + 1));
            } else {
                leaf(node, type, kValue, text(0), Kind::number);
                leaf(node, type, kUnit, text(1));
                leaf(node, type, kSystem, text(2));
                leaf(node, type, kCode, text(3));
            }
            break;
        case Transform::identifier:
            if (count == 3) {
                const auto [child, of] = inner(Name::permanent("type"));
                leaf(child, of, kText, text(2));
            }
            leaf(node, type, kSystem, text(0));
            leaf(node, type, kValue, text(1));
            break;
        case Transform::contactPoint: {
            const std::string value = text(count - 1);
            if (value.empty()) break;
            const bool mail = value.find('@') != std::string::npos;
            const bool web = value.starts_with("http");
            leaf(node, type, kSystem,
                 count == 2 ? text(0)
                            : std::string(web    ? "url"
                                          : mail ? "email"
                                                 : "phone"));
            leaf(node, type, kValue, value);
            break;
        }
        default: {
            Collection scratch;
            const Translated found = translated(code, of(code.parameters[0], frame, scratch));
            if (!found.found) return false;
            static const Name concept_ = Name::permanent("CodeableConcept");
            const bool whole = code.output == Output::concept_ ||
                               (code.output == Output::automatic && type && type->name == concept_);
            if (type == nullptr)
                this->type(node, nullptr, whole ? concept_ : Name::permanent("Coding"));
            if (whole) {
                const auto [child, of] = inner(kCoding);
                codingParts(child, of, found);
            } else {
                codingParts(node, type, found);
            }
        }
    }
    return true;
}

void Run::codingParts(Handle node, const ModelType* type, const Translated& coding) {
    leaf(node, type, kSystem, coding.system);
    leaf(node, type, kCode, coding.code);
    leaf(node, type, kDisplay, coding.display);
}

const fhirpath::Collection& Run::of(const ParameterCode& code, Frame& frame, Collection& made) {
    if (code.kind == ParameterCode::Kind::literal) return code.literal;
    if (code.kind == ParameterCode::Kind::variable) return at(code.slot, frame).collection();
    path_ = code.path;
    pathFrame_ = &frame;
    return made = code.path->expression.evaluate(here_, environment_);
}

std::string Run::textOf(const TargetCode& code, std::size_t index, Frame& frame) {
    Collection scratch;
    const Collection& all = of(code.parameters[index], frame, scratch);
    if (all.size() > 1)
        throw Error(Fault::rejected, "",
                    "gave " + std::to_string(all.size()) + " values, expected one");
    return all.empty() ? std::string() : std::string(all.front().text());
}

fhirpath::Collection Run::evaluate(const PathCode& code, Frame& frame, const Collection& focus) {
    path_ = &code;
    pathFrame_ = &frame;
    return code.expression.evaluate(focus, environment_);
}

bool Run::holds(const PathCode& code, Frame& frame, const Value& focus) {
    path_ = &code;
    pathFrame_ = &frame;
    if (focus.node()) return code.expression.holds(focus.node(), environment_);
    const Collection result = code.expression.evaluate(Collection{focus}, environment_);
    if (result.size() > 1)
        throw Error(Fault::rejected, "", "a condition gave several values, expected one");
    return !result.empty() && result.front().text() != "false";
}

const fhirpath::Collection& Run::values(const TargetCode& code, Frame& frame, Collection& made) {
    switch (code.transform) {
        case Transform::copy: return of(code.parameters[0], frame, made);
        case Transform::evaluate: {
            if (code.parameters.size() == 1) return of(code.parameters[0], frame, made);
            const ParameterCode& expression = code.parameters[1];
            if (expression.kind != ParameterCode::Kind::path) return of(expression, frame, made);
            Collection scratch;
            made = evaluate(*expression.path, frame, of(code.parameters[0], frame, scratch));
            return made;
        }
        case Transform::append: append(code, frame, made); break;
        case Transform::truncate: {
            Collection scratch;
            for (const Value& value : of(code.parameters[0], frame, scratch))
                made.push_back(
                    Value::string(std::string(firstCharacters(value.text(), code.limit))));
            break;
        }
        case Transform::cast: cast(code, frame, made); break;
        case Transform::uuid: uuid(code, frame, made); break;
        case Transform::reference:
        case Transform::pointer: reference(code, frame, made); break;
        case Transform::translate: translate(code, frame, made); break;
        default: break;
    }
    return made;
}

void Run::append(const TargetCode& code, Frame& frame, Collection& out) {
    std::string text;
    for (std::size_t i = 0; i < code.parameters.size(); ++i) text += textOf(code, i, frame);
    if (!text.empty()) out.push_back(Value::string(std::move(text)));
}

void Run::cast(const TargetCode& code, Frame& frame, Collection& out) {
    Collection scratch;
    for (const Value& value : of(code.parameters[0], frame, scratch)) {
        if (!hasShape(value.text(), code.typeName.text()))
            throw Error(Fault::rejected, "",
                        "found a value that is no " + std::string(code.typeName.text()));
        using Type = Value::Type;
        const std::string_view to = code.typeName.text();
        std::string text(value.text());
        if (to == "boolean")
            out.push_back(Value::of(text == "true"));
        else if (to == "integer" || to == "positiveInt" || to == "unsignedInt")
            out.push_back(Value::scalar(Type::integer, std::move(text)));
        else if (to == "decimal")
            out.push_back(Value::scalar(Type::decimal, std::move(text)));
        else if (to == "date" || to == "dateTime" || to == "instant") {
            auto moment = momentText(text, to, context_.zone);
            if (!moment)
                throw Error(Fault::rejected, "", "found a value that is no " + std::string(to));
            out.push_back(
                Value::scalar(to == "date" ? Type::date : Type::dateTime, std::move(*moment)));
        } else
            out.push_back(Value::string(std::move(text)));
    }
}

/// uuid(): the next id of this translation; uuid(text): always the same id for the same text.
void Run::uuid(const TargetCode& code, Frame& frame, Collection& out) {
    if (code.parameters.empty()) {
        out.push_back(
            Value::string(uuidOf("seed " + context_.seed + " " + std::to_string(ids_++))));
        return;
    }
    const std::string text = textOf(code, 0, frame);
    if (!text.empty()) out.push_back(Value::string(uuidOf("text " + text)));
}

/// The fullUrl of the entry that holds the resource, or Type/id, or urn:uuid:id for pointer().
void Run::reference(const TargetCode& code, Frame& frame, Collection& out) {
    Collection scratch;
    for (const Value& value : of(code.parameters[0], frame, scratch)) {
        const Node node = value.node();
        if (!node || (node.hasText() && node.children().empty())) {
            out.push_back(Value::string(std::string(value.text())));
            continue;
        }
        const std::string_view full = node.parent().child("fullUrl").text();
        const std::string_view id = node.child(kId).text();
        const std::string_view type = !node.type().empty() ? node.type()
                                      : node.child("resourceType").hasText()
                                          ? node.child("resourceType").text()
                                          : node.name();
        if (!full.empty())
            out.push_back(Value::string(std::string(full)));
        else if (id.empty())
            throw Error(Fault::rejected, "",
                        "found a resource with neither fullUrl nor id, expected one to refer to");
        else if (code.transform == Transform::pointer)
            out.push_back(Value::string("urn:uuid:" + std::string(id)));
        else
            out.push_back(Value::string(std::string(type) + "/" + std::string(id)));
    }
}

Run::Translated Run::translated(const TargetCode& code, const Collection& values) {
    if (values.empty() || code.table == nullptr) return {};
    const tables::Table& table = *code.table;
    std::string_view first;
    for (const Value& value : values) {
        std::vector<Node> codings;
        const Node node = value.node();
        if (node && !node.hasText()) {
            for (const Node child : node.children())
                if (child.nameOf() == kCoding) codings.push_back(child);
            if (codings.empty()) codings.push_back(node);
        }
        const auto look = [&](std::string_view text,
                              std::string_view system) -> std::optional<Translated> {
            if (first.empty()) first = text;
            if (!system.empty() && !table.sourceSystem.empty() && system != table.sourceSystem)
                return std::nullopt;
            const tables::Row* const row = table.forward(text);
            if (row == nullptr) return std::nullopt;
            return Translated{row->target, row->targetLabel, table.targetSystem,
                              !row->target.empty()};
        };
        if (codings.empty()) {
            if (const auto found = look(value.text(), {})) return *found;
        }
        for (const Node coding : codings)
            if (const auto found = look(coding.child(kCode).text(), coding.child(kSystem).text()))
                return *found;
    }
    if (first.empty()) return {};
    switch (table.unmapped) {
        case tables::Unmapped::useSource: return {out_.keep(first), {}, table.targetSystem, true};
        case tables::Unmapped::fixed:
            return {table.fixed, table.fixedLabel, table.targetSystem, true};
        case tables::Unmapped::none: return {};
        case tables::Unmapped::fail: break;
    }
    issue(Severity::error, {"the code is not in table '" + table.name + "'",
                            "le code n'est pas dans la table « " + table.name + " »"});
    return {};
}

void Run::translate(const TargetCode& code, Frame& frame, Collection& out) {
    Collection scratch;
    const Collection& all = of(code.parameters[0], frame, scratch);
    // Each value on its own; the codings of one concept were tried together.
    for (const Value& value : all) {
        const Translated found = translated(code, Collection{value});
        if (!found.found) continue;
        const std::string_view text = code.output == Output::display  ? found.display
                                      : code.output == Output::system ? found.system
                                                                      : found.code;
        if (!text.empty()) out.push_back(Value::string(std::string(text)));
    }
}

}  // namespace fml
