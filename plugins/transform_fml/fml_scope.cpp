#include "fml_scope.h"

#include <algorithm>

#include "gateway/config.h"

namespace fml {

using gateway::Reason;
using gateway::say;
using Kind = ParameterSyntax::Kind;

namespace {

/// FHIRPath has texts in '…' alone; maps of R3 and R4 also write "…". What stands around keeps its
/// place.
std::string plainQuotes(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    char inside = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (inside && c == '\\' && i + 1 < text.size()) {
            out += c;
            out += text[++i];
        } else if (!inside && text.substr(i, 2) == "//") {
            const auto end = std::min(text.find('\n', i), text.size());
            out += text.substr(i, end - i);
            i = end - 1;
        } else if (c == '"' && (inside == 0 || inside == '"')) {
            inside = inside ? 0 : '"';
            out += '\'';
        } else if (inside == '"' && c == '\'') {
            out += "\\'";
        } else {
            if ((c == '\'' || c == '`') && (inside == 0 || inside == c)) inside = inside ? 0 : c;
            out += c;
        }
    }
    return out;
}

/// What the gateway gives each map, beside the values of a partner.
const std::vector<std::string> kContext = {"source",   "network",     "time",        "partner",
                                           "category", "destination", "delivery-id", "control-id"};

}  // namespace

void Scope::enter(const Unit& unit, GroupCode* group) {
    unit_ = &unit;
    group_ = group;
    variables_.clear();
}

void Scope::fail(At at, const Reason& text) { findings_.error(place(at), text); }

void Scope::warn(At at, const Reason& text) { findings_.warning(place(at), text); }

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
        fail(word.at, say("found '{0}', which is no target, expected a target variable{1}",
                          "trouvé « {0} », qui n'est pas une cible, attendu une variable cible{1}",
                          {word.text, gateway::didYouMean(word.text, names(true))}));
        return std::nullopt;
    }
    if (!asTarget)
        for (const auto& [name, slot] : unit_->constants)
            if (name == word.text) return Variable{name, slot, false, nullptr};
    fail(word.at, say("found '{0}', expected a variable that the rule knows{1}",
                      "trouvé « {0} », attendu une variable que la règle connaît{1}",
                      {word.text, gateway::didYouMean(word.text, names(asTarget))}));
    return std::nullopt;
}

Slot Scope::declare(std::string name, bool target, const ModelType* type) {
    const Slot slot = static_cast<Slot>(variables_.size());
    variables_.push_back({std::move(name), slot, target, type});
    group_->slots = std::max(group_->slots, variables_.size());
    return slot;
}

const GroupCode* Scope::findGroup(const Word& wanted) {
    std::vector<GroupEntry*> found;
    for (GroupEntry& group : groups) {
        if (group.hidden || group.syntax->name.text != wanted.text) continue;
        group.called = true;
        if (&group.unit->whole() == &unit_->whole()) return group.code;
        found.push_back(&group);
    }
    if (found.size() == 1) return found[0]->code;
    if (found.size() > 1) {
        fail(wanted.at, say("found group '{0}' in {1} and in {2}, expected one",
                            "trouvé le groupe « {0} » dans {1} et dans {2}, attendu un seul",
                            {wanted.text, found[0]->unit->shown, found[1]->unit->shown}));
        return nullptr;
    }
    std::vector<std::string> all;
    for (const GroupEntry& group : groups) all.push_back(group.syntax->name.text);
    fail(wanted.at,
         say("found group '{0}', expected a group of this map or its imports{1}",
             "trouvé le groupe « {0} », attendu un groupe de cette transformation ou de ses "
             "imports{1}",
             {wanted.text, gateway::didYouMean(wanted.text, all)}));
    return nullptr;
}

const PathCode* Scope::path(const PathText& syntax, const ModelType* focus) {
    std::optional<fhirpath::Expression> compiled = fhirpath::Expression::compile(
        plainQuotes(syntax.text), place(syntax.at), findings_, nullptr, names(), models_);
    if (!compiled) return nullptr;
    checkNames(*compiled, focus);
    checkContext(*compiled);
    PathCode& code = program_.paths.emplace_back(PathCode{std::move(*compiled), {}});
    for (const std::string& name : code.expression.variables()) {
        Slot& found = code.variables.emplace_back(kNoSlot);
        for (const auto& [constant, slot] : unit_->constants)
            if (constant == name) found = slot;
        if (const Variable* const variable = find(name)) found = variable->slot;
    }
    return &code;
}

