#include "fml_compiler.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "fml_reason.h"
#include "fml_units.h"

namespace fml {
namespace {

using gateway::Findings;
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

/// A variable that rules may name.
struct Variable {
    std::string name;  ///< empty: a source without a name
    Slot slot = kNoSlot;
    bool target = false;
    const ModelType* type = nullptr;
};

/// A group as it is written, beside its code.
struct GroupEntry {
    const Unit* unit;
    const GroupSyntax* syntax;
    GroupCode* code;
};

class Compiler {
public:
    Compiler(const std::string& file, const gateway::MapSurroundings& around, Findings& findings)
        : program_(std::make_unique<Program>()),
          units_(around, file, *program_, findings),
          models_(around.models),
          findings_(findings) {
        program_->file = file;
    }

    std::unique_ptr<const Program> run(std::string text) {
        const std::size_t before = findings_.errors();
        units_.load(std::move(text));
        for (Unit& unit : units_.all()) constants(unit);
        for (Unit& unit : units_.all()) declareGroups(unit);
        for (const GroupEntry& group : groups_) inherit(group);
        for (const GroupEntry& group : groups_) compileGroup(group);
        findLoops();
        entry();
        program_->version = units_.version();
        return findings_.errors() == before ? std::move(program_) : nullptr;
    }

private:
    void fail(const Unit& unit, At at, const std::string& text) {
        findings_.error(unit.text->place(at), text);
    }

    // ---- declarations ----

    void constants(Unit& unit) {
        unit_ = &unit;
        scope_.clear();
        for (const ConstantSyntax& syntax : unit.syntax.constants) {
            const PathCode* const code = path(syntax.value);
            if (code == nullptr) continue;
            const Slot slot = constantSlot(program_->constants.size());
            program_->constants.push_back(code);
            unit.constants.emplace_back(syntax.name.text, slot);
        }
    }

    void declareGroups(Unit& unit) {
        for (const GroupSyntax& syntax : unit.syntax.groups) {
            for (const GroupEntry& other : groups_)
                if (other.unit == &unit && other.syntax->name.text == syntax.name.text)
                    fail(unit, syntax.name.at,
                         "found group '" + syntax.name.text +
                             "' a second time, the first is in line " +
                             std::to_string(unit.text->place(other.syntax->name.at).line));
            GroupCode& code = program_->groups.emplace_back();
            code.name = syntax.name.text;
            for (const InputSyntax& input : syntax.inputs) {
                const TypeRef type = units_.type(unit, input.type, input.target);
                code.inputs.push_back({input.name.text, input.target, type.type, type.name});
            }
            groups_.push_back({&unit, &syntax, &code});
            standard(unit, syntax, code);
        }
    }

    void standard(const Unit& unit, const GroupSyntax& syntax, const GroupCode& code) {
        if (syntax.standard == GroupSyntax::Default::no) return;
        const GroupInput *source = nullptr, *target = nullptr;
        for (const GroupInput& input : code.inputs) {
            const GroupInput*& side = input.target ? target : source;
            if (side == nullptr) side = &input;
        }
        if (source == nullptr || target == nullptr || source->typeName.empty() ||
            target->typeName.empty())
            return fail(unit, syntax.name.at,
                        "found a default group without types, expected a source and a target with "
                        "their types");
        DefaultGroup group{Name::permanent(source->typeName), Name::permanent(target->typeName),
                           target->type, syntax.standard == GroupSyntax::Default::typeAndTypes,
                           &code};
        for (const DefaultGroup& other : program_->defaults)
            if (other.source == group.source && other.target == group.target)
                fail(unit, syntax.name.at,
                     "found a second default group for " + source->typeName + " and " +
                         target->typeName + ", the first is '" + other.group->name + "'");
        program_->defaults.push_back(group);
    }

    void inherit(const GroupEntry& group) {
        const Word& wanted = group.syntax->extends;
        if (wanted.empty()) return;
        unit_ = group.unit;
        const GroupCode* const base = findGroup(wanted);
        if (base == nullptr) return;
        if (base->inputs.size() > group.code->inputs.size())
            return fail(*group.unit, wanted.at,
                        "found group '" + wanted.text + "' with " +
                            std::to_string(base->inputs.size()) + " parameters, expected at most " +
                            std::to_string(group.code->inputs.size()));
        for (const GroupCode* at = base; at != nullptr; at = at->extends)
            if (at == group.code)
                return fail(*group.unit, wanted.at,
                            "found a group that extends itself by way of '" + wanted.text + "'");
        group.code->extends = base;
    }

