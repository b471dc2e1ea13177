#include "fml_rule_parser.h"

#include <array>
#include <charconv>

#include "gateway/config.h"

namespace fml {
namespace {

using gateway::Reason;
using gateway::say;
using Kind = Token::Kind;

constexpr std::array kListModes = {"first", "not_first", "last", "not_last", "only_one"};
constexpr std::array kTargetModes = {"share", "first", "last", "single", "collate"};
constexpr unsigned kDeepest = 64;

const Reason kElement{"the name of an element", "le nom d'un élément"};
const Reason kVariable{"the name of a variable", "le nom d'une variable"};
const Reason kRuleName{"the name of the rule", "le nom de la règle"};
const Reason kType{"a type", "un type"};

template <std::size_t n>
bool oneOf(const Token& token, const std::array<const char*, n>& words) {
    if (token.kind != Kind::word) return false;
    for (const char* word : words)
        if (token.raw == word) return true;
    return false;
}

}  // namespace

void RuleParser::rules(std::vector<RuleSyntax>& into, At open, bool old) {
    old_ = old;
    open_.assign(1, open);
    while (!closes()) {
        if (cut()) return read_.report(read_.peek().begin, notClosed());
        one(into, 0);
    }
    read_.next();
}

bool RuleParser::closes() const {
    return open_.size() == 1 && old_ ? read_.peek().is("endgroup") : read_.peek().is("}");
}

/// One rule, or what a mistake leaves of it.
void RuleParser::one(std::vector<RuleSyntax>& into, unsigned depth) {
    const At before = read_.peek().begin;
    try {
        open_.resize(depth + 1);
        if (depth > kDeepest)
            throw Mistake{before, say("rules are nested deeper than {0}",
                                      "les règles sont imbriquées à plus de {0} niveaux",
                                      {std::to_string(kDeepest)})};
        RuleSyntax rule;
        rule.at = before;
        if (old_) {
            rule.name = read_.dottedName(kRuleName);
            read_.expect(":");
            read_.expect("for");
        }
        do rule.sources.push_back(sourceOf());
        while (read_.accept(","));
        if (read_.accept(old_ ? "make" : "->")) {
            do rule.targets.push_back(target());
            while (read_.accept(","));
            if (read_.peek().is(":")) return batch(into, rule);
        }
        ruleName(rule);
        if (read_.accept("then")) then(rule, depth);
        ruleName(rule);
        end(rule);
        into.push_back(std::move(rule));
    } catch (const Mistake& mistake) {
        read_.report(mistake.at, mistake.text);
        recover(before);
    }
}

/// `src -> tgt : a, b;` is `src.a -> tgt.a; src.b -> tgt.b;`
void RuleParser::batch(std::vector<RuleSyntax>& into, const RuleSyntax& rule) {
    const Token colon = read_.next();
    const SourceSyntax& from = rule.sources.front();
    const TargetSyntax& to = rule.targets.front();
    if (rule.sources.size() != 1 || rule.targets.size() != 1 || !from.variable.empty() ||
        to.context.empty() || !to.transform.empty() || !to.variable.empty())
        read_.fail(colon, {"';': only 'source -> target' takes a list of elements",
                           "« ; » : seul « source -> cible » prend une liste d'éléments"});
    do {
        RuleSyntax each = rule;
        each.at = read_.peek().begin;
        const Word element = read_.name(kElement);
        each.sources.front().steps.push_back(element);
        each.targets.front().steps.push_back(element);
        into.push_back(std::move(each));
    } while (read_.accept(","));
    if (!read_.peek().is(";"))
        read_.fail(read_.peek(), say("{0} or {1}", "{0} ou {1}", {quote(","), quote(";")}));
    read_.next();
}

/// "name"; R4's and R5's grammars also have a bare word there.
void RuleParser::ruleName(RuleSyntax& rule) {
    if (!rule.name.empty() || old_) return;
    if (read_.peek().anyText()) {
        rule.name = read_.text(kRuleName);
    } else if (read_.peek().kind == Kind::word && read_.second().is(";")) {
        const std::string word(read_.peek().raw);
        // A list mode with a slip of the pen begins as that does.
        const std::string meant =
            gateway::nearest(word, {"first", "last", "share", "single", "collate"});
        if (!meant.empty() && meant[0] == word[0])
            read_.fail(read_.peek(),
                       say("{0}{1}", "{0}{1}", {quote(";"), gateway::didYouMean(word, {meant})}));
        rule.name = read_.name(kRuleName);
    }
}

void RuleParser::end(RuleSyntax& rule) {
    if (old_) {
        read_.accept(";");
        if (!closes() && !oldRuleBegins() && !cut()) failAfterRule(rule);
        return;
    }
    if (!read_.peek().is(";")) failAfterRule(rule);
    read_.next();
}

void RuleParser::failAfterRule(const RuleSyntax& rule) const {
    if (cut()) throw Mistake{read_.peek().begin, notClosed()};
    Reason expected = quote(";");
    if (rule.name.empty())
        expected = say("\"rule name\" or {0}", "\"nom de règle\" ou {0}", {expected});
    if (rule.calls.empty() && rule.rules.empty() && rule.name.empty()) {
        expected = say("{0}, {1}, {2}", "{0}, {1}, {2}", {quote(","), quote("then"), expected});
        if (rule.targets.empty()) expected = say("{0}, {1}", "{0}, {1}", {quote("->"), expected});
    }
    read_.fail(read_.peek(), expected);
}

void RuleParser::then(RuleSyntax& rule, unsigned depth) {
    if (!read_.peek().is("{")) {
        do {
            CallSyntax call;
            call.name = read_.name({"the name of a group, or '{'", "le nom d'un groupe, ou « { »"});
            read_.expect("(", {" and the parameters of the group", " et les paramètres du groupe"});
            call.parameters = parameters();
            rule.calls.push_back(std::move(call));
        } while (read_.accept(","));
    }
    if (read_.accept("{")) block(rule.rules, depth);
}

void RuleParser::block(std::vector<RuleSyntax>& into, unsigned depth) {
    open_.push_back(read_.last());
    while (!read_.peek().is("}")) {
        if (cut()) throw Mistake{read_.peek().begin, notClosed()};
        one(into, depth + 1);
        open_.resize(depth + 2);
    }
    open_.pop_back();
    read_.next();
}

SourceSyntax RuleParser::sourceOf() {
    SourceSyntax source;
    source.context = read_.name({"a source, as in src.element", "une source, comme src.element"});
    while (read_.accept(".")) source.steps.push_back(read_.name(kElement));
    if (read_.accept(":"))
        source.type = read_.peek().anyText() ? read_.text(kType) : read_.dottedName(kType);
    if (read_.peek().kind == Kind::number) count(source);
    while (clauseOf(source)) {
    }
    return source;
}

bool RuleParser::clauseOf(SourceSyntax& source) {
    const Token& token = read_.peek();
    if (oneOf(token, kListModes) && source.list.empty()) {
        source.list = read_.name({"a list mode", "un mode de liste"});
    } else if (token.is("as") && source.variable.empty()) {
        read_.next();
        source.variable = read_.name(kVariable);
    } else if (token.is("default") && source.otherwise.empty()) {
        read_.next();
        source.otherwise = clause(true);
    } else if (token.is("where") && source.where.empty()) {
        read_.next();
        source.where = clause();
    } else if (token.is("check") && source.check.empty()) {
        read_.next();
        source.check = clause();
    } else if (token.is("log") && source.log.empty()) {
        read_.next();
        source.log = clause();
    } else {
        return false;
    }
    return true;
}

void RuleParser::count(SourceSyntax& source) {
    const auto number = [&](const Token& token) {
        unsigned value = 0;
        const auto [end, error] =
            std::from_chars(token.raw.data(), token.raw.data() + token.raw.size(), value);
        if (error != std::errc() || end != token.raw.data() + token.raw.size())
            read_.fail(token, {"a count, as in 0..1", "un nombre, comme 0..1"});
        return value;
    };
    const unsigned least = number(read_.next());
    const Token dots = read_.expect("..");
    unsigned most = std::numeric_limits<unsigned>::max();
    if (!read_.accept("*")) most = number(read_.next());
    if (most < least)
        read_.fail(dots, {"a count whose second number is not below its first, as in 0..1",
                          "un nombre dont le second n'est pas sous le premier, comme 0..1"});
    source.count.emplace(least, most);
}

/// `(expression)`, or bare as R3 and R4 had it: then it ends where the rule goes on.
/// @param early  what may follow a default in R5 ends it too
PathText RuleParser::clause(bool early) {
    return read_.pathUntil([this, early](const Token& token) {
        if (early && (token.is("as") || oneOf(token, kListModes))) return true;
        if (old_ && (token.is("make") || token.is("endgroup") || oldRuleBegins())) return true;
        return token.is("->") || token.is(",") || token.is(";") || token.is("then") ||
               token.is("check") || token.is("log") || token.is("where") ||
               token.kind == Kind::wide || token.is("}");
    });
}

/// After '(', up to and with its ')'.
std::vector<ParameterSyntax> RuleParser::parameters() {
    std::vector<ParameterSyntax> all;
    if (read_.accept(")")) return all;
    do all.push_back(parameter());
    while (read_.accept(","));
    read_.expect(")");
    return all;
}

/// A text, a number, a variable, or an expression up to the ',' or ')' that ends the parameter.
ParameterSyntax RuleParser::parameter() {
    const At begin = read_.peek().begin;
    const auto ends = [](const Token& token) { return token.is(",") || token.is(")"); };
    if (ends(read_.peek()) || read_.peek().kind == Kind::broken) return value();
    try {
        ParameterSyntax simple = value();
        if (ends(read_.peek())) return simple;
    } catch (const Mistake&) {
        // What is no single value may still be an expression, which complains for itself.
    }
    read_.seek(begin);
    PathText path = read_.pathUntil(
        [&](const Token& token) { return ends(token) || token.is(";") || token.is("->"); });
    return {ParameterSyntax::Kind::path, std::move(path.text), path.at};
}

ParameterSyntax RuleParser::value() {
    const Token token = read_.next();
    using Type = ParameterSyntax::Kind;
    if (token.anyText()) return {Type::text, token.value, token.begin};
    if (token.kind == Kind::number) return {Type::number, token.value, token.begin};
    if (token.is("-") && read_.peek().kind == Kind::number)
        return {Type::number, "-" + read_.next().value, token.begin};
    if (token.is("true") || token.is("false")) return {Type::boolean, token.value, token.begin};
    if (token.is("(")) {
        PathText path = read_.parenthesized();
        return {Type::path, std::move(path.text), path.at};
    }
    if (token.is("%") || token.is("@"))
        read_.fail(token, {"a text, a number or a variable; an expression stands in parentheses",
                           "un texte, un nombre ou une variable ; une expression s'écrit entre "
                           "parenthèses"});
    if (!token.name())
        read_.fail(token, {"a text, a number, a variable or (an expression)",
                           "un texte, un nombre, une variable ou (une expression)"});
    if (!read_.peek().is(".")) return {Type::variable, token.value, token.begin};
    while (read_.accept(".")) read_.name(kElement);
    return {Type::path,
            std::string(read_.source().text().substr(token.begin, read_.last() - token.begin)),
            token.begin};
}

TargetSyntax RuleParser::target() {
    TargetSyntax target;
    target.at = read_.peek().begin;
    if (read_.accept("(")) {
        PathText path = read_.parenthesized();
        target.transform = {"evaluate", target.at};
        target.parameters.push_back({ParameterSyntax::Kind::path, std::move(path.text), path.at});
    } else {
        Word first = read_.name({"a target, as in tgt.element", "une cible, comme tgt.element"});
        if (read_.accept("(")) {
            target.transform = std::move(first);
            target.parameters = parameters();
        } else {
            target.context = std::move(first);
            while (read_.accept(".")) target.steps.push_back(read_.name(kElement));
            if (read_.accept("=")) transform(target);
        }
    }
    for (;;) {
        if (read_.peek().is("as") && target.variable.empty()) {
            read_.next();
            target.variable = read_.name(kVariable);
        } else if (oneOf(read_.peek(), kTargetModes) && target.list.empty()) {
            listMode(target);
        } else {
            return target;
        }
    }
}

/// After `share` stands the name that the sharing rules have in common.
void RuleParser::listMode(TargetSyntax& target) {
    target.list = read_.name({"a list mode", "un mode de liste"});
    const Token& token = read_.peek();
    if (target.list.text == "share" && token.name() && !token.is("then") && !token.is("as") &&
        !(old_ && (token.is("endgroup") || oldRuleBegins())))
        target.share = read_.name({"a name", "un nom"});
}

void RuleParser::transform(TargetSyntax& target) {
    const Token token = read_.peek();
    if (token.kind == Kind::word && !token.is("true") && !token.is("false") &&
        read_.second().is("(")) {
        target.transform = read_.name({"a transform", "une fonction"});
        read_.next();
        target.parameters = parameters();
        return;
    }
    ParameterSyntax given = value();
    const bool path = given.kind == ParameterSyntax::Kind::path;
    target.transform = {path ? "evaluate" : "copy", token.begin};
    target.parameters.push_back(std::move(given));
}

// ---- where a broken rule ends ----

/// Reads again from where the broken rule began, so that its braces count, up to after its ';'.
void RuleParser::recover(At from) {
    read_.seek(from);
    int depth = 0;
    bool first = true;
    while (read_.peek().kind != Kind::end) {
        const Token& token = read_.peek();
        if (depth == 0 && token.is("}")) return;
        if (token.is("group") && opensGroup()) return;
        if (old_ && depth == 0 && !first && (token.is("endgroup") || oldRuleBegins())) return;
        first = false;
        const Token taken = read_.next();
        if (taken.is("{")) ++depth;
        if (taken.is("}")) --depth;
        if (taken.is(";") && depth <= 0) return;
    }
}

bool RuleParser::opensGroup() const {
    Lexer ahead = read_.ahead();
    ahead.next();
    return ahead.next().name() && ahead.peek().is("(");
}

/// Whether the file ends, or the next group begins, inside of a group.
bool RuleParser::cut() const {
    return read_.peek().kind == Kind::end || (read_.peek().is("group") && opensGroup());
}

/// `name : for`, with points in the name.
bool RuleParser::oldRuleBegins() const {
    if (!read_.peek().name()) return false;
    Lexer ahead = read_.ahead();
    ahead.next();
    while (ahead.peek().is(".")) {
        ahead.next();
        if (!ahead.next().name()) return false;
    }
    return ahead.next().is(":") && ahead.peek().is("for");
}

Reason RuleParser::notClosed() const {
    const At open = open_.empty() ? 0 : open_.back();
    const bool word = old_ && open_.size() == 1;
    return say("found {0}, expected {1} that closes line {2}",
               "trouvé {0}, attendu {1} qui ferme la ligne {2}",
               {read_.peek().shown(), quote(word ? "endgroup" : "}"),
                std::to_string(read_.source().place(open).line)});
}

}  // namespace fml
