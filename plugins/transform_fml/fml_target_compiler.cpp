#include "fml_target_compiler.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace fml {
namespace {

using Kind = ParameterSyntax::Kind;

struct TransformInfo {
    std::string_view name;
    Transform transform;
    std::size_t least, most;
    std::string_view shape;
    bool alone;  ///< may stand without a target element
};

constexpr std::array<TransformInfo, 16> kTransforms = {{
    {"create", Transform::create, 0, 1, "create('Type')", false},
    {"copy", Transform::copy, 1, 1, "copy(value)", true},
    {"evaluate", Transform::evaluate, 1, 2, "evaluate(object, 'expression')", true},
    {"append", Transform::append, 1, 99, "append(value, value…)", true},
    {"truncate", Transform::truncate, 2, 2, "truncate(value, length)", true},
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
}};

}  // namespace

TargetCode TargetCompiler::compile(const TargetSyntax& syntax, bool simple) {
    TargetCode target;
    const ModelType* parent = nullptr;
    if (!syntax.context.empty()) {
        if (const auto context = scope_.variable(syntax.context, true)) {
            target.context = context->slot;
            parent = context->type;
        }
        if (syntax.steps.size() > 1)
            scope_.fail(syntax.steps[1].at,
                        "found a path of " + std::to_string(syntax.steps.size()) +
                            " elements, expected one: give '" + syntax.context.text + "." +
                            syntax.steps[0].text + "' a name with 'as' and go on from there");
    }
    const ModelType* type = syntax.steps.empty() ? parent : nullptr;
    if (!syntax.steps.empty()) {
        target.element = Name::permanent(syntax.steps[0].text);
        type = element(target, parent, syntax.steps[0]);
    }
    placing(target, syntax);
    if (!syntax.transform.empty()) transform(target, syntax, type);
    if (target.transform == Transform::create && target.type) type = target.type;
    const bool alone = syntax.context.empty();
    if (!simple || !syntax.variable.empty())
        target.slot = scope_.declare(syntax.variable.text, !alone, alone ? nullptr : type);
    return target;
}

/// Looks the element up where the parent's type is known now; returns its type.
const ModelType* TargetCompiler::element(TargetCode& target, const ModelType* parent,
                                         const Word& step) {
    if (parent == nullptr || parent->abstract) return nullptr;
    if (parent->kind == ModelType::Kind::primitive && step.text == "value") {
        target.element = {};
        return parent;
    }
    target.ref = findElement(*parent, target.element);
    if (target.ref.element == nullptr) {
        scope_.unknownElement(*parent, step);
        return nullptr;
    }
    target.resolved = true;
    return target.ref.type && !target.ref.type->abstract ? target.ref.type : nullptr;
}