    void entry() {
        if (units_.all().empty() || units_.all().front().syntax.groups.empty()) return;
        const GroupEntry& first = groups_.front();
        const GroupCode& code = *first.code;
        program_->entry = &code;
        std::size_t sources = 0, targets = 0;
        for (std::size_t i = 0; i < code.inputs.size(); ++i) {
            if (code.inputs[i].target && targets++ == 0) program_->entryTarget = i;
            if (!code.inputs[i].target && sources++ == 0) program_->entrySource = i;
        }
        if (sources != 1 || targets != 1)
            return fail(*first.unit, first.syntax->name.at,
                        "found a first group with " + std::to_string(sources) + " sources and " +
                            std::to_string(targets) +
                            " targets, expected one of each: the map begins there");
        const GroupInput& target = code.inputs[program_->entryTarget];
        program_->rootType = target.type;
        program_->rootName = target.typeName;
        if (target.type && target.type->abstract)
            fail(*first.unit, first.syntax->name.at,
                 "found abstract type '" + target.typeName + "', expected what is to be made");
        if (program_->rootName.empty())
            fail(*first.unit, first.syntax->name.at,
                 "found target '" + target.name + "' without a type, expected '" + target.name +
                     " : Type': the first group says what is made");
    }

    // ---- names ----

    const Variable* find(std::string_view name) const {
        for (std::size_t i = scope_.size(); i-- > 0;)
            if (scope_[i].name == name) return &scope_[i];
        return nullptr;
    }

    std::vector<std::string> names(bool targetsOnly = false) const {
        std::vector<std::string> all;
        for (const Variable& variable : scope_)
            if (!variable.name.empty() && (variable.target || !targetsOnly))
                all.push_back(variable.name);
        if (!targetsOnly)
            for (const auto& [name, slot] : unit_->constants) all.push_back(name);
        return all;
    }

    /// The variable, or nothing, reported.
    std::optional<Variable> variable(const Word& word, bool asTarget) {
        if (const Variable* const found = find(word.text)) {
            if (!asTarget || found->target) return *found;
            fail(*unit_, word.at,
                 "found '" + word.text + "', which is no target, expected a target variable" +
                     suggestion(word.text, names(true)));
            return std::nullopt;
        }
        if (!asTarget)
            for (const auto& [name, slot] : unit_->constants)
                if (name == word.text) return Variable{name, slot, false, nullptr};
        fail(*unit_, word.at,
             "found '" + word.text + "', expected a variable that the rule knows" +
                 suggestion(word.text, names(asTarget)));
        return std::nullopt;
    }

    Slot declare(std::string name, bool target, const ModelType* type) {
        const Slot slot = static_cast<Slot>(scope_.size());
        scope_.push_back({std::move(name), slot, target, type});
        group_->slots = std::max(group_->slots, scope_.size());
        return slot;
    }

    const GroupCode* findGroup(const Word& wanted) {
        std::vector<const GroupEntry*> found;
        for (const GroupEntry& group : groups_) {
            if (group.syntax->name.text != wanted.text) continue;
            if (group.unit == unit_) return group.code;
            found.push_back(&group);
        }
        if (found.size() == 1) return found[0]->code;
        if (found.size() > 1) {
            fail(*unit_, wanted.at,
                 "found group '" + wanted.text + "' in " + found[0]->unit->shown + " and in " +
                     found[1]->unit->shown + ", expected one");
            return nullptr;
        }
        std::vector<std::string> all;
        for (const GroupEntry& group : groups_) all.push_back(group.syntax->name.text);
        fail(*unit_, wanted.at,
             "found group '" + wanted.text + "', expected a group of this map or its imports" +
                 suggestion(wanted.text, all));
        return nullptr;
    }

    const PathCode* path(const PathText& syntax) {
        const std::vector<std::string> known = names();
        std::optional<fhirpath::Expression> compiled = fhirpath::Expression::compile(
            syntax.text, unit_->text->place(syntax.at), findings_, nullptr, known, models_);
        if (!compiled) return nullptr;
        PathCode& code = program_->paths.emplace_back(PathCode{std::move(*compiled), {}});
        const auto mention = [&](const std::string& name, Slot slot) {
            for (const auto& [other, there] : code.variables)
                if (other == name) return;
            if (!name.empty() && syntax.text.find(name) != std::string::npos)
                code.variables.emplace_back(name, slot);
        };
        for (std::size_t i = scope_.size(); i-- > 0;) mention(scope_[i].name, scope_[i].slot);
        for (const auto& [name, slot] : unit_->constants) mention(name, slot);
        return &code;
    }

