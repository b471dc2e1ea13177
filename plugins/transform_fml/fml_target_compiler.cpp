#include "fml_target_compiler.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "fml_escape.h"
#include "fml_moments.h"
#include "gateway/config.h"

namespace fml {

using gateway::Reason;
using gateway::say;

namespace {

using Kind = ParameterSyntax::Kind;

struct TransformInfo {
    std::string_view name;
    Transform transform;
    std::size_t least, most;
    std::string_view shape;
    bool alone;  ///< may stand without a target element
};

constexpr std::array<TransformInfo, 23> kTransforms = {{
    {"create", Transform::create, 0, 1, "create('Type')", false},
    {"copy", Transform::copy, 1, 1, "copy(value)", true},
    {"evaluate", Transform::evaluate, 1, 2, "evaluate(object, expression)", true},
    {"append", Transform::append, 1, 99, "append(value, value…)", true},
    {"truncate", Transform::truncate, 2, 2, "truncate(value, length)", true},
    {"escape", Transform::escape, 3, 3, "escape(value, 'format', 'format')", true},
    {"translate", Transform::translate, 2, 3, "translate(value, 'table', 'code')", true},
    {"cast", Transform::cast, 1, 2, "cast(value, 'type')", true},
    {"uuid", Transform::uuid, 0, 1, "uuid() or uuid(text)", true},
    {"reference", Transform::reference, 1, 1, "reference(resource)", true},
    {"pointer", Transform::pointer, 1, 1, "pointer(resource)", true},
    {"cc", Transform::codeableConcept, 1, 3, "cc(system, code, display) or cc(text)", false},
    {"c", Transform::coding, 2, 3, "c(system, code, display)", false},
    {"qty", Transform::quantity, 1, 4, "qty(value, unit, system, code) or qty('1.5 mg')", false},
    {"id", Transform::identifier, 2, 3, "id(system, value, type)", false},
    {"cp", Transform::contactPoint, 1, 2, "cp(value) or cp(system, value)", false},
    {"const", Transform::copy, 1, 1, "const(value)", true},
    {"toDate", Transform::moment, 1, 2, "toDate(text, 'format')", true},
    {"toDateTime", Transform::moment, 1, 2, "toDateTime(text, 'format')", true},
    {"toTime", Transform::moment, 1, 2, "toTime(text, 'format')", true},
    {"unixToDate", Transform::unixMoment, 1, 2, "unixToDate(seconds, '+01:00')", true},
    {"unixToDateTime", Transform::unixMoment, 1, 2, "unixToDateTime(seconds, '+01:00')", true},
    {"unixToTime", Transform::unixMoment, 1, 2, "unixToTime(seconds, '+01:00')", true},
}};

}  // namespace

void TargetCompiler::compile(const TargetSyntax& syntax, bool simple, const ModelType* focus,
                             std::vector<TargetCode>& into) {
    focus_ = focus;
    Parent parent = contextOf(syntax);
    for (std::size_t i = 0; i + 1 < syntax.steps.size(); ++i)
        parent = between(parent, syntax.steps[i], into);
    TargetCode target;
    target.context = parent.slot;
    const ModelType* type = parent.type;
    if (!syntax.steps.empty()) {
        target.element = Name::permanent(syntax.steps.back().text);
        type = element(target, parent.type, syntax.steps.back());
    }
    placing(target, syntax);
    if (!syntax.transform.empty()) transform(target, syntax, type);
    if (target.transform == Transform::none && !simple && !syntax.steps.empty())
        untyped(target, syntax.steps.back());
    if (target.transform == Transform::create && target.type) type = target.type;
    const bool makes = target.transform == Transform::none || target.transform == Transform::create;
    if (makes && !simple && type && (!syntax.steps.empty() || target.type))
        mandatory_.made(*type, scope_.place(syntax.at));
    if (!makes && syntax.steps.empty() && !syntax.context.empty()) mandatory_.copied(parent.type);
    const bool alone = syntax.context.empty();
    if (!simple || !syntax.variable.empty())
        target.slot = scope_.declare(syntax.variable.text, !alone, alone ? nullptr : type);
    into.push_back(std::move(target));
}

TargetCompiler::Parent TargetCompiler::contextOf(const TargetSyntax& syntax) {
    if (syntax.context.empty()) return {};
    const auto context = scope_.variable(syntax.context, true);
    return context ? Parent{context->slot, context->type} : Parent{};
}

/// `tgt.a.b = v` is `tgt.a as x, x.b = v`.
TargetCompiler::Parent TargetCompiler::between(const Parent& parent, const Word& step,
                                               std::vector<TargetCode>& into) {
    TargetCode target;
    target.context = parent.slot;
    target.element = Name::permanent(step.text);
    const ModelType* const type = element(target, parent.type, step);
    untyped(target, step);
    if (type) mandatory_.made(*type, scope_.place(step.at));
    target.slot = scope_.declare("", true, type);
    into.push_back(target);
    return {target.slot, type};
}

/// Looks the element up where the parent's type is known now; returns its type.
const ModelType* TargetCompiler::element(TargetCode& target, const ModelType* parent,
                                         const Word& step) {
    if (parent == nullptr || parent->abstract) {
        mandatory_.set(parent, target.element);
        return nullptr;
    }
    if (parent->kind == ModelType::Kind::primitive && step.text == "value") {
        target.element = {};
        return parent;
    }
    target.ref = findElement(*parent, target.element);
    if (target.ref.element == nullptr) {
        scope_.unknownElement(*parent, step);
        return nullptr;
    }
    mandatory_.set(parent, target.ref.element->name);
    target.resolved = true;
    return target.ref.type && !target.ref.type->abstract ? target.ref.type : nullptr;
}

/// What is made without a value must have one type.
void TargetCompiler::untyped(const TargetCode& target, const Word& step) {
    const ModelElement* const element = target.resolved ? target.ref.element : nullptr;
    if (element == nullptr || (target.ref.type && !target.ref.type->abstract)) return;
    const bool choice = element->types.size() > 1;
    std::string_view example = "Patient";
    if (choice) example = element->types.front()->name.text();
    for (const ModelType* const type : element->types)
        if (choice && type->kind == ModelType::Kind::complex && partsOnly(*type)) {
            example = type->name.text();
            break;
        }
    scope_.fail(
        step.at,
        say("found '{0}' made without a type, which may be {1}: expected one, as in "
            "= create('{2}')",
            "trouvé « {0} » créé sans type, qui peut être {1} : attendu un type, comme "
            "= create('{2}')",
            {step.text, choice ? typeList(*element) : Reason("any resource", "toute ressource"),
             choice ? element->types.front()->name.text() : "Patient"}));
}

void TargetCompiler::placing(TargetCode& target, const TargetSyntax& syntax) {
    const std::string& word = syntax.list.text;
    if (word == "share") {
        target.place = Placing::share;
        // What two elements share would be made as the first of them.
        const std::string key = syntax.share.empty()
                                    ? ""
                                    : std::string(target.element.text()) + " " + syntax.share.text;
        if (!key.empty())
            target.share =
                1 + static_cast<std::size_t>(std::distance(
                        shares_.begin(), std::find(shares_.begin(), shares_.end(), key)));
        if (target.share == shares_.size() + 1) shares_.push_back(key);
    } else if (word == "first") {
        target.place = Placing::first;
    } else if (word == "last") {
        target.place = Placing::last;
    } else if (word == "single") {
        target.place = Placing::single;
    } else if (word == "collate") {
        target.place = Placing::collate;
    }
}

void TargetCompiler::transform(TargetCode& target, const TargetSyntax& syntax,
                               const ModelType* type) {
    const Word& name = syntax.transform;
    const auto info = std::find_if(kTransforms.begin(), kTransforms.end(),
                                   [&](const TransformInfo& t) { return t.name == name.text; });
    if (info == kTransforms.end()) return callOrUnknown(target, syntax);
    target.transform = info->transform;
    const std::size_t count = syntax.parameters.size();
    if (count < info->least || count > info->most)
        return scope_.fail(name.at, say("found '{0}' with {1} parameters, expected {2}",
                                        "trouvé « {0} » avec {1} paramètres, attendu {2}",
                                        {name.text, std::to_string(count), info->shape}));
    if (syntax.context.empty() && !info->alone)
        return scope_.fail(name.at, say("found '{0}' without a target, expected tgt.element = {1}",
                                        "trouvé « {0} » sans cible, attendu cible.element = {1}",
                                        {name.text, info->shape}));
    if (target.transform == Transform::evaluate && count == 2) {
        evaluate(target, syntax);
    } else {
        for (const ParameterSyntax& parameter : syntax.parameters)
            target.parameters.push_back(scope_.parameter(parameter, false, focus_));
        details(target, syntax, type);
    }
    if (target.resolved || (syntax.steps.empty() && type != nullptr))
        assigned(target, syntax, type);
}

void TargetCompiler::callOrUnknown(TargetCode& target, const TargetSyntax& syntax) {
    const Word& name = syntax.transform;
    if (name.text == "dateOp")
        return scope_.fail(
            name.at,
            {"found transform 'dateOp', which the specification leaves undefined, expected "
             "an expression in parentheses, as in = (v + 1 day)",
             "trouvé la fonction « dateOp », que la spécification ne définit pas, "
             "attendu une expression entre parenthèses, comme = (v + 1 day)"});
    if (syntax.context.empty()) {
        target.transform = Transform::call;
        if (auto call = scope_.call({name, syntax.parameters}, focus_))
            target.call = std::move(*call);
        return;
    }
    std::vector<std::string> all;
    for (const TransformInfo& info : kTransforms) all.emplace_back(info.name);
    scope_.fail(name.at,
                say("found transform '{0}', expected one that exists (FHIRPath stands in "
                    "parentheses: = ({0}(…))){1}",
                    "trouvé la fonction « {0} », attendu une qui existe (FHIRPath s'écrit entre "
                    "parenthèses : = ({0}(…))){1}",
                    {name.text, gateway::didYouMean(name.text, all)}));
}

void TargetCompiler::details(TargetCode& target, const TargetSyntax& syntax,
                             const ModelType* type) {
    switch (target.transform) {
        case Transform::create: return create(target, syntax);
        case Transform::cast:
            if (syntax.parameters.size() == 2) return castType(target, syntax.parameters[1]);
            return castImplied(target, syntax.transform, type);
        case Transform::truncate: return truncate(target, syntax.parameters[1]);
        case Transform::escape: return escape(target, syntax);
        case Transform::moment:
        case Transform::unixMoment: return moment(target, syntax);
        case Transform::translate: return translate(target, syntax);
        case Transform::codeableConcept: return makes(target, syntax, "CodeableConcept", type);
        case Transform::coding: return makes(target, syntax, "Coding", type);
        case Transform::quantity: return makes(target, syntax, "Quantity", type);
        case Transform::identifier: return makes(target, syntax, "Identifier", type);
        case Transform::contactPoint: return makes(target, syntax, "ContactPoint", type);
        default: return;
    }
}

void TargetCompiler::create(TargetCode& target, const TargetSyntax& syntax) {
    if (syntax.parameters.empty())
        return untyped(target, syntax.steps.empty() ? syntax.context : syntax.steps.back());
    const ParameterSyntax& parameter = syntax.parameters[0];
    if (parameter.kind != Kind::text)
        return scope_.fail(parameter.at, say("found '{0}', expected a type in quotes",
                                             "trouvé « {0} », attendu un type entre guillemets",
                                             {parameter.text}));
    const TypeRef created = units_.type(scope_.unit(), {parameter.text, parameter.at}, true);
    target.type = created.type;
    target.typeName = Name::permanent(created.name);
    fits(target, parameter.at, created.name);
}

/// Whether the element may be of target.type.
void TargetCompiler::fits(const TargetCode& target, At at, const std::string& name) {
    const ModelElement* const element = target.ref.element;
    if (!target.resolved || element == nullptr || target.type == nullptr) return;
    const bool wrong = target.ref.type && element->choice ? !target.type->isA(target.ref.type->name)
                                                          : !allows(*element, *target.type);
    if (wrong)
        scope_.fail(at, say("found type '{0}', expected {1} for element '{2}'",
                            "trouvé le type « {0} », attendu {1} pour l'élément « {2} »",
                            {name, typeList(*element), element->name.text()}));
    else if (target.type->abstract)
        scope_.fail(
            at, say("found abstract type '{0}', expected one that can be made",
                    "trouvé le type abstrait « {0} », attendu un type qui peut être créé", {name}));
}

const Model* TargetCompiler::targetModel(Name type) const {
    for (const Model* const model : scope_.unit().targetModels)
        if (model->type(type)) return model;
    return nullptr;
}

void TargetCompiler::makes(TargetCode& target, const TargetSyntax& syntax, const std::string& name,
                           const ModelType* type) {
    target.typeName = Name::permanent(name);
    if (const Model* const model = targetModel(target.typeName))
        target.type = model->type(target.typeName);
    if (type && target.type && type->isA(target.typeName)) {
        target.type = type;  // Age is a Quantity
        return;
    }
    fits(target, syntax.transform.at, name);
}

void TargetCompiler::castType(TargetCode& target, const ParameterSyntax& parameter) {
    static const std::vector<std::string> kTypes = {
        "string", "code",     "id",      "uri",     "url",          "canonical",   "oid",
        "uuid",   "markdown", "boolean", "integer", "positiveInt",  "unsignedInt", "decimal",
        "date",   "dateTime", "instant", "time",    "base64Binary", "integer64"};
    // FHIRPath spells types with their space: FHIR.string, System.String.
    std::string name = parameter.text.substr(parameter.text.starts_with("FHIR.") ? 5 : 0);
    if (name.starts_with("System.") && name.size() > 7) {
        name.erase(0, 7);
        name[0] = static_cast<char>(name[0] | 0x20);
    }
    if (std::find(kTypes.begin(), kTypes.end(), name) == kTypes.end())
        return scope_.fail(parameter.at, say("found type '{0}', expected a primitive type{1}",
                                             "trouvé le type « {0} », attendu un type primitif{1}",
                                             {parameter.text, gateway::didYouMean(name, kTypes)}));
    target.typeName = Name::permanent(name);
    if (const Model* const model = targetModel(target.typeName))
        target.type = model->type(target.typeName);
}

/// cast(v): to the one type that the element has.
void TargetCompiler::castImplied(TargetCode& target, const Word& name, const ModelType* type) {
    if (type && type->kind == ModelType::Kind::primitive) {
        target.type = type;
        target.typeName = type->name;
    } else if (target.resolved && type == nullptr) {
        scope_.fail(name.at, say("found 'cast' without a type for an element that may be {0}, "
                                 "expected one, as in cast(v, 'string')",
                                 "trouvé « cast » sans type pour un élément qui peut être {0}, "
                                 "attendu un type, comme cast(v, 'string')",
                                 {typeList(*target.ref.element)}));
    }
}

void TargetCompiler::truncate(TargetCode& target, const ParameterSyntax& parameter) {
    const char* const end = parameter.text.data() + parameter.text.size();
    const auto [stop, error] = std::from_chars(parameter.text.data(), end, target.limit);
    if (error != std::errc() || stop != end)
        scope_.fail(parameter.at,
                    say("found '{0}', expected a number of characters",
                        "trouvé « {0} », attendu un nombre de caractères", {parameter.text}));
}

void TargetCompiler::escape(TargetCode& target, const TargetSyntax& syntax) {
    for (std::size_t i = 1; i < syntax.parameters.size(); ++i) {
        const ParameterSyntax& format = syntax.parameters[i];
        if (format.kind == Kind::text && escapingOf(target.parameters[i].text())) continue;
        scope_.fail(format.at,
                    say("found '{0}', expected 'plain', 'java', 'json', 'xml' or 'html'{1}",
                        "trouvé « {0} », attendu « plain », « java », « json », « xml » ou "
                        "« html »{1}",
                        {format.text, gateway::didYouMean(
                                          format.text, {"plain", "java", "json", "xml", "html"})}));
    }
}

void TargetCompiler::moment(TargetCode& target, const TargetSyntax& syntax) {
    const std::string& name = syntax.transform.text;
    target.typeName = Name::permanent(name.ends_with("DateTime") ? "dateTime"
                                      : name.ends_with("Date")   ? "date"
                                                                 : "time");
    if (const Model* const model = targetModel(target.typeName))
        target.type = model->type(target.typeName);
    if (syntax.parameters.size() < 2) return;
    const ParameterSyntax& format = syntax.parameters[1];
    if (target.transform == Transform::unixMoment) {
        if (format.kind == Kind::text && !offsetMinutes(format.text))
            scope_.fail(format.at, say("found '{0}', expected an offset, as in '+01:00'",
                                       "trouvé « {0} », attendu un décalage, comme « +01:00 »",
                                       {format.text}));
        return;
    }
    if (format.kind != Kind::text || !isFormat(format.text, target.typeName.text()))
        scope_.fail(format.at,
                    say("found '{0}', expected a format of {1} in quotes, as in '{2}'",
                        "trouvé « {0} », attendu un format de {1} entre guillemets, comme « {2} »",
                        {format.text, target.typeName.text(),
                         name == "toTime"   ? "HH:mm"
                         : name == "toDate" ? "dd/MM/yyyy"
                                            : "yyyyMMddHHmmss"}));
}

void TargetCompiler::translate(TargetCode& target, const TargetSyntax& syntax) {
    const ParameterSyntax& table = syntax.parameters[1];
    if (table.kind != Kind::text)
        return scope_.fail(
            table.at,
            say("found '{0}', expected the name of a table in quotes",
                "trouvé « {0} », attendu le nom d'une table entre guillemets", {table.text}));
    target.table = units_.table(scope_.unit(), {table.text, table.at});
    if (syntax.parameters.size() < 3) return;
    static const std::vector<std::pair<std::string, Output>> kOutputs = {
        {"code", Output::code},
        {"Coding", Output::coding},
        {"CodeableConcept", Output::concept_},
        {"display", Output::display},
        {"system", Output::system},
        {"string", Output::code},
        {"uri", Output::system},
        {"coding", Output::coding},
    };
    const ParameterSyntax& wanted = syntax.parameters[2];
    std::vector<std::string> all;
    for (const auto& [name, output] : kOutputs) {
        if (name == wanted.text) {
            target.output = output;
            return;
        }
        if (all.size() < 5) all.push_back(name);
    }
    scope_.fail(wanted.at,
                say("found '{0}', expected 'code', 'Coding', 'CodeableConcept', 'display' or "
                    "'system'{1}",
                    "trouvé « {0} », attendu « code », « Coding », « CodeableConcept », "
                    "« display » ou « system »{1}",
                    {wanted.text, gateway::didYouMean(wanted.text, all)}));
}

/// evaluate(object, expression): the expression stands as it is, or in quotes.
void TargetCompiler::evaluate(TargetCode& target, const TargetSyntax& syntax) {
    const ParameterSyntax& object = syntax.parameters[0];
    target.parameters.push_back(scope_.parameter(object, false, focus_));
    const ModelType* type = nullptr;
    if (object.kind == Kind::variable)
        if (const Variable* const variable = scope_.find(object.text)) type = variable->type;
    const ParameterSyntax& expression = syntax.parameters[1];
    ParameterCode code;
    code.kind = ParameterCode::Kind::path;
    const At at = expression.kind == Kind::text ? expression.at + 1 : expression.at;
    code.path = scope_.path({expression.text, at}, type);
    target.parameters.push_back(std::move(code));
}

// ---- whether the value is of the element's type, as far as it is known now ----

void TargetCompiler::assigned(const TargetCode& target, const TargetSyntax& syntax,
                              const ModelType* type) {
    const std::string_view element =
        syntax.steps.empty() ? std::string_view(syntax.context.text) : syntax.steps.back().text;
    const At at = syntax.parameters.empty() ? syntax.transform.at : syntax.parameters[0].at;
    const bool complex = type && type->kind != ModelType::Kind::primitive && !type->abstract;
    switch (target.transform) {
        case Transform::copy: {
            if (syntax.parameters.empty()) return;
            const ParameterSyntax& given = syntax.parameters[0];
            if (given.kind == Kind::variable) {
                const Variable* const variable = scope_.find(given.text);
                if (variable && variable->type) copyOf(at, target, *variable->type, type, element);
            } else if (given.kind != Kind::path && type) {
                complex ? plain(at, *type, element) : literal(given, *type, element);
            }
            return;
        }
        case Transform::reference:
        case Transform::pointer:
            if (complex && type->name.text() != "Reference") plain(at, *type, element);
            return;
        case Transform::translate:
            if (complex && target.output != Output::coding && target.output != Output::concept_ &&
                (target.output != Output::automatic ||
                 (type->name.text() != "Coding" && type->name.text() != "CodeableConcept")))
                plain(at, *type, element);
            return;
        case Transform::append:
        case Transform::truncate:
        case Transform::escape:
        case Transform::moment:
        case Transform::unixMoment:
        case Transform::cast:
        case Transform::uuid:
            if (complex) plain(at, *type, element);
            return;
        default: return;
    }
}

void TargetCompiler::plain(At at, const ModelType& type, std::string_view element) {
    std::string inner = type.elements.empty() ? "element" : "";
    for (const char* const usual : {"text", "value", "code", "reference", "display"})
        if (inner.empty() && type.element(Name::permanent(usual))) inner = usual;
    for (const ModelElement& each : type.elements)
        if (const std::string_view name = each.name.text();
            inner.empty() && name != "id" && name != "extension")
            inner = name;
    scope_.fail(at, say("found a plain value for '{0}', expected {1}: give it a name with 'as x' "
                        "and set its elements, as in x.{2} = …",
                        "trouvé une valeur simple pour « {0} », attendu {1} : donnez-lui un nom "
                        "avec « as x » et renseignez ses éléments, comme x.{2} = …",
                        {element, type.name.text(), inner}));
}

void TargetCompiler::literal(const ParameterSyntax& given, const ModelType& type,
                             std::string_view element) {
    if (hasShape(given.text, type.name.text())) return;
    scope_.fail(given.at, say("found '{0}' for '{1}', expected a value of type {2}",
                              "trouvé « {0} » pour « {1} », attendu une valeur de type {2}",
                              {given.text, element, type.name.text()}));
}

/// A copy of what has the type `from` to an element of `type`, or of any of a choice.
void TargetCompiler::copyOf(At at, const TargetCode& target, const ModelType& from,
                            const ModelType* type, std::string_view element) {
    const bool plainFrom = from.kind == ModelType::Kind::primitive;
    if (from.abstract) return;
    Reason expected;
    if (type == nullptr) {
        const ModelElement* const choice = target.ref.element;
        if (choice == nullptr || !choice->choice || !partsOnly(from) || allows(*choice, from))
            return;
        expected = typeList(*choice);
    } else {
        const bool plainTo = type->kind == ModelType::Kind::primitive;
        if (type->abstract || (plainFrom && plainTo) || related(from, *type)) return;
        if (plainTo && !partsOnly(from)) return;
        const auto part = [](const ModelType& of) {
            return of.name.text().find('.') != std::string_view::npos;
        };
        if (!plainFrom && !plainTo && (part(from) || part(*type))) return;
        expected = type->name.text();
    }
    scope_.fail(at, say("found a value of type {0} for '{1}', expected {2}",
                        "trouvé une valeur de type {0} pour « {1} », attendu {2}",
                        {from.name.text(), element, expected}));
}

}  // namespace fml
