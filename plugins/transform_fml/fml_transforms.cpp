#include "fhirpath_moment.h"
#include "fml_escape.h"
#include "fml_hash.h"
#include "fml_moments.h"
#include "fml_run.h"

namespace fml {

using gateway::Error;
using gateway::Fault;
using gateway::Kind;
using gateway::say;
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
const Name kReference = Name::permanent("reference");
const Name kComparator = Name::permanent("comparator");
/// Codes without a row that one translation reports.
constexpr std::size_t kMostUnmapped = 1000;
constexpr std::string_view kIdentifierTypes = "http://terminology.hl7.org/CodeSystem/v2-0203";

/// The part of `text` that holds its first `count` characters.
std::string_view firstCharacters(std::string_view text, std::size_t count) {
    std::size_t at = 0;
    while (at < text.size() && count-- > 0) do
            ++at;
        while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80);
    return text.substr(0, at);
}

Error notOf(std::string_view type) { return Error(Fault::rejected, "", noShape(type)); }

/// Of a contact, by its look.
std::string systemOf(std::string_view value) {
    constexpr std::pair<std::string_view, std::string_view> kSchemes[] = {
        {"tel:", "phone"}, {"fax:", "fax"},  {"mailto:", "email"},
        {"sms:", "sms"},   {"http:", "url"}, {"https:", "url"}};
    for (const auto& [scheme, system] : kSchemes)
        if (value.starts_with(scheme)) return std::string(system);
    return value.find('@') == value.npos ? "phone" : "email";
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
    static const Name reference = Name::permanent("Reference");
    switch (code.transform) {
        case Transform::codeableConcept:
        case Transform::coding:
        case Transform::quantity:
        case Transform::identifier:
        case Transform::contactPoint: return true;
        case Transform::reference:
        case Transform::pointer: return ref.type && ref.type->name == reference;
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
        if (explain_) explain_->begin();
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
                quantity(node, type, text(0));
            } else {
                if (const std::string value = text(0); hasShape(value, "decimal"))
                    leaf(node, type, kValue, value, Kind::number);
                else
                    throw notOf("decimal");
                leaf(node, type, kUnit, text(1));
                leaf(node, type, kSystem, text(2));
                leaf(node, type, kCode, text(3));
            }
            break;
        case Transform::identifier:
            if (count == 3) {
                const auto [kind, ofKind] = inner(Name::permanent("type"));
                const ElementRef ref = ofKind ? findElement(*ofKind, kCoding) : ElementRef{};
                const Handle child = made(kind, kCoding, ref.element);
                this->type(child, ref.type);
                leaf(child, ref.type, kSystem, kIdentifierTypes);
                leaf(child, ref.type, kCode, text(2));
            }
            leaf(node, type, kSystem, text(0));
            leaf(node, type, kValue, text(1));
            break;
        case Transform::contactPoint: {
            const std::string value = text(count - 1);
            if (value.empty()) break;
            leaf(node, type, kSystem, count == 2 ? text(0) : systemOf(value));
            leaf(node, type, kValue, value);
            break;
        }
        case Transform::reference:
        case Transform::pointer: {
            Collection made;
            reference(code, frame, made);
            if (made.empty()) return false;
            leaf(node, type, kReference, made.front().text());
            break;
        }
        default: {
            Collection scratch;
            const Collection& all = of(code.parameters[0], frame, scratch);
            const Translated found = translated(code, {all.begin(), all.size()});
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

/// "[comparator]value[space]unit"
void Run::quantity(Handle node, const ModelType* type, std::string_view whole) {
    std::string_view comparator;
    for (const std::string_view each : {"<=", ">=", "<", ">"})
        if (comparator.empty() && whole.starts_with(each)) comparator = each;
    whole.remove_prefix(comparator.size());
    whole.remove_prefix(std::min(whole.find_first_not_of(' '), whole.size()));
    const auto end = std::min(whole.find_first_not_of("+-0123456789.eE"), whole.size());
    const std::string_view value = whole.substr(0, end);
    whole.remove_prefix(end);
    whole.remove_prefix(std::min(whole.find_first_not_of(' '), whole.size()));
    if (!hasShape(value, "decimal")) throw notOf("Quantity");
    leaf(node, type, kValue, value, Kind::number);
    leaf(node, type, kComparator, comparator);
    leaf(node, type, kUnit, whole);
}

void Run::codingParts(Handle node, const ModelType* type, const Translated& coding) {
    leaf(node, type, kSystem, coding.system);
    leaf(node, type, kCode, coding.code);
    leaf(node, type, kDisplay, coding.display);
}

const fhirpath::Collection& Run::of(const ParameterCode& code, Frame& frame, Collection& made) {
    if (code.kind == ParameterCode::Kind::literal) return code.literal;
    if (code.kind == ParameterCode::Kind::variable) {
        Binding& variable = at(code.slot, frame);
        if (explain_) explain_->give(variable.from);
        if (explain_) explain_->give(variable.collection());
        return variable.collection();
    }
    path_ = code.path;
    pathFrame_ = &frame;
    made = code.path->expression.evaluate(here_, environment_);
    if (explain_) explain_->give(made);
    return made;
}

std::string Run::textOf(const TargetCode& code, std::size_t index, Frame& frame) {
    Collection scratch;
    const Collection& all = of(code.parameters[index], frame, scratch);
    if (all.size() > 1)
        throw Error(Fault::rejected, "",
                    say("gave {0} values, expected one", "a donné {0} valeurs, attendu une seule",
                        {std::to_string(all.size())}));
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
        throw Error(Fault::rejected, "",
                    {"a condition gave several values, expected one",
                     "une condition a donné plusieurs valeurs, attendu une seule"});
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
            if (explain_) explain_->give(made);
            return made;
        }
        case Transform::append: append(code, frame, made); break;
        case Transform::escape: escape(code, frame, made); break;
        case Transform::moment:
        case Transform::unixMoment: moment(code, frame, made); break;
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
    spend(text.size());
    if (!text.empty()) out.push_back(Value::string(std::move(text)));
}

void Run::escape(const TargetCode& code, Frame& frame, Collection& out) {
    const Escaping from = *escapingOf(code.parameters[1].text());
    const Escaping to = *escapingOf(code.parameters[2].text());
    Collection scratch;
    for (const Value& value : of(code.parameters[0], frame, scratch))
        out.push_back(Value::string(escaped(value.text(), from, to)));
}

void Run::moment(const TargetCode& code, Frame& frame, Collection& out) {
    const std::string_view type = code.typeName.text();
    const std::string given = code.parameters.size() > 1 ? textOf(code, 1, frame) : "";
    const bool unix = code.transform == Transform::unixMoment;
    const std::optional<int> offset = given.empty() ? 0 : offsetMinutes(given);
    Collection scratch;
    for (const Value& value : of(code.parameters[0], frame, scratch)) {
        std::optional<std::string> text;
        if (!unix)
            text = momentOf(value.text(), given, type, context_.zone);
        else if (offset)
            text = unixMomentOf(value.text(), type, *offset);
        if (!text && (unix || given.empty())) throw notOf(type);
        if (!text)
            throw Error(Fault::rejected, "",
                        say("found a value that is no {0}: write it as {1}",
                            "trouvé une valeur qui n'est pas {0} : l'écrire sous la forme {1}",
                            {type, given}));
        out.push_back(Value::scalar(type == "date"   ? Value::Type::date
                                    : type == "time" ? Value::Type::time
                                                     : Value::Type::dateTime,
                                    std::move(*text)));
    }
}

void Run::cast(const TargetCode& code, Frame& frame, Collection& out) {
    using Type = Value::Type;
    const std::string_view to = code.typeName.text();
    const bool moment = to == "date" || to == "dateTime" || to == "instant";
    const bool whole = to == "integer" || to == "positiveInt" || to == "unsignedInt";
    Collection scratch;
    for (const Value& value : of(code.parameters[0], frame, scratch)) {
        std::optional<std::string> text(value.text());
        if (moment)
            text = momentText(*text, to, context_.zone);
        else if (!hasShape(*text, to))
            text.reset();
        if (!text) throw notOf(to);
        if (to == "boolean")
            out.push_back(Value::of(*text == "true"));
        else
            out.push_back(Value::scalar(to == "date"      ? Type::date
                                        : moment          ? Type::dateTime
                                        : whole           ? Type::integer
                                        : to == "decimal" ? Type::decimal
                                                          : Type::string,
                                        std::move(*text)));
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
        if (explain_) explain_->give(node.child(kId));
        if (explain_) explain_->give(node.parent().child("fullUrl"));
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
                        {"found a resource with neither fullUrl nor id, expected one to refer to",
                         "trouvé une ressource sans fullUrl ni id, attendu de quoi la désigner"});
        else if (code.transform == Transform::pointer)
            out.push_back(Value::string("urn:uuid:" + std::string(id)));
        else
            out.push_back(Value::string(std::string(type) + "/" + std::string(id)));
    }
}