    // ---- groups and rules ----

    void compileGroup(const GroupEntry& group) {
        unit_ = group.unit;
        group_ = group.code;
        scope_.clear();
        for (std::size_t i = 0; i < group.code->inputs.size(); ++i) {
            const GroupInput& input = group.code->inputs[i];
            if (find(input.name))
                fail(*unit_, group.syntax->inputs[i].name.at,
                     "found parameter '" + input.name + "' a second time");
            declare(input.name, input.target, input.type);
        }
        for (const RuleSyntax& rule : group.syntax->rules)
            group.code->rules.push_back(compileRule(rule));
    }

    RuleCode compileRule(const RuleSyntax& syntax) {
        const std::size_t outside = scope_.size();
        RuleCode rule;
        rule.where = unit_->shown;
        const gateway::Place place = unit_->text->place(syntax.at);
        rule.where += ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
        if (!syntax.name.empty()) {
            rule.where += " " + syntax.name.text;
            rule.name = reasonOf(syntax.name.text);
        }
        rule.simple = isSimple(syntax);
        for (const SourceSyntax& source : syntax.sources)
            rule.sources.push_back(compileSource(source));
        for (const TargetSyntax& target : syntax.targets)
            rule.targets.push_back(compileTarget(target, rule.simple));
        for (const CallSyntax& call : syntax.calls)
            if (auto code = compileCall(call)) {
                noteLoop(syntax, *code, call.name.at);
                rule.calls.push_back(std::move(*code));
            }
        for (const RuleSyntax& inner : syntax.rules) rule.rules.push_back(compileRule(inner));
        scope_.resize(outside);
        return rule;
    }

    static bool isSimple(const RuleSyntax& rule) {
        if (rule.sources.size() != 1 || rule.targets.size() != 1) return false;
        const SourceSyntax& source = rule.sources[0];
        const TargetSyntax& target = rule.targets[0];
        return !source.steps.empty() && source.variable.empty() && !target.context.empty() &&
               !target.steps.empty() && target.variable.empty() && target.transform.empty() &&
               rule.calls.empty() && rule.rules.empty();
    }

    SourceCode compileSource(const SourceSyntax& syntax) {
        SourceCode source;
        const ModelType* type = nullptr;
        if (const auto context = variable(syntax.context, false)) {
            source.context = context->slot;
            type = context->type;
        }
        for (const Word& step : syntax.steps) {
            Name name = Name::permanent(step.text);
            if (type && !type->abstract && !type->elements.empty()) {
                const ElementRef ref = findElement(*type, name);
                if (ref.element) {
                    if (!(ref.name == name) && ref.type) {
                        source.type = ref.type->name;
                        source.modelType = ref.type;
                    }
                    name = ref.name;
                    type = ref.type;
                } else if (type->kind != ModelType::Kind::primitive || step.text != "value") {
                    unknownElement(*type, step);
                    type = nullptr;
                }
            } else if (!type || type->kind != ModelType::Kind::primitive || step.text != "value") {
                type = nullptr;
            }
            source.steps.push_back(name);
        }
        if (!syntax.type.empty()) {
            const TypeRef filter = units_.type(*unit_, syntax.type, false);
            source.type = Name::permanent(filter.name);
            source.modelType = filter.type;
            type = filter.type;
        }
        source.count = syntax.count;
        source.list = listMode(syntax.list.text);
        if (!syntax.otherwise.empty()) source.otherwise = path(defaultPath(syntax.otherwise));
        source.slot = declare(syntax.variable.text, false, type);
        if (!syntax.where.empty()) source.where = path(syntax.where);
        if (!syntax.check.empty()) source.check = path(syntax.check);
        if (!syntax.log.empty()) source.log = logText(syntax.log);
        return source;
    }

    void unknownElement(const ModelType& type, const Word& step) {
        fail(*unit_, step.at,
             "found element '" + step.text + "', expected one of " + std::string(type.name.text()) +
                 suggestion(step.text, elementNames(type)));
    }

