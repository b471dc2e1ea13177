#include "fml_compiler.h"

#include <algorithm>

#include "fml_mandatory.h"
#include "fml_parts.h"
#include "fml_reason.h"
#include "fml_target_compiler.h"
#include "gateway/config.h"

namespace fml {
namespace {

using gateway::Findings;
using gateway::Reason;
using gateway::say;

/// Each may need all before it: they are evaluated one inside of the other.
constexpr std::size_t kMostConstants = 1000;

std::string count(std::size_t number) { return std::to_string(number); }

class Compiler {
public:
    Compiler(const std::string& file, const gateway::MapSurroundings& around, Findings& findings)
        : program_(std::make_unique<Program>()),
          units_(around, file, *program_, findings),
          scope_(*program_, around.models, findings),
          targets_(scope_, units_, mandatory_),
          findings_(findings) {
        program_->facts.file = file;
    }

    std::unique_ptr<const Program> run(std::string text) {
        const std::size_t before = findings_.errors();
        units_.load(std::move(text));
        for (Unit& unit : units_.all()) constants(unit);
        for (Unit& unit : units_.all()) declareGroups(unit);
        for (const GroupEntry& group : scope_.groups) inherit(group);
        entry();
        for (const GroupEntry& group : scope_.groups) compileGroup(group);
        findLoops();
        if (findings_.errors() == before) {
            // Only of a map without mistakes can it be said what it never does.
            mandatory_.report(findings_);
            unreached();
        }
        numberParts(*program_);
        facts();
        program_->version = units_.version();
        return findings_.errors() == before ? std::move(program_) : nullptr;
    }

private:
    void fail(const Unit& unit, At at, const Reason& text) {
        findings_.error(unit.text->place(at), text);
    }

    // ---- declarations ----

    /// Constants may name each other in any order, but not in a circle.
    void constants(Unit& unit) {
        scope_.enter(unit);
        if (unit.syntax.constants.size() > kMostConstants)
            return fail(unit, unit.syntax.constants[kMostConstants].name.at,
                        say("found more than {0} constants", "trouvé plus de {0} constantes",
                            {count(kMostConstants)}));
        const std::size_t first = program_->constants.size();
        for (const ConstantSyntax& syntax : unit.syntax.constants) {
            for (const auto& [name, slot] : unit.constants)
                if (name == syntax.name.text)
                    fail(unit, syntax.name.at,
                         say("found constant '{0}' a second time, expected another name",
                             "trouvé la constante « {0} » une seconde fois, attendu un autre nom",
                             {name}));
            unit.constants.emplace_back(syntax.name.text, constantSlot(program_->constants.size()));
            program_->constants.push_back(nullptr);
        }
        if (unit.base)  // which is declared before it
            unit.constants.insert(unit.constants.end(), unit.base->constants.begin(),
                                  unit.base->constants.end());
        for (std::size_t i = 0; i < unit.syntax.constants.size(); ++i)
            program_->constants[first + i] = scope_.path(unit.syntax.constants[i].value, nullptr);
        for (std::size_t i = 0; i < unit.syntax.constants.size(); ++i) {
            std::vector<std::size_t> reached;
            if (!reaches(first + i, first + i, reached)) continue;
            const Word& name = unit.syntax.constants[i].name;
            return fail(unit, name.at,
                        say("found constant '{0}' that needs itself, expected a value that does "
                            "not",
                            "trouvé la constante « {0} » qui dépend d'elle-même, attendu une "
                            "valeur qui n'en dépend pas",
                            {name.text}));
        }
    }

