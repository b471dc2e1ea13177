#include "fml_scope.h"

#include <algorithm>

namespace fml {

using Kind = ParameterSyntax::Kind;

void Scope::enter(const Unit& unit, GroupCode* group) {
    unit_ = &unit;
    group_ = group;
    variables_.clear();
}

void Scope::fail(At at, const std::string& text) { findings_.error(unit_->text->place(at), text); }

void Scope::warn(At at, const std::string& text) {
    findings_.warning(unit_->text->place(at), text);
}

const Variable* Scope::find(std::string_view name) const {
    for (std::size_t i = variables_.size(); i-- > 0;)
        if (variables_[i].name == name) return &variables_[i];
    return nullptr;
}

std::vector<std::string> Scope::names(bool targetsOnly) const {
    std::vector<std::string> all;
    for (const Variable& variable : variables_)
        if (!variable.name.empty() && (variable.target || !targetsOnly))
            all.push_back(variable.name);
    if (!targetsOnly)
        for (const auto& [name, slot] : unit_->constants) all.push_back(name);
    return all;
}

/// The variable, or nothing, reported.
std::optional<Variable> Scope::variable(const Word& word, bool asTarget) {
    if (const Variable* const found = find(word.text)) {
        if (!asTarget || found->target) return *found;
        fail(word.at, "found '" + word.text + "', which is no target, expected a target variable" +
                          suggestion(word.text, names(true)));
        return std::nullopt;
    }
    if (!asTarget)
        for (const auto& [name, slot] : unit_->constants)
            if (name == word.text) return Variable{name, slot, false, nullptr};
    fail(word.at, "found '" + word.text + "', expected a variable that the rule knows" +
                      suggestion(word.text, names(asTarget)));
    return std::nullopt;
}

Slot Scope::declare(std::string name, bool target, const ModelType* type) {
    const Slot slot = static_cast<Slot>(variables_.size());
    variables_.push_back({std::move(name), slot, target, type});
    group_->slots = std::max(group_->slots, variables_.size());
    return slot;
}

const GroupCode* Scope::findGroup(const Word& wanted) {
    std::vector<const GroupEntry*> found;
    for (const GroupEntry& group : groups) {
        if (group.hidden || group.syntax->name.text != wanted.text) continue;
        if (&group.unit->whole() == &unit_->whole()) return group.code;
        found.push_back(&group);
    }
    if (found.size() == 1) return found[0]->code;
    if (found.size() > 1) {
        fail(wanted.at, "found group '" + wanted.text + "' in " + found[0]->unit->shown +
                            " and in " + found[1]->unit->shown + ", expected one");
        return nullptr;
    }
    std::vector<std::string> all;
    for (const GroupEntry& group : groups) all.push_back(group.syntax->name.text);
    fail(wanted.at, "found group '" + wanted.text +
                        "', expected a group of this map or its imports" +
                        suggestion(wanted.text, all));
    return nullptr;
}

const PathCode* Scope::path(const PathText& syntax) {
    const std::vector<std::string> known = names();
    std::optional<fhirpath::Expression> compiled = fhirpath::Expression::compile(
        syntax.text, unit_->text->place(syntax.at), findings_, nullptr, known, models_);
    if (!compiled) return nullptr;
    PathCode& code = program_.paths.emplace_back(PathCode{std::move(*compiled), {}});
    const auto mention = [&](const std::string& name, Slot slot) {
        for (const auto& [other, there] : code.variables)
            if (other == name) return;
        if (!name.empty() && syntax.text.find(name) != std::string::npos)
            code.variables.emplace_back(name, slot);
    };
    for (std::size_t i = variables_.size(); i-- > 0;)
        mention(variables_[i].name, variables_[i].slot);
    for (const auto& [name, slot] : unit_->constants) mention(name, slot);
    return &code;
}

ParameterCode Scope::parameter(const ParameterSyntax& syntax, bool asTarget) {
    ParameterCode code;
    using Type = fhirpath::Value::Type;
    switch (syntax.kind) {
        case Kind::text: code.literal.push_back(fhirpath::Value::string(syntax.text)); break;
        case Kind::boolean:
            code.literal.push_back(fhirpath::Value::of(syntax.text == "true"));
            break;
        case Kind::number:
            code.literal.push_back(fhirpath::Value::scalar(
                syntax.text.find('.') == std::string::npos ? Type::integer : Type::decimal,
                syntax.text));
            break;
        case Kind::variable:
            code.kind = ParameterCode::Kind::variable;
            if (const auto found = variable({syntax.text, syntax.at}, asTarget))
                code.slot = found->slot;
            break;
        case Kind::path:
            code.kind = ParameterCode::Kind::path;
            code.path = path({syntax.text, syntax.at});
            break;
    }
    return code;
}

std::optional<CallCode> Scope::call(const CallSyntax& syntax) {
    const GroupCode* const group = findGroup(syntax.name);
    if (group == nullptr) return std::nullopt;
    if (syntax.parameters.size() != group->inputs.size()) {
        std::string shape;
        for (const GroupInput& input : group->inputs)
            shape += std::string(shape.empty() ? "" : ", ") +
                     (input.target ? "target " : "source ") + input.name;
        fail(syntax.name.at, "found group '" + syntax.name.text + "' with " +
                                 std::to_string(syntax.parameters.size()) +
                                 " parameters, expected " + std::to_string(group->inputs.size()) +
                                 ": " + syntax.name.text + "(" + shape + ")");
        return std::nullopt;
    }
    CallCode code;
    code.group = group;
    for (std::size_t i = 0; i < syntax.parameters.size(); ++i) {
        const ParameterSyntax& given = syntax.parameters[i];
        const GroupInput& input = group->inputs[i];
        if (input.target && given.kind != Kind::variable)
            fail(given.at,
                 "found a value for target '" + input.name + "', expected a target variable");
        else
            code.parameters.push_back(parameter(given, input.target));
        checkType(given, input);
    }
    return code;
}

void Scope::checkType(const ParameterSyntax& parameter, const GroupInput& input) {
    if (parameter.kind != Kind::variable || input.type == nullptr) return;
    const Variable* const given = find(parameter.text);
    if (given == nullptr || given->type == nullptr) return;
    if (given->type->isA(input.type->name) || input.type->isA(given->type->name)) return;
    // Source and target of one name may come from models of two versions.
    if (given->type->kind == ModelType::Kind::primitive &&
        input.type->kind == ModelType::Kind::primitive)
        return;
    fail(parameter.at, "found '" + parameter.text + "' of type " +
                           std::string(given->type->name.text()) + ", expected " +
                           std::string(input.type->name.text()));
}

void Scope::unknownElement(const ModelType& type, const Word& step) {
    fail(step.at, "found element '" + step.text + "', expected one of " +
                      std::string(type.name.text()) + suggestion(step.text, elementNames(type)));
}

}  // namespace fml
