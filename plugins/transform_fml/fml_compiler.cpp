#include "fml_compiler.h"

#include <algorithm>

#include "fml_reason.h"
#include "fml_target_compiler.h"
#include "gateway/config.h"

namespace fml {
namespace {

using gateway::Findings;

class Compiler {
public:
    Compiler(const std::string& file, const gateway::MapSurroundings& around, Findings& findings)
        : program_(std::make_unique<Program>()),
          units_(around, file, *program_, findings),
          scope_(*program_, around.models, findings),
          targets_(scope_, units_),
          findings_(findings) {
        program_->file = file;
    }

    std::unique_ptr<const Program> run(std::string text) {
        const std::size_t before = findings_.errors();
        units_.load(std::move(text));
        for (Unit& unit : units_.all()) constants(unit);
        for (Unit& unit : units_.all()) declareGroups(unit);
        for (const GroupEntry& group : scope_.groups) inherit(group);
        for (const GroupEntry& group : scope_.groups) compileGroup(group);
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
        scope_.enter(unit);
        for (const ConstantSyntax& syntax : unit.syntax.constants) {
            const PathCode* const code = scope_.path(syntax.value);
            if (code == nullptr) continue;
            const Slot slot = constantSlot(program_->constants.size());
            program_->constants.push_back(code);
            unit.constants.emplace_back(syntax.name.text, slot);
        }
        if (unit.base)  // which is declared before it
            unit.constants.insert(unit.constants.end(), unit.base->constants.begin(),
                                  unit.base->constants.end());
    }

    void declareGroups(Unit& unit) {
        if (unit.base) return;  // with the map that it changes
        for (const GroupSyntax& syntax : unit.syntax.groups) {
            const GroupSyntax* const other =
                unit.change ? unit.change->group(syntax.name.text) : nullptr;
            if (other == nullptr) {
                declareGroup(unit, syntax);
                continue;
            }
            GroupEntry& replaced = declareGroup(unit, syntax, true);
            GroupEntry& entry = declareGroup(*unit.change, *other);
            entry.replaced = replaced.code;
            // The map begins with its first group: with what stands in its place.
            std::swap(replaced, entry);
            checkReplaced(scope_.groups[scope_.groups.size() - 2]);
        }
        if (unit.change == nullptr) return;
        for (const GroupSyntax& syntax : unit.change->syntax.groups)
            if (unit.group(syntax.name.text) == nullptr) {
                checkNew(unit, syntax);
                declareGroup(*unit.change, syntax);
            } else if (unit.change->group(syntax.name.text) != &syntax) {
                declareGroup(*unit.change, syntax);  // which tells that it is the second one
            }
    }

    /// @param hidden  a network has another in its place
    GroupEntry& declareGroup(const Unit& unit, const GroupSyntax& syntax, bool hidden = false) {
        for (const GroupEntry& other : scope_.groups)
            if (other.unit == &unit && other.syntax->name.text == syntax.name.text)
                fail(unit, syntax.name.at,
                     "found group '" + syntax.name.text + "' a second time, the first is in line " +
                         std::to_string(unit.text->place(other.syntax->name.at).line));
        GroupCode& code = program_->groups.emplace_back();
        code.name = syntax.name.text;
        for (const InputSyntax& input : syntax.inputs) {
            const TypeRef type = units_.type(unit, input.type, input.target);
            code.inputs.push_back({input.name.text, input.target, type.type, type.name});
        }
        scope_.groups.push_back({&unit, &syntax, &code, nullptr, hidden});
        if (!hidden) standard(unit, syntax, code);
        return scope_.groups.back();
    }

    /// What a network puts in the place of a group is called as that is.
    void checkReplaced(const GroupEntry& entry) {
        const GroupCode& was = *entry.replaced;
        const GroupCode& is = *entry.code;
        bool same = was.inputs.size() == is.inputs.size();
        for (std::size_t i = 0; same && i < was.inputs.size(); ++i)
            same = was.inputs[i].target == is.inputs[i].target &&
                   was.inputs[i].typeName == is.inputs[i].typeName;
        const GroupSyntax& base = *entry.unit->base->group(is.name);
        if (same && base.standard == entry.syntax->standard) return;
        std::string shape;
        for (const GroupInput& input : was.inputs)
            shape += std::string(shape.empty() ? "" : ", ") +
                     (input.target ? "target " : "source ") + input.name +
                     (input.typeName.empty() ? "" : " : " + input.typeName);
        constexpr const char* kMarks[] = {"", " <<types>>", " <<type+>>"};
        findings_.error(entry.unit->text->place(entry.syntax->name.at),
                        gateway::say("found group '{0}' with other parameters than what it "
                                     "changes in {1}, expected {0}({2}){3}",
                                     "trouvé le groupe « {0} » avec d'autres paramètres que celui "
                                     "qu'il remplace dans {1}, attendu {0}({2}){3}",
                                     {is.name, entry.unit->base->shown, shape,
                                      kMarks[static_cast<int>(base.standard)]}));
    }