void Scope::checkNames(const fhirpath::Expression& expression, const ModelType* focus) {
    gateway::Findings names;
    expression.check(focus, models_, names, [this](std::string_view name) -> const ModelType* {
        const Variable* const variable = find(name);
        return variable ? variable->type : nullptr;
    });
    // What follows from one mistake is not told again.
    if (!names.all().empty()) {
        const gateway::Finding& first = names.all().front();
        findings_.error(first.where, {first.text, first.fr});
    }
}

/// Partners may be given any value; what is nearly a name of the gateway's own is most likely that.
void Scope::checkContext(const fhirpath::Expression& expression) {
    for (const auto& [name, where] : expression.contextNames()) {
        if (std::find(kContext.begin(), kContext.end(), name) != kContext.end()) continue;
        const std::string near = gateway::nearest(name, kContext);
        if (near.empty()) continue;
        findings_.warning(where,
                          say("found %context-{0}, expected a name that the gateway gives (did you "
                              "mean `context-{1}`?) or one of a partner's 'values:'",
                              "trouvé %context-{0}, attendu un nom que la passerelle donne "
                              "(vouliez-vous dire `context-{1}` ?) ou une des « values: » d'un "
                              "partenaire",
                              {name, near}));
    }
}

const PathCode* Scope::condition(const PathText& syntax, const ModelType* focus) {
    Lexer lexer(syntax.text);
    const Token first = lexer.next();
    if (first.kind == Token::Kind::wide && lexer.peek().kind == Token::Kind::end)
        return path({first.value, syntax.at + 1}, focus);
    return path(syntax, focus);
}

ParameterCode Scope::parameter(const ParameterSyntax& syntax, bool asTarget,
                               const ModelType* focus) {
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
            code.path = path({syntax.text, syntax.at}, focus);
            break;
    }
    return code;
}

std::optional<CallCode> Scope::call(const CallSyntax& syntax, const ModelType* focus) {
    const GroupCode* const group = findGroup(syntax.name);
    if (group == nullptr) return std::nullopt;
    if (syntax.parameters.size() != group->inputs.size()) {
        std::string shape;
        for (const GroupInput& input : group->inputs)
            shape += std::string(shape.empty() ? "" : ", ") +
                     (input.target ? "target " : "source ") + input.name;
        fail(syntax.name.at,
             say("found group '{0}' with {1} parameters, expected {2}: {0}({3})",
                 "trouvé le groupe « {0} » avec {1} paramètres, attendu {2} : {0}({3})",
                 {syntax.name.text, std::to_string(syntax.parameters.size()),
                  std::to_string(group->inputs.size()), shape}));
        return std::nullopt;
    }
    CallCode code;
    code.group = group;
    for (std::size_t i = 0; i < syntax.parameters.size(); ++i) {
        const ParameterSyntax& given = syntax.parameters[i];
        const GroupInput& input = group->inputs[i];
        if (input.target && given.kind != Kind::variable)
            fail(given.at, say("found a value for target '{0}', expected a target variable",
                               "trouvé une valeur pour la cible « {0} », attendu une variable "
                               "cible",
                               {input.name}));
        else
            code.parameters.push_back(parameter(given, input.target, focus));
        checkType(given, input);
    }
    return code;
}

void Scope::checkType(const ParameterSyntax& parameter, const GroupInput& input) {
    if (parameter.kind != Kind::variable || input.type == nullptr) return;
    const Variable* const given = find(parameter.text);
    if (given == nullptr || given->type == nullptr) return;
    if (input.target && !given->target) return;  // told already
    if (related(*given->type, *input.type)) return;
    // Source and target of one name may come from models of two versions.
    if (given->type->kind == ModelType::Kind::primitive &&
        input.type->kind == ModelType::Kind::primitive)
        return;
    fail(parameter.at,
         say("found '{0}' of type {1}, expected {2}", "trouvé « {0} » de type {1}, attendu {2}",
             {parameter.text, given->type->name.text(), input.type->name.text()}));
}

void Scope::unknownElement(const ModelType& type, const Word& step) {
    fail(step.at,
         say("found element '{0}', expected one of {1}{2}",
             "trouvé l'élément « {0} », attendu un de {1}{2}",
             {step.text, type.name.text(), gateway::didYouMean(step.text, elementNames(type))}));
}

}  // namespace fml