    bool reaches(std::size_t from, std::size_t to, std::vector<std::size_t>& reached) const {
        if (program_->constants[from] == nullptr) return false;
        for (const Slot slot : program_->constants[from]->variables) {
            if (slot == kNoSlot) continue;
            const std::size_t next = constantIndex(slot);
            if (next == to) return true;
            if (std::find(reached.begin(), reached.end(), next) != reached.end()) continue;
            reached.push_back(next);
            if (reaches(next, to, reached)) return true;
        }
        return false;
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
                     say("found group '{0}' a second time, the first is in line {1}",
                         "trouvé le groupe « {0} » une seconde fois, le premier est en ligne {1}",
                         {syntax.name.text,
                          std::to_string(unit.text->place(other.syntax->name.at).line)}));
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
                        say("found group '{0}' with other parameters than what it "
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
            say("found group '{0}', which {1} does not have and no group here calls, "
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
                        {"found a default group without types, expected a source and a target with "
                         "their types",
                         "trouvé un groupe par défaut sans types, attendu une source et une cible "
                         "avec leurs types"});
        DefaultGroup group{Name::permanent(source->typeName), Name::permanent(target->typeName),
                           target->type, syntax.standard == GroupSyntax::Default::typeAndTypes,
                           &code};
        for (const DefaultGroup& other : program_->defaults)
            if (other.source == group.source && other.target == group.target)
                fail(unit, syntax.name.at,
                     say("found a second default group for {0} and {1}, the first is '{2}'",
                         "trouvé un second groupe par défaut pour {0} et {1}, le premier est « {2} "
                         "»",
                         {source->typeName, target->typeName, other.group->name}));
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
            return fail(
                *group.unit, wanted.at,
                say("found group '{0}' with {1} parameters, expected at most {2}",
                    "trouvé le groupe « {0} » avec {1} paramètres, attendu au plus {2}",
                    {wanted.text, count(base->inputs.size()), count(group.code->inputs.size())}));
        for (const GroupCode* at = base; at != nullptr; at = at->extends)
            if (at == group.code)
                return fail(
                    *group.unit, wanted.at,
                    say("found a group that extends itself by way of '{0}'",
                        "trouvé un groupe qui s'étend lui-même par « {0} »", {wanted.text}));
        group.code->extends = base;
        order(group, *base);
    }

    /// Parameters go by their names, in any order; by their places where the names differ.
    void order(const GroupEntry& group, const GroupCode& base) {
        const std::vector<GroupInput>& own = group.code->inputs;
        std::vector<std::size_t> order;
        for (const GroupInput& wanted : base.inputs) {
            const auto found = std::find_if(own.begin(), own.end(), [&](const GroupInput& input) {
                return input.name == wanted.name && input.target == wanted.target;
            });
            if (found == own.end()) break;
            order.push_back(static_cast<std::size_t>(found - own.begin()));
        }
        if (order.size() == base.inputs.size()) {
            const bool same =
                std::is_sorted(order.begin(), order.end()) && order.size() == own.size();
            if (!same) group.code->order = std::move(order);
            return;
        }
        if (own.size() > base.inputs.size())  // what comes behind is no variable of its rules
            for (std::size_t i = 0; i < base.inputs.size(); ++i) group.code->order.push_back(i);
        for (std::size_t i = 0; i < base.inputs.size(); ++i)
            if (own[i].target != base.inputs[i].target)
                return fail(*group.unit, group.syntax->extends.at,
                            say("found group '{0}' with {1} '{2}', expected the parameters of this "
                                "group",
                                "trouvé le groupe « {0} » avec {1} « {2} », attendu les paramètres "
                                "de ce groupe",
                                {base.name, base.inputs[i].target ? "target" : "source",
                                 base.inputs[i].name}));
    }