void TargetCompiler::placing(TargetCode& target, const TargetSyntax& syntax) {
    const std::string& word = syntax.list.text;
    if (word == "share") {
        target.place = Placing::share;
        const std::string key = syntax.share.empty() ? "" : syntax.share.text;
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
        return scope_.fail(name.at, "found '" + name.text + "' with " + std::to_string(count) +
                                        " parameters, expected " + std::string(info->shape));
    if (syntax.context.empty() && !info->alone)
        return scope_.fail(
            name.at, "found '" + name.text +
                         "' without a target, expected tgt.element = " + std::string(info->shape));
    for (const ParameterSyntax& parameter : syntax.parameters)
        target.parameters.push_back(scope_.parameter(parameter, false));
    details(target, syntax, type);
}

void TargetCompiler::callOrUnknown(TargetCode& target, const TargetSyntax& syntax) {
    const Word& name = syntax.transform;
    if (syntax.context.empty()) {
        if (name.text == "escape" || name.text == "dateOp") return unsupported(name);
        target.transform = Transform::call;
        if (auto call = scope_.call({name, syntax.parameters})) target.call = std::move(*call);
        return;
    }
    if (name.text == "escape" || name.text == "dateOp") return unsupported(name);
    std::vector<std::string> all;
    for (const TransformInfo& info : kTransforms) all.emplace_back(info.name);
    scope_.fail(name.at, "found transform '" + name.text + "', expected one that exists" +
                             suggestion(name.text, all) + "; FHIRPath stands in parentheses: = (" +
                             name.text + "(…))");
}

void TargetCompiler::unsupported(const Word& name) {
    scope_.fail(name.at, "found transform '" + name.text +
                             "', which the specification leaves undefined, "
                             "expected an expression in parentheses");
}

void TargetCompiler::details(TargetCode& target, const TargetSyntax& syntax,
                             const ModelType* type) {
    switch (target.transform) {
        case Transform::create: return create(target, syntax);
        case Transform::cast:
            if (syntax.parameters.size() == 2) castType(target, syntax.parameters[1]);
            return;
        case Transform::truncate: return truncate(target, syntax.parameters[1]);
        case Transform::translate: return translate(target, syntax);
        case Transform::evaluate: return evaluate(target, syntax);
        case Transform::codeableConcept: return makes(target, syntax, "CodeableConcept", type);
        case Transform::coding: return makes(target, syntax, "Coding", type);
        case Transform::quantity: return makes(target, syntax, "Quantity", type);
        case Transform::identifier: return makes(target, syntax, "Identifier", type);
        case Transform::contactPoint: return makes(target, syntax, "ContactPoint", type);
        default: return;
    }
}

void TargetCompiler::create(TargetCode& target, const TargetSyntax& syntax) {
    if (syntax.parameters.empty()) return;
    const ParameterSyntax& parameter = syntax.parameters[0];
    if (parameter.kind != Kind::text)
        return scope_.fail(parameter.at,
                           "found '" + parameter.text + "', expected a type in quotes");
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
        scope_.fail(at, "found type '" + name + "', expected " + typeList(*element) +
                            " for element '" + std::string(element->name.text()) + "'");
    else if (target.type->abstract)
        scope_.fail(at, "found abstract type '" + name + "', expected one that can be made");
}

void TargetCompiler::makes(TargetCode& target, const TargetSyntax& syntax, const std::string& name,
                           const ModelType* type) {
    target.typeName = Name::permanent(name);
    for (const Model* const model : scope_.unit().targetModels)
        if (target.type == nullptr) target.type = model->type(target.typeName);
    if (type && type->name == target.typeName) return;
    fits(target, syntax.transform.at, name);
}

void TargetCompiler::castType(TargetCode& target, const ParameterSyntax& parameter) {
    static const std::vector<std::string> kTypes = {
        "string", "code",     "id",      "uri",     "url",          "canonical",   "oid",
        "uuid",   "markdown", "boolean", "integer", "positiveInt",  "unsignedInt", "decimal",
        "date",   "dateTime", "instant", "time",    "base64Binary", "integer64"};
    if (std::find(kTypes.begin(), kTypes.end(), parameter.text) == kTypes.end())
        return scope_.fail(parameter.at, "found type '" + parameter.text +
                                             "', expected a primitive type" +
                                             suggestion(parameter.text, kTypes));
    target.typeName = Name::permanent(parameter.text);
    for (const Model* const model : scope_.unit().targetModels)
        if (target.type == nullptr) target.type = model->type(target.typeName);
}

void TargetCompiler::truncate(TargetCode& target, const ParameterSyntax& parameter) {
    const char* const end = parameter.text.data() + parameter.text.size();
    const auto [stop, error] = std::from_chars(parameter.text.data(), end, target.limit);
    if (error != std::errc() || stop != end)
        scope_.fail(parameter.at,
                    "found '" + parameter.text + "', expected a number of characters");
}

void TargetCompiler::translate(TargetCode& target, const TargetSyntax& syntax) {
    const ParameterSyntax& table = syntax.parameters[1];
    if (table.kind != Kind::text)
        return scope_.fail(table.at,
                           "found '" + table.text + "', expected the name of a table in quotes");
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
                "found '" + wanted.text +
                    "', expected 'code', 'Coding', 'CodeableConcept', 'display' or 'system'" +
                    suggestion(wanted.text, all));
}

/// evaluate(object, 'expression'): the expression is a text, or stands as it is.
void TargetCompiler::evaluate(TargetCode& target, const TargetSyntax& syntax) {
    if (syntax.parameters.size() != 2) return;
    const ParameterSyntax& expression = syntax.parameters[1];
    if (expression.kind != Kind::text) return;
    ParameterCode& code = target.parameters[1];
    code.kind = ParameterCode::Kind::path;
    code.path = scope_.path({expression.text, expression.at + 1});
}

}  // namespace fml
