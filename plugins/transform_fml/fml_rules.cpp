/// Of a map being compiled: groups, their rules and sources.
#include <algorithm>

#include "fml_compilation.h"

namespace fml {

void Compiler::compileGroup(const GroupEntry& group) {
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

RuleCode Compiler::compileRule(const RuleSyntax& syntax, bool always) {
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
        always = always && source.steps.empty() && source.where.empty() && source.check.empty() &&
                 source.type.empty();
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
    for (const RuleSyntax& inner : syntax.rules) rule.rules.push_back(compileRule(inner, always));
    scope_.leave(outside);
    return rule;
}

std::optional<gateway::Reason> Compiler::ignored(const RuleSyntax& rule) {
    std::optional<gateway::Reason> reason = ignoreReason(rule);
    if (!reason) return reason;
    const bool makes = !rule.targets.empty() || !rule.calls.empty() || !rule.rules.empty();
    if (!makes && !reason->empty()) return reason;
    findings_.warning(scope_.unit().text->place(rule.at),
                      makes ? gateway::Reason("found '@ignore' at a rule that makes something, "
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

bool Compiler::isSimple(const RuleSyntax& rule) {
    if (rule.sources.size() != 1 || rule.targets.size() != 1) return false;
    const SourceSyntax& source = rule.sources[0];
    const TargetSyntax& target = rule.targets[0];
    return !source.steps.empty() && source.variable.empty() && !target.context.empty() &&
           !target.steps.empty() && target.variable.empty() && target.transform.empty() &&
           rule.calls.empty() && rule.rules.empty();
}

void Compiler::checkSimple(const RuleSyntax& syntax, const RuleCode& rule, const ModelType* type) {
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

bool Compiler::inner(const ModelType& type) {
    return type.name.text().find('.') != std::string_view::npos;
}

SourceCode Compiler::compileSource(const SourceSyntax& syntax, const ModelType*& type) {
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

const ModelElement* Compiler::sourceStep(SourceCode& source, const Word& step,
                                         const ModelType*& type) {
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

void Compiler::filter(SourceCode& source, const SourceSyntax& syntax, const ModelElement* element,
                      const ModelType*& type) {
    const TypeRef wanted = units_.type(scope_.unit(), syntax.type, false);
    source.type = Name::permanent(wanted.name);
    if (wanted.type && wanted.type->abstract) source.model = units_.modelOf(wanted.type);
    const ModelType* const from = type;
    type = wanted.type;
    if (wanted.type == nullptr) return;
    const auto fits = [&](const ModelType* other) { return related(*other, *wanted.type); };
    const bool possible = from
                              ? from->abstract || fits(from)
                              : element == nullptr || element->types.empty() ||
                                    std::any_of(element->types.begin(), element->types.end(), fits);
    if (!possible)
        scope_.fail(
            syntax.type.at,
            say("found type '{0}', which '{1}' never has, so that the rule never runs: "
                "expected {2}",
                "trouvé le type « {0} », que « {1} » n'a jamais, si bien que la règle "
                "ne s'exécute jamais : attendu {2}",
                {wanted.name, syntax.steps.empty() ? syntax.context.text : syntax.steps.back().text,
                 from ? Reason(from->name.text()) : typeList(*element)}));
}

void Compiler::standsOnce(const SourceSyntax& syntax) {
    const std::string& name = syntax.steps.back().text;
    if (syntax.count && syntax.count->first > 1)
        scope_.fail(syntax.steps.back().at,
                    say("found '{0}' at least {1} times, expected 0..1 or 1..1: it stands "
                        "once, so that the rule never runs",
                        "trouvé « {0} » au moins {1} fois, attendu 0..1 ou 1..1 : il figure "
                        "une fois, si bien que la règle ne s'exécute jamais",
                        {name, std::to_string(syntax.count->first)}));
    const bool rest = syntax.list.text == "not_first" || syntax.list.text == "not_last";
    if (rest)
        scope_.fail(syntax.list.at,
                    say("found '{0}' of '{1}', which stands once, so that the rule never runs: "
                        "expected no list mode",
                        "trouvé « {0} » de « {1} », qui figure une fois, si bien que la règle "
                        "ne s'exécute jamais : attendu aucun mode de liste",
                        {syntax.list.text, name}));
}

ListMode Compiler::listMode(std::string_view word) {
    if (word == "first") return ListMode::first;
    if (word == "not_first") return ListMode::notFirst;
    if (word == "last") return ListMode::last;
    if (word == "not_last") return ListMode::notLast;
    if (word == "only_one") return ListMode::onlyOne;
    return ListMode::all;
}

void Compiler::log(SourceCode& source, const PathText& syntax, const ModelType* type) {
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

}  // namespace fml