    void entry() {
        if (units_.all().empty() || units_.all().front().syntax.groups.empty()) return;
        GroupEntry& first = scope_.groups.front();
        first.called = true;
        const GroupCode& code = *first.code;
        program_->entry = &code;
        std::size_t sources = 0, targets = 0;
        for (std::size_t i = 0; i < code.inputs.size(); ++i) {
            if (code.inputs[i].target && targets++ == 0) program_->entryTarget = i;
            if (!code.inputs[i].target && sources++ == 0) program_->entrySource = i;
        }
        if (sources != 1 || targets != 1) {
            // Groups for others to import: nothing begins there.
            program_->entry = nullptr;
            if (isLibrary() || units_.imported(units_.all().front())) return;
            return fail(*first.unit, first.syntax->name.at,
                        say("found a first group with {0} sources and {1} targets, expected one of "
                            "each: the map begins there",
                            "trouvé un premier groupe avec {0} sources et {1} cibles, attendu une "
                            "de chaque : la transformation commence là",
                            {count(sources), count(targets)}));
        }
        const GroupInput& target = code.inputs[program_->entryTarget];
        program_->rootType = target.type;
        program_->rootName = target.typeName;
        if (target.type) mandatory_.made(*target.type, place(first));
        if (target.type && target.type->abstract)
            fail(*first.unit, first.syntax->name.at,
                 say("found abstract type '{0}', expected what is to be made",
                     "trouvé le type abstrait « {0} », attendu ce qui est à créer",
                     {target.typeName}));
        if (program_->rootName.empty())
            fail(
                *first.unit, first.syntax->name.at,
                say("found target '{0}' without a type, expected '{0} : Type': the first group "
                    "says what is made",
                    "trouvé la cible « {0} » sans type, attendu « {0} : Type » : le premier groupe "
                    "dit ce qui est créé",
                    {target.name}));
    }

    /// `/// library = true`: groups that maps import from anywhere.
    bool isLibrary() const {
        for (const auto& [key, value] : units_.all().front().syntax.metadata)
            if (key.text == "library") return value == "true";
        return false;
    }

    static gateway::Place place(const GroupEntry& group) {
        return group.unit->text->place(group.syntax->name.at);
    }

    /// Groups of the map itself that nothing calls. What another map imports may be called there.
    void unreached() {
        const Unit& own = units_.all().front();
        bool asked = false;
        for (const GroupEntry& group : scope_.groups) {
            if (group.unit != &own || group.called || group.hidden ||
                group.syntax->standard != GroupSyntax::Default::no)
                continue;
            if (!asked && (isLibrary() || units_.imported(own))) return;
            asked = true;
            findings_.warning(place(group),
                              say("found group '{0}', which nothing calls: its rules never run",
                                  "trouvé le groupe « {0} », que rien n'appelle : ses règles ne "
                                  "s'exécutent jamais",
                                  {group.syntax->name.text}));
        }
    }

    void facts() {
        gateway::MapFacts& facts = program_->facts;
        const MapSyntax& syntax = units_.all().front().syntax;
        facts.url = syntax.url.text;
        facts.name = syntax.name.text;
        for (const auto& [key, value] : syntax.metadata) {
            if (key.text == "title") facts.title = value;
            if (key.text == "reverse") facts.reverse = value;
            if (key.text == "on-error") onError(key, value);
        }
        facts.lossy = lossyOf(syntax);
        if (program_->entry == nullptr) return;
        const auto& inputs = program_->entry->inputs;
        if (program_->entrySource < inputs.size()) {
            facts.sourceType = inputs[program_->entrySource].typeName;
            facts.sourceModel = units_.modelOf(inputs[program_->entrySource].type);
        }
        facts.targetType = program_->rootName;
        facts.targetModel = units_.modelOf(program_->rootType);
    }

    void onError(const Word& key, const std::string& value) {
        program_->facts.deliversWithErrors = value == "deliver";
        if (value == "deliver" || value == "hold") return;
        fail(units_.all().front(), key.at,
             say("found on-error '{0}', expected 'hold' or 'deliver'{1}",
                 "trouvé on-error « {0} », attendu « hold » ou « deliver »{1}",
                 {value, gateway::didYouMean(value, {"hold", "deliver"})}));
    }

    // ---- groups and rules ----

    void compileGroup(const GroupEntry& group) {
        scope_.enter(*group.unit, group.code);
        for (std::size_t i = 0; i < group.code->inputs.size(); ++i) {
            const GroupInput& input = group.code->inputs[i];
            if (scope_.find(input.name))
                scope_.fail(group.syntax->inputs[i].name.at,
                            say("found parameter '{0}' a second time",
                                "trouvé le paramètre « {0} » une seconde fois", {input.name}));
            scope_.declare(input.name, input.target, input.type);
        }
        for (const RuleSyntax& rule : group.syntax->rules)
            group.code->rules.push_back(compileRule(rule, true));
    }