Run::Translated Run::translated(const TargetCode& code, std::span<const Value> values) {
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
        const auto look = [&](std::string_view text, std::string_view system,
                              Node from) -> std::optional<Translated> {
            if (first.empty()) first = text;
            const tables::Row* const row = table.forward(text, system);
            if (row == nullptr) return std::nullopt;
            if (explain_) explain_->row(table, *row, from);
            return Translated{row->target, table.targetLabelOf(*row), table.wordsOf(*row),
                              table.targetSystemOf(*row), row->leads()};
        };
        if (codings.empty()) {
            if (const auto found = look(value.text(), {}, node)) return *found;
        }
        for (const Node coding : codings)
            if (const auto found = look(coding.child(kCode).text(), coding.child(kSystem).text(),
                                        coding.child(kCode))) {
                if (explain_) explain_->give(coding.child(kSystem));
                return *found;
            }
    }
    if (first.empty()) return {};
    if (report_.unmapped.size() < kMostUnmapped)
        report_.unmapped.push_back(
            {table.name, std::string(first),
             table.unmapped == tables::Unmapped::fail ? table.rowFor(first) : gateway::Reason()});
    switch (table.unmapped) {
        case tables::Unmapped::useSource:
            return {out_.keep(first), {}, {}, table.targetSystem, true};
        case tables::Unmapped::fixed:
            return {table.fixed, table.fixedLabel,
                    table.fixedLabel.empty() ? table.fixed : table.fixedLabel, table.targetSystem,
                    true};
        case tables::Unmapped::none: return {};
        case tables::Unmapped::fail: break;
    }
    // A rule that asks for the code and for its label is told once.
    gateway::Reason reason = say("the code is not in table '{0}', expected one of {1}",
                                 "le code n'est pas dans la table « {0} », attendu l'un de {1}",
                                 {table.name, table.codes()});
    const auto& told = report_.issues.all();
    if (told.empty() || told.back().text != reason || told.back().where != here_.path())
        issue(Severity::error, std::move(reason));
    return {};
}

void Run::translate(const TargetCode& code, Frame& frame, Collection& out) {
    Collection scratch;
    const Collection& all = of(code.parameters[0], frame, scratch);
    // Each value on its own; the codings of one concept were tried together.
    for (const Value& value : all) {
        if (explain_) explain_->code(value.node());
        const Translated found = translated(code, {&value, 1});
        if (!found.found) continue;
        const std::string_view text = code.output == Output::display  ? found.words
                                      : code.output == Output::system ? found.system
                                                                      : found.code;
        if (text.empty()) continue;
        out.push_back(Value::string(std::string(text)));
        if (explain_) explain_->translated();
    }
}

}  // namespace fml