    static ListMode listMode(std::string_view word) {
        if (word == "first") return ListMode::first;
        if (word == "not_first") return ListMode::notFirst;
        if (word == "last") return ListMode::last;
        if (word == "not_last") return ListMode::notLast;
        if (word == "only_one") return ListMode::onlyOne;
        return ListMode::all;
    }

    /// R3 and R4 write default "text"; FHIRPath has only 'text'.
    PathText defaultPath(const PathText& syntax) const {
        Lexer lexer(syntax.text);
        const bool inside = lexer.peek().is("(");
        if (inside) lexer.next();
        const Token token = lexer.next();
        if (token.kind != Token::Kind::wide) return syntax;
        std::string quoted = "'";
        for (const char c : token.value) {
            if (c == '\'' || c == '\\') quoted += '\\';
            quoted += c;
        }
        return {quoted + "'", syntax.at};
    }

    /// Reports show people only what the map's author wrote, never a value found: so a text.
    gateway::Reason logText(const PathText& syntax) {
        Lexer lexer(syntax.text);
        const bool inside = lexer.peek().is("(");
        if (inside) lexer.next();
        const Token token = lexer.next();
        const bool closed = !inside || lexer.next().is(")");
        if (token.anyText() && closed && lexer.peek().kind == Token::Kind::end)
            return reasonOf(token.value);
        findings_.warning(unit_->text->place(syntax.at),
                          "found an expression after 'log', expected a text: reports never show "
                          "values found, so this log says only that the rule was reached");
        return {"the rule was reached", "la règle a été atteinte"};
    }

    // ---- targets ----