    /// @param always  whether the rules around it always run when the group does
    RuleCode compileRule(const RuleSyntax& syntax, bool always) {
        const std::size_t outside = scope_.size();
        RuleCode rule;
        rule.where = scope_.unit().shown;
        const gateway::Place place = scope_.place(syntax.at);
        rule.where += ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
        if (!syntax.name.empty()) {
            rule.where += " " + syntax.name.text;
            rule.name = reasonOf(syntax.name.text);
        }
        rule.place = place;
        rule.called = calledRule(syntax);
        rule.ignored = ignored(syntax);
        rule.simple = isSimple(syntax);
        const ModelType* type = nullptr;
        for (const SourceSyntax& source : syntax.sources) {
            always = always && source.steps.empty() && source.where.empty() &&
                     source.check.empty() && source.type.empty();
            rule.sources.push_back(compileSource(source, type));
        }
        for (const TargetSyntax& target : syntax.targets)
            targets_.compile(target, rule.simple, type, rule.targets);
        if (rule.simple) checkSimple(syntax, rule, type);
        for (const CallSyntax& call : syntax.calls)
            if (auto code = scope_.call(call, type)) {
                if (always)
                    loops_.push_back({&scope_.group(), code->group, &scope_.unit(), call.name.at});
                rule.calls.push_back(std::move(*code));
            }
        for (const RuleSyntax& inner : syntax.rules)
            rule.rules.push_back(compileRule(inner, always));
        scope_.leave(outside);
        return rule;
    }

    std::optional<gateway::Reason> ignored(const RuleSyntax& rule) {
        std::optional<gateway::Reason> reason = ignoreReason(rule);
        if (!reason) return reason;
        const bool makes = !rule.targets.empty() || !rule.calls.empty() || !rule.rules.empty();
        if (!makes && !reason->empty()) return reason;
        findings_.warning(scope_.unit().text->place(rule.at),
                          makes
                              ? gateway::Reason("found '@ignore' at a rule that makes something, "
                                                "expected a rule of a source alone",
                                                "trouvé « @ignore » sur une règle qui produit "
                                                "quelque chose, attendu une règle qui n'a qu'une "
                                                "source")
                              : gateway::Reason("found '@ignore' without a reason, expected why "
                                                "this is left out",
                                                "trouvé « @ignore » sans raison, attendu pourquoi "
                                                "cela est laissé de côté"));
        return makes ? std::nullopt : reason;
    }

    static bool isSimple(const RuleSyntax& rule) {
        if (rule.sources.size() != 1 || rule.targets.size() != 1) return false;
        const SourceSyntax& source = rule.sources[0];
        const TargetSyntax& target = rule.targets[0];
        return !source.steps.empty() && source.variable.empty() && !target.context.empty() &&
               !target.steps.empty() && target.variable.empty() && target.transform.empty() &&
               rule.calls.empty() && rule.rules.empty();
    }

    /// `src.a -> tgt.b` needs a default group for its types, or types that can be copied.
    void checkSimple(const RuleSyntax& syntax, const RuleCode& rule, const ModelType* type) {
        const TargetCode& target = rule.targets.back();
        if (type == nullptr || type->abstract || !target.resolved) return;
        const ElementRef& ref = target.ref;
        const DefaultGroup* open = nullptr;
        for (const DefaultGroup& group : program_->defaults) {
            if (!(group.source == type->name)) continue;
            if (ref.type && group.target == ref.type->name) return;
            if (!group.typeAlone ||
                (ref.element && group.targetType && !allows(*ref.element, *group.targetType)))
                continue;
            if (open && ref.type == nullptr)
                return scope_.fail(
                    syntax.at,
                    say("found two default groups for {0}, '{1}' and '{2}', expected one, or a "
                        "call of one after 'then'",
                        "trouvé deux groupes par défaut pour {0}, « {1} » et « {2} », attendu un "
                        "seul, ou l'appel de l'un après « then »",
                        {type->name.text(), open->group->name, group.group->name}));
            open = &group;
        }
        if (open) return;
        const bool plainFrom = type->kind == ModelType::Kind::primitive;
        const bool fits = ref.type == nullptr
                              ? !ref.element->choice || plainFrom || allows(*ref.element, *type)
                              : ref.type->abstract || related(*ref.type, *type) ||
                                    (plainFrom && ref.type->kind == ModelType::Kind::primitive) ||
                                    (!plainFrom && !partsOnly(*type)) || inner(*ref.type) ||
                                    inner(*type);
        if (fits) return;
        scope_.fail(syntax.targets[0].steps.back().at,
                    say("found {0} for '{1}', expected {2}, or a default group from {0} to it, or "
                        "rules after 'then'",
                        "trouvé {0} pour « {1} », attendu {2}, ou un groupe par défaut de {0} vers "
                        "lui, ou des règles après « then »",
                        {type->name.text(), syntax.targets[0].steps.back().text,
                         ref.type ? Reason(ref.type->name.text()) : typeList(*ref.element)}));
    }