    /// A group that nothing has the name of is new; when nothing calls it, it was meant to be one
    /// of those that are.
    void checkNew(const Unit& base, const GroupSyntax& syntax) {
        if (syntax.standard != GroupSyntax::Default::no) return;
        for (const GroupSyntax& other : base.change->syntax.groups)
            if (&other != &syntax &&
                (other.extends.text == syntax.name.text || calls(other.rules, syntax.name.text)))
                return;
        std::vector<std::string> names;
        for (const GroupSyntax& known : base.syntax.groups) names.push_back(known.name.text);
        findings_.error(
            base.change->text->place(syntax.name.at),
            gateway::say(
                "found group '{0}', which {1} does not have and no group here calls, "
                "expected the name of one that it has{2}",
                "trouvé le groupe « {0} », que {1} n'a pas et qu'aucun groupe n'appelle "
                "ici, attendu le nom d'un groupe qu'elle a{2}",
                {syntax.name.text, base.shown, gateway::didYouMean(syntax.name.text, names)}));
    }

    static bool calls(const std::vector<RuleSyntax>& rules, const std::string& group) {
        return std::any_of(rules.begin(), rules.end(), [&](const RuleSyntax& rule) {
            return std::any_of(rule.calls.begin(), rule.calls.end(),
                               [&](const CallSyntax& call) { return call.name.text == group; }) ||
                   calls(rule.rules, group);
        });
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
        scope_.enter(*group.unit);
        // A group that extends its own name adds to what it replaces.
        const bool own = group.replaced && wanted.text == group.syntax->name.text;
        const GroupCode* const base = own ? group.replaced : scope_.findGroup(wanted);
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
        const GroupEntry& first = scope_.groups.front();
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

    // ---- groups and rules ----

    void compileGroup(const GroupEntry& group) {
        scope_.enter(*group.unit, group.code);
        for (std::size_t i = 0; i < group.code->inputs.size(); ++i) {
            const GroupInput& input = group.code->inputs[i];
            if (scope_.find(input.name))
                scope_.fail(group.syntax->inputs[i].name.at,
                            "found parameter '" + input.name + "' a second time");
            scope_.declare(input.name, input.target, input.type);
        }
        for (const RuleSyntax& rule : group.syntax->rules)
            group.code->rules.push_back(compileRule(rule));
    }

    RuleCode compileRule(const RuleSyntax& syntax) {
        const std::size_t outside = scope_.size();
        RuleCode rule;
        rule.where = scope_.unit().shown;
        const gateway::Place place = scope_.unit().text->place(syntax.at);
        rule.where += ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
        if (!syntax.name.empty()) {
            rule.where += " " + syntax.name.text;
            rule.name = reasonOf(syntax.name.text);
        }
        rule.simple = isSimple(syntax);
        for (const SourceSyntax& source : syntax.sources)
            rule.sources.push_back(compileSource(source));
        for (const TargetSyntax& target : syntax.targets)
            rule.targets.push_back(targets_.compile(target, rule.simple));
        for (const CallSyntax& call : syntax.calls)
            if (auto code = scope_.call(call)) {
                noteLoop(syntax, *code, call.name.at);
                rule.calls.push_back(std::move(*code));
            }
        for (const RuleSyntax& inner : syntax.rules) rule.rules.push_back(compileRule(inner));
        scope_.leave(outside);
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
        if (const auto context = scope_.variable(syntax.context, false)) {
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
                    scope_.unknownElement(*type, step);
                    type = nullptr;
                }
            } else if (!type || type->kind != ModelType::Kind::primitive || step.text != "value") {
                type = nullptr;
            }
            source.steps.push_back(name);
        }
        if (!syntax.type.empty()) {
            const TypeRef filter = units_.type(scope_.unit(), syntax.type, false);
            source.type = Name::permanent(filter.name);
            source.modelType = filter.type;
            type = filter.type;
        }
        source.count = syntax.count;
        source.list = listMode(syntax.list.text);
        if (!syntax.otherwise.empty())
            source.otherwise = scope_.path(defaultPath(syntax.otherwise));
        source.slot = scope_.declare(syntax.variable.text, false, type);
        if (!syntax.where.empty()) source.where = scope_.path(syntax.where);
        if (!syntax.check.empty()) source.check = scope_.path(syntax.check);
        if (!syntax.log.empty()) source.log = logText(syntax.log);
        return source;
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
        scope_.warn(syntax.at,
                    "found an expression after 'log', expected a text: reports never show "
                    "values found, so this log says only that the rule was reached");
        return {"the rule was reached", "la règle a été atteinte"};
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
        if (always && depthOf(rule) == 0)
            loops_.push_back({&scope_.group(), call.group, &scope_.unit(), at});
    }

    int depthOf(const RuleSyntax& rule) const {
        for (const GroupEntry& group : scope_.groups)
            if (group.code == &scope_.group())
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
    Scope scope_;
    TargetCompiler targets_;
    Findings& findings_;
    std::vector<Loop> loops_;
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

bool overridesMap(const std::string& file, const gateway::MapSurroundings& around) {
    const Library library(around.library, file);
    const Layer layer(library, around.network);
    if (layer.empty() || library.networkOf(file) == around.network) return false;
    Program program;
    Findings told;  // by compileMap() too
    layer.check(library, told);
    if (told.failed()) return true;
    Units units(around, file, program, told);
    units.load(readFile(file).value_or(""));
    return units.overridden();
}

}  // namespace fml