    TargetCode compileTarget(const TargetSyntax& syntax, bool simple) {
        TargetCode target;
        const ModelType* parent = nullptr;
        if (!syntax.context.empty()) {
            if (const auto context = variable(syntax.context, true)) {
                target.context = context->slot;
                parent = context->type;
            }
            if (syntax.steps.size() > 1)
                fail(*unit_, syntax.steps[1].at,
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
            target.slot = declare(syntax.variable.text, !alone, alone ? nullptr : type);
        return target;
    }

    /// Looks the element up where the parent's type is known now; returns its type.
    const ModelType* element(TargetCode& target, const ModelType* parent, const Word& step) {
        if (parent == nullptr || parent->abstract) return nullptr;
        if (parent->kind == ModelType::Kind::primitive && step.text == "value") {
            target.element = {};
            return parent;
        }
        target.ref = findElement(*parent, target.element);
        if (target.ref.element == nullptr) {
            unknownElement(*parent, step);
            return nullptr;
        }
        target.resolved = true;
        return target.ref.type && !target.ref.type->abstract ? target.ref.type : nullptr;
    }

    void placing(TargetCode& target, const TargetSyntax& syntax) {
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

    void transform(TargetCode& target, const TargetSyntax& syntax, const ModelType* type) {
        const Word& name = syntax.transform;
        const auto info = std::find_if(kTransforms.begin(), kTransforms.end(),
                                       [&](const TransformInfo& t) { return t.name == name.text; });
        if (info == kTransforms.end()) return callOrUnknown(target, syntax);
        target.transform = info->transform;
        const std::size_t count = syntax.parameters.size();
        if (count < info->least || count > info->most)
            return fail(*unit_, name.at,
                        "found '" + name.text + "' with " + std::to_string(count) +
                            " parameters, expected " + std::string(info->shape));
        if (syntax.context.empty() && !info->alone)
            return fail(*unit_, name.at,
                        "found '" + name.text + "' without a target, expected tgt.element = " +
                            std::string(info->shape));
        for (const ParameterSyntax& parameter : syntax.parameters)
            target.parameters.push_back(compileParameter(parameter, false));
        details(target, syntax, type);
    }

    void callOrUnknown(TargetCode& target, const TargetSyntax& syntax) {
        const Word& name = syntax.transform;
        if (syntax.context.empty()) {
            if (name.text == "escape" || name.text == "dateOp") return unsupported(name);
            target.transform = Transform::call;
            if (auto call = compileCall({name, syntax.parameters})) target.call = std::move(*call);
            return;
        }
        if (name.text == "escape" || name.text == "dateOp") return unsupported(name);
        std::vector<std::string> all;
        for (const TransformInfo& info : kTransforms) all.emplace_back(info.name);
        fail(*unit_, name.at,
             "found transform '" + name.text + "', expected one that exists" +
                 suggestion(name.text, all) + "; FHIRPath stands in parentheses: = (" + name.text +
                 "(…))");
    }

    void unsupported(const Word& name) {
        fail(*unit_, name.at,
             "found transform '" + name.text +
                 "', which the specification leaves undefined, "
                 "expected an expression in parentheses");
    }

    void details(TargetCode& target, const TargetSyntax& syntax, const ModelType* type) {
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

    void create(TargetCode& target, const TargetSyntax& syntax) {
        if (syntax.parameters.empty()) return;
        const ParameterSyntax& parameter = syntax.parameters[0];
        if (parameter.kind != Kind::text)
            return fail(*unit_, parameter.at,
                        "found '" + parameter.text + "', expected a type in quotes");
        const TypeRef created = units_.type(*unit_, {parameter.text, parameter.at}, true);
        target.type = created.type;
        target.typeName = Name::permanent(created.name);
        fits(target, parameter.at, created.name);
    }

    /// Whether the element may be of target.type.
    void fits(const TargetCode& target, At at, const std::string& name) {
        const ModelElement* const element = target.ref.element;
        if (!target.resolved || element == nullptr || target.type == nullptr) return;
        const bool wrong = target.ref.type && element->choice
                               ? !target.type->isA(target.ref.type->name)
                               : !allows(*element, *target.type);
        if (wrong)
            fail(*unit_, at,
                 "found type '" + name + "', expected " + typeList(*element) + " for element '" +
                     std::string(element->name.text()) + "'");
        else if (target.type->abstract)
            fail(*unit_, at, "found abstract type '" + name + "', expected one that can be made");
    }

    void makes(TargetCode& target, const TargetSyntax& syntax, const std::string& name,
               const ModelType* type) {
        target.typeName = Name::permanent(name);
        for (const Model* const model : unit_->targetModels)
            if (target.type == nullptr) target.type = model->type(target.typeName);
        if (type && type->name == target.typeName) return;
        fits(target, syntax.transform.at, name);
    }

    void castType(TargetCode& target, const ParameterSyntax& parameter) {
        static const std::vector<std::string> kTypes = {
            "string", "code",     "id",      "uri",     "url",          "canonical",   "oid",
            "uuid",   "markdown", "boolean", "integer", "positiveInt",  "unsignedInt", "decimal",
            "date",   "dateTime", "instant", "time",    "base64Binary", "integer64"};
        if (std::find(kTypes.begin(), kTypes.end(), parameter.text) == kTypes.end())
            return fail(*unit_, parameter.at,
                        "found type '" + parameter.text + "', expected a primitive type" +
                            suggestion(parameter.text, kTypes));
        target.typeName = Name::permanent(parameter.text);
        for (const Model* const model : unit_->targetModels)
            if (target.type == nullptr) target.type = model->type(target.typeName);
    }

    void truncate(TargetCode& target, const ParameterSyntax& parameter) {
        const char* const end = parameter.text.data() + parameter.text.size();
        const auto [stop, error] = std::from_chars(parameter.text.data(), end, target.limit);
        if (error != std::errc() || stop != end)
            fail(*unit_, parameter.at,
                 "found '" + parameter.text + "', expected a number of characters");
    }

    void translate(TargetCode& target, const TargetSyntax& syntax) {
        const ParameterSyntax& table = syntax.parameters[1];
        if (table.kind != Kind::text)
            return fail(*unit_, table.at,
                        "found '" + table.text + "', expected the name of a table in quotes");
        target.table = units_.table(*unit_, {table.text, table.at});
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
        fail(*unit_, wanted.at,
             "found '" + wanted.text +
                 "', expected 'code', 'Coding', 'CodeableConcept', 'display' or 'system'" +
                 suggestion(wanted.text, all));
    }

    /// evaluate(object, 'expression'): the expression is a text, or stands as it is.
    void evaluate(TargetCode& target, const TargetSyntax& syntax) {
        if (syntax.parameters.size() != 2) return;
        const ParameterSyntax& expression = syntax.parameters[1];
        if (expression.kind != Kind::text) return;
        ParameterCode& code = target.parameters[1];
        code.kind = ParameterCode::Kind::path;
        code.path = path({expression.text, expression.at + 1});
    }

    // ---- parameters and calls ----

    ParameterCode compileParameter(const ParameterSyntax& syntax, bool asTarget) {
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

    std::optional<CallCode> compileCall(const CallSyntax& syntax) {
        const GroupCode* const group = findGroup(syntax.name);
        if (group == nullptr) return std::nullopt;
        if (syntax.parameters.size() != group->inputs.size()) {
            std::string shape;
            for (const GroupInput& input : group->inputs)
                shape += std::string(shape.empty() ? "" : ", ") +
                         (input.target ? "target " : "source ") + input.name;
            fail(*unit_, syntax.name.at,
                 "found group '" + syntax.name.text + "' with " +
                     std::to_string(syntax.parameters.size()) + " parameters, expected " +
                     std::to_string(group->inputs.size()) + ": " + syntax.name.text + "(" + shape +
                     ")");
            return std::nullopt;
        }
        CallCode call;
        call.group = group;
        for (std::size_t i = 0; i < syntax.parameters.size(); ++i) {
            const ParameterSyntax& parameter = syntax.parameters[i];
            const GroupInput& input = group->inputs[i];
            if (input.target && parameter.kind != Kind::variable)
                fail(*unit_, parameter.at,
                     "found a value for target '" + input.name + "', expected a target variable");
            else
                call.parameters.push_back(compileParameter(parameter, input.target));
            checkType(parameter, input);
        }
        return call;
    }

    void checkType(const ParameterSyntax& parameter, const GroupInput& input) {
        if (parameter.kind != Kind::variable || input.type == nullptr) return;
        const Variable* const given = find(parameter.text);
        if (given == nullptr || given->type == nullptr) return;
        if (given->type->isA(input.type->name) || input.type->isA(given->type->name)) return;
        // Source and target of one name may come from models of two versions.
        if (given->type->kind == ModelType::Kind::primitive &&
            input.type->kind == ModelType::Kind::primitive)
            return;
        fail(*unit_, parameter.at,
             "found '" + parameter.text + "' of type " + std::string(given->type->name.text()) +
                 ", expected " + std::string(input.type->name.text()));
    }

    // ---- recursion that cannot end ----

    /// A call that is made each time its group runs, with nothing taken one step further down.
    struct Loop {
        const GroupCode *from, *to;
        const Unit* unit;
        At at;
    };

    void noteLoop(const RuleSyntax& rule, const CallCode& call, At at) {
        const bool always =
            std::all_of(rule.sources.begin(), rule.sources.end(), [](const auto& s) {
                return s.steps.empty() && s.where.empty() && s.check.empty() && s.type.empty();
            });
        // Inside a block the rules around decide too.
        if (always && scope_.size() >= group_->inputs.size() && depthOf(rule) == 0)
            loops_.push_back({group_, call.group, unit_, at});
    }

    int depthOf(const RuleSyntax& rule) const {
        for (const GroupEntry& group : groups_)
            if (group.code == group_)
                for (const RuleSyntax& own : group.syntax->rules)
                    if (&own == &rule) return 0;
        return 1;
    }

    void findLoops() {
        for (const Loop& start : loops_) {
            std::vector<const GroupCode*> reached{start.to};
            for (std::size_t i = 0; i < reached.size(); ++i)
                for (const Loop& next : loops_)
                    if (next.from == reached[i] &&
                        std::find(reached.begin(), reached.end(), next.to) == reached.end())
                        reached.push_back(next.to);
            if (std::find(reached.begin(), reached.end(), start.from) == reached.end()) continue;
            fail(*start.unit, start.at,
                 "found group '" + start.to->name +
                     "' called without end: nothing goes one element further, expected a source "
                     "element or a condition on the way");
            return;
        }
    }

    std::unique_ptr<Program> program_;
    Units units_;
    const std::vector<const Model*>& models_;
    Findings& findings_;
    std::deque<GroupEntry> groups_;
    std::vector<std::string> shares_;
    std::vector<Loop> loops_;
    const Unit* unit_ = nullptr;
    GroupCode* group_ = nullptr;
    std::vector<Variable> scope_;
};

}  // namespace

std::unique_ptr<const Program> compileMap(const std::string& file,
                                          const gateway::MapSurroundings& around,
                                          Findings& findings) {
    std::optional<std::string> text = readFile(file);
    if (text) return compileMap(file, std::move(*text), around, findings);
    findings.error({file, 0, 0}, "found no readable file, expected a map");
    return nullptr;
}

std::unique_ptr<const Program> compileMap(const std::string& file, std::string text,
                                          const gateway::MapSurroundings& around,
                                          Findings& findings) {
    return Compiler(file, around, findings).run(std::move(text));
}

}  // namespace fml