    /// A type inside of another: "Bundle.entry".
    static bool inner(const ModelType& type) {
        return type.name.text().find('.') != std::string_view::npos;
    }

    /// @param type  becomes the type of what the rule finds there, where it is known
    SourceCode compileSource(const SourceSyntax& syntax, const ModelType*& type) {
        SourceCode source;
        type = nullptr;
        if (const auto context = scope_.variable(syntax.context, false)) {
            source.context = context->slot;
            type = context->type;
        }
        const ModelElement* element = nullptr;
        bool once = true;
        for (const Word& step : syntax.steps) {
            element = sourceStep(source, step, type);
            once = once && element && !element->many;
        }
        if (!syntax.type.empty()) filter(source, syntax, element, type);
        source.count = syntax.count;
        source.list = listMode(syntax.list.text);
        if (once && !syntax.steps.empty()) standsOnce(syntax);
        if (!syntax.otherwise.empty()) source.otherwise = scope_.path(syntax.otherwise, nullptr);
        source.slot = scope_.declare(syntax.variable.text, false, type);
        if (!syntax.where.empty()) source.where = scope_.condition(syntax.where, type);
        if (!syntax.check.empty()) source.check = scope_.condition(syntax.check, type);
        if (!syntax.log.empty()) log(source, syntax.log, type);
        return source;
    }

    /// The element that the step names, or null where no model knows.
    const ModelElement* sourceStep(SourceCode& source, const Word& step, const ModelType*& type) {
        Name name = Name::permanent(step.text);
        const bool value = type && type->kind == ModelType::Kind::primitive && step.text == "value";
        const ModelElement* element = nullptr;
        if (type && !type->abstract && !type->elements.empty()) {
            const ElementRef ref = findElement(*type, name);
            element = ref.element;
            if (ref.element) {
                if (!(ref.name == name) && ref.type) {
                    source.type = ref.type->name;
                }
                name = ref.name;
                type = ref.type;
            } else if (!value) {
                scope_.unknownElement(*type, step);
                type = nullptr;
            }
        } else if (!value) {
            type = nullptr;
        }
        source.steps.push_back({name, namesText(name), maySpellChoice(name)});
        return element;
    }

    void filter(SourceCode& source, const SourceSyntax& syntax, const ModelElement* element,
                const ModelType*& type) {
        const TypeRef wanted = units_.type(scope_.unit(), syntax.type, false);
        source.type = Name::permanent(wanted.name);
        if (wanted.type && wanted.type->abstract) source.model = units_.modelOf(wanted.type);
        const ModelType* const from = type;
        type = wanted.type;
        if (wanted.type == nullptr) return;
        const auto fits = [&](const ModelType* other) { return related(*other, *wanted.type); };
        const bool possible =
            from ? from->abstract || fits(from)
                 : element == nullptr || element->types.empty() ||
                       std::any_of(element->types.begin(), element->types.end(), fits);
        if (!possible)
            scope_.fail(syntax.type.at,
                        say("found type '{0}', which '{1}' never has, so that the rule never runs: "
                            "expected {2}",
                            "trouvé le type « {0} », que « {1} » n'a jamais, si bien que la règle "
                            "ne s'exécute jamais : attendu {2}",
                            {wanted.name,
                             syntax.steps.empty() ? syntax.context.text : syntax.steps.back().text,
                             from ? Reason(from->name.text()) : typeList(*element)}));
    }

    /// What cannot be of an element that the model lets stand once.
    void standsOnce(const SourceSyntax& syntax) {
        const std::string& name = syntax.steps.back().text;
        if (syntax.count && syntax.count->first > 1)
            scope_.fail(syntax.steps.back().at,
                        say("found '{0}' at least {1} times, expected 0..1 or 1..1: it stands "
                            "once, so that the rule never runs",
                            "trouvé « {0} » au moins {1} fois, attendu 0..1 ou 1..1 : il figure "
                            "une fois, si bien que la règle ne s'exécute jamais",
                            {name, count(syntax.count->first)}));
        const bool rest = syntax.list.text == "not_first" || syntax.list.text == "not_last";
        if (rest)
            scope_.fail(syntax.list.at,
                        say("found '{0}' of '{1}', which stands once, so that the rule never runs: "
                            "expected no list mode",
                            "trouvé « {0} » de « {1} », qui figure une fois, si bien que la règle "
                            "ne s'exécute jamais : attendu aucun mode de liste",
                            {syntax.list.text, name}));
    }

    static ListMode listMode(std::string_view word) {
        if (word == "first") return ListMode::first;
        if (word == "not_first") return ListMode::notFirst;
        if (word == "last") return ListMode::last;
        if (word == "not_last") return ListMode::notLast;
        if (word == "only_one") return ListMode::onlyOne;
        return ListMode::all;
    }

    /// Reports show people only what the map's author wrote, never a value found: so a text, or
    /// that the expression found something.
    void log(SourceCode& source, const PathText& syntax, const ModelType* type) {
        Lexer lexer(syntax.text);
        const bool inside = lexer.peek().is("(");
        if (inside) lexer.next();
        const Token token = lexer.next();
        const bool closed = !inside || lexer.next().is(")");
        if (token.anyText() && closed && lexer.peek().kind == Token::Kind::end) {
            source.log = reasonOf(token.value);
            return;
        }
        source.logged = scope_.path(syntax, type);
        scope_.warn(syntax.at,
                    {"found an expression after 'log', expected a text: reports never show values "
                     "found, so this log says only that the rule was reached",
                     "trouvé une expression après « log », attendu un texte : les comptes rendus "
                     "ne montrent jamais les valeurs trouvées, ce log dit donc seulement que la "
                     "règle a été atteinte"});
        source.log = {"the rule was reached", "la règle a été atteinte"};
    }

    // ---- recursion that cannot end ----

    /// A call that is made each time its group runs, with nothing taken one step further down.
    struct Loop {
        const GroupCode *from, *to;
        const Unit* unit;
        At at;
    };

    /// One finding for each circle of calls.
    void findLoops() {
        std::vector<const GroupCode*> told;
        for (const Loop& start : loops_) {
            std::vector<const GroupCode*> reached{start.to};
            for (std::size_t i = 0; i < reached.size(); ++i)
                for (const Loop& next : loops_)
                    if (next.from == reached[i] &&
                        std::find(reached.begin(), reached.end(), next.to) == reached.end())
                        reached.push_back(next.to);
            const auto among = [](const auto& all, const GroupCode* group) {
                return std::find(all.begin(), all.end(), group) != all.end();
            };
            if (!among(reached, start.from) || among(told, start.to)) continue;
            told.insert(told.end(), reached.begin(), reached.end());
            fail(*start.unit, start.at,
                 say("found group '{0}' called without end: nothing goes one element further, "
                     "expected a source element or a condition on the way",
                     "trouvé le groupe « {0} » appelé sans fin : rien n'avance d'un élément, "
                     "attendu un élément de la source ou une condition en chemin",
                     {start.to->name}));
        }
    }

    std::unique_ptr<Program> program_;
    Units units_;
    Scope scope_;
    Mandatory mandatory_;
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
    findings.error({file, 0, 0}, {"found no readable file, expected a map",
                                  "aucun fichier lisible trouvé, attendu une transformation"});
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
