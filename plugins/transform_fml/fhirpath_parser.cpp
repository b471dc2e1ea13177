#include "fhirpath_parser.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "fhirpath_functions.h"
#include "gateway/config.h"

namespace fhirpath {
namespace {

using gateway::didYouMean;
using gateway::Reason;
using gateway::say;

constexpr int kDeepest = 200;                 // brackets and arguments in each other
constexpr std::uint32_t kDeepestTree = 1000;  // operations under each other, a + b + c … included
constexpr std::size_t kLongestPath = 1000;

bool capital(std::string_view name) { return !name.empty() && name[0] >= 'A' && name[0] <= 'Z'; }

const Reason kTooDeep{"the expression is nested too deeply",
                      "l'expression est imbriquée trop profondément"};
const Reason kTooLarge{"the whole number is too large", "le nombre entier est trop grand"};

Reason quoted(std::string_view name) { return say("'{0}'", "« {0} »", {name}); }

bool durationWord(const Token& token) {
    return token.kind == Token::Kind::identifier && !token.delimited && isCalendarWord(token.text);
}

}  // namespace

Step::Step() = default;
Step::Step(Step&&) noexcept = default;
Step::~Step() = default;

Parser::Parser(Expression::Code& code, ParserOptions options, gateway::Findings& findings)
    : code_(code), options_(options), findings_(findings), lexer_(code.text) {
    token_ = lexer_.next();
}

Operand Parser::parse() {
    Operand root = expression(0);
    if (!root || failed_) return nullptr;
    if (!options_.mayStop && token_.kind != Token::Kind::end)
        return fail(token_.begin,
                    say("found {0}, expected an operator or the end of the expression",
                        "trouvé {0}, attendu un opérateur ou la fin de l'expression", {found()}));
    return root;
}

// --- Tokens -------------------------------------------------------------------------------------

void Parser::advance() {
    end_ = token_.end;
    token_ = lexer_.next();
}

bool Parser::take(std::string_view symbol) {
    if (!token_.is(symbol)) return false;
    advance();
    return true;
}

bool Parser::expect(std::string_view symbol, const Reason& after) {
    if (take(symbol)) return true;
    fail(token_.begin, say("found {0}, expected {1} {2}", "trouvé {0}, attendu {1} {2}",
                           {found(), quoted(symbol), after}));
    return false;
}

Reason Parser::found() const {
    switch (token_.kind) {
        case Token::Kind::end: return {"the end of the expression", "la fin de l'expression"};
        case Token::Kind::bad: return {token_.text, token_.french};
        case Token::Kind::string: return {"a text", "un texte"};
        case Token::Kind::number: return {"a number", "un nombre"};
        case Token::Kind::date:
        case Token::Kind::dateTime:
        case Token::Kind::time: return {"a date or time", "une date ou une heure"};
        case Token::Kind::external: return quoted("%" + token_.text);
        case Token::Kind::special: return quoted("$" + token_.text);
        case Token::Kind::symbol:
            if (token_.text == "\"")
                return {"'\"' (texts stand in '…', names in `…`)",
                        "« \" » (les textes se mettent entre '…', les noms entre `…`)"};
            return quoted(token_.text);
        case Token::Kind::identifier: return quoted(token_.text);
    }
    return {};
}

std::nullptr_t Parser::fail(std::uint32_t at, Reason text) {
    if (!failed_) findings_.error(code_.place(at), std::move(text));
    failed_ = true;
    return nullptr;
}

Operand Parser::made(Operation::Kind kind, std::uint32_t at) {
    auto operation = std::make_unique<Operation>();
    operation->kind = kind;
    operation->at = at;
    return operation;
}

Operand Parser::literalOf(std::uint32_t at, Item item) {
    Operand literal = made(Operation::Kind::literal, at);
    literal->item = item;
    literal->hasItem = true;
    return literal;
}

bool Parser::deepen(Operation& parent, const Operand& child) {
    if (child) parent.depth = std::max(parent.depth, child->depth + 1);
    if (parent.depth <= kDeepestTree) return true;
    fail(parent.at, kTooDeep);
    return false;
}

// --- Operators ----------------------------------------------------------------------------------

const Parser::Binary* Parser::binaryHere() const {
    struct Known {
        std::string_view text;
        Binary binary;
    };
    using enum Operator;
    static constexpr std::array<Known, 14> kSymbols{{
        {"*", {multiply, 10}},
        {"/", {divide, 10}},
        {"+", {add, 9}},
        {"-", {subtract, 9}},
        {"&", {concatenate, 9}},
        {"|", {unite, 7}},
        {"<", {less, 6}},
        {"<=", {lessOrEqual, 6}},
        {">", {greater, 6}},
        {">=", {greaterOrEqual, 6}},
        {"=", {equal, 5}},
        {"!=", {notEqual, 5}},
        {"~", {equivalent, 5}},
        {"!~", {notEquivalent, 5}},
    }};
    static constexpr std::array<Known, 10> kWords{{
        {"div", {div, 10}},
        {"mod", {mod, 10}},
        {"is", {is, 8}},
        {"as", {as, 8}},
        {"in", {in, 4}},
        {"contains", {contains, 4}},
        {"and", {and_, 3}},
        {"xor", {xor_, 2}},
        {"or", {or_, 2}},
        {"implies", {implies, 1}},
    }};
    if (token_.kind == Token::Kind::symbol) {
        for (const Known& known : kSymbols)
            if (known.text == token_.text) return &known.binary;
    } else if (token_.kind == Token::Kind::identifier && !token_.delimited) {
        // In a map `expression as v` names a variable: a cast there stands in parentheses.
        if (options_.mayStop && brackets_ == 0 && token_.text == "as") return nullptr;
        for (const Known& known : kWords)
            if (known.text == token_.text) return &known.binary;
    }
    return nullptr;
}

Operand Parser::expression(int least) {
    if (++nested_ > kDeepest) return fail(token_.begin, kTooDeep);
    Operand left = unary();
    while (left) {
        const Binary* const binary = binaryHere();
        if (binary == nullptr || binary->precedence < least) break;
        Operand joined = made(Operation::Kind::binary, token_.begin);
        joined->oper = binary->oper;
        advance();
        if (binary->oper == Operator::is || binary->oper == Operator::as) {
            if (!typeName(joined->type)) return nullptr;
        } else {
            joined->right = expression(binary->precedence + 1);
            if (!joined->right) return nullptr;
        }
        joined->left = std::move(left);
        if (!deepen(*joined, joined->left) || !deepen(*joined, joined->right)) return nullptr;
        left = std::move(joined);
    }
    --nested_;
    return left;
}

Operand Parser::unary() {
    const std::uint32_t at = token_.begin;
    if (!token_.is("-") && !token_.is("+")) return chain();
    Operand operation = made(token_.is("-") ? Operation::Kind::negate : Operation::Kind::plus, at);
    advance();
    if (++nested_ > kDeepest) return fail(at, kTooDeep);
    operation->left = unary();
    --nested_;
    if (!operation->left || !deepen(*operation, operation->left)) return nullptr;
    return operation;
}

bool Parser::typeName(TypeName& type) {
    const std::uint32_t at = token_.begin;
    std::vector<std::string> parts;
    do {
        if (token_.kind != Token::Kind::identifier) {
            fail(token_.begin, say("found {0}, expected the name of a type",
                                   "trouvé {0}, attendu le nom d'un type", {found()}));
            return false;
        }
        parts.push_back(token_.text);
        advance();
    } while (take("."));
    std::string name = parts.front();
    if (parts.size() > 1 && (name == "System" || name == "FHIR")) {
        type.space = name == "System" ? TypeName::Space::system : TypeName::Space::fhir;
        parts.erase(parts.begin());
        name = parts.front();
    }
    for (std::size_t i = 1; i < parts.size(); ++i) name += "." + parts[i];
    type.name = gateway::Name::permanent(name);
    static const Models kNone;
    if (unknownType(type, options_.models ? *options_.models : kNone)) {
        fail(at, say("there is no type {0}", "il n'y a pas de type {0}", {quoted(name)}));
        return false;
    }
    return true;
}

// --- Terms and their steps ----------------------------------------------------------------------

Operand Parser::chain() {
    const std::size_t defined = defined_.size();
    const std::uint32_t at = token_.begin;
    const bool starts = token_.kind == Token::Kind::identifier &&
                        (token_.delimited || (token_.text != "true" && token_.text != "false"));
    Operand path = made(Operation::Kind::path, at);
    if (!starts) {
        Operand start = term();
        if (!start) return nullptr;
        path->left = std::move(start);
        if (!deepen(*path, path->left)) return nullptr;
    }
    if (!steps(*path, starts)) return nullptr;
    defined_.resize(defined);
    if (path->left && path->steps.empty()) return std::move(path->left);
    return path;
}

bool Parser::steps(Operation& path, bool first) {
    if (first && !member(path, true)) return false;
    for (;;) {
        if (take(".")) {
            if (!member(path, false)) return false;
        } else if (token_.is("[")) {
            Step step;
            step.kind = Step::Kind::index;
            step.at = token_.begin;
            advance();
            ++brackets_;
            step.arguments.push_back(expression(0));
            --brackets_;
            if (!step.arguments.back() || !expect("]", {"after the index", "après l'index"}) ||
                !deepen(path, step.arguments.back()))
                return false;
            path.steps.push_back(std::move(step));
        } else {
            return true;
        }
        if (path.steps.size() > kLongestPath) {
            fail(token_.begin, {"the path has too many steps", "le chemin a trop d'étapes"});
            return false;
        }
    }
}

bool Parser::member(Operation& path, bool first) {
    const std::uint32_t at = token_.begin;
    if (token_.kind == Token::Kind::special && !first) {
        // `a.$this` is in the grammar; it means what $this means.
        path.left = special();
        path.steps.clear();
        return path.left != nullptr;
    }
    if (token_.kind != Token::Kind::identifier) {
        fail(at, say("found {0}, expected a name after '.'",
                     "trouvé {0}, attendu un nom après « . »", {found()}));
        return false;
    }
    const std::string name = token_.text;
    const bool delimited = token_.delimited;
    advance();
    Step step;
    step.at = at;
    step.first = first;
    if (token_.is("(") && !delimited) {
        if (!function(step, name, first)) return false;
        for (const Operand& argument : step.arguments)
            if (!deepen(path, argument)) return false;
        path.steps.push_back(std::move(step));
        return true;
    }
    if (first && !delimited && options_.variables &&
        std::find(options_.variables->begin(), options_.variables->end(), name) !=
            options_.variables->end()) {
        Operand variable = made(Operation::Kind::variable, at);
        variable->name = code_.arena.keep(name);
        path.left = std::move(variable);
        return deepen(path, path.left);
    }
    step.typeLike = first && capital(name);
    step.spelled = name == "value" || name == "data" ||
                   std::any_of(name.begin() + (name.empty() ? 0 : 1), name.end(),
                               [](char c) { return c >= 'A' && c <= 'Z'; });
    step.name = gateway::Name::permanent(name);
    path.steps.push_back(std::move(step));
    return true;
}

bool Parser::function(Step& step, const std::string& name, bool first) {
    step.kind = Step::Kind::function;
    step.first = first;
    step.function = functionOf(name);
    if (step.function == nullptr) {
        fail(step.at, say("there is no function {0}{1}", "il n'y a pas de fonction {0}{1}",
                          {quoted(name), didYouMean(name, functionNames())}));
        return false;
    }
    advance();
    ++brackets_;
    if (step.function->takesType) {
        if (!typeName(step.type)) return false;
    } else if (!token_.is(")") && !arguments(step)) {
        return false;
    }
    --brackets_;
    return expect(")",
                  say("after the arguments of {0}()", "après les arguments de {0}()", {name})) &&
           checkArguments(step, name) && special(step) && pattern(step);
}

bool Parser::arguments(Step& step) {
    do {
        step.arguments.push_back(expression(0));
        Operand& argument = step.arguments.back();
        if (!argument) return false;
        if (step.function->name == "sort" && (token_.word("asc") || token_.word("desc"))) {
            argument->descending = token_.text == "desc";
            advance();
        }
    } while (take(","));
    return true;
}

bool Parser::checkArguments(const Step& step, const std::string& name) {
    const Function& function = *step.function;
    const std::size_t count = step.arguments.size();
    if (function.takesType || (count >= function.least && count <= function.most)) return true;
    Reason expected = std::to_string(function.least);
    if (function.most == 255)
        expected = say("{0} or more", "{0} ou plus", {expected});
    else if (function.most != function.least)
        expected = say("{0} to {1}", "{0} à {1}", {expected, std::to_string(function.most)});
    fail(step.at,
         say("{0}() got {1} arguments, expected {2}", "{0}() a reçu {1} arguments, attendu {2}",
             {name, std::to_string(count), expected}));
    return false;
}

/// The name of defineVariable() is known from here to the end of the chain.
bool Parser::special(Step& step) {
    if (step.function->name != "defineVariable") return true;
    const Operation& name = *step.arguments.front();
    if (name.kind != Operation::Kind::literal || !name.hasItem ||
        name.item.type != Item::Type::string) {
        fail(name.at, {"defineVariable() takes the name of the variable as a text",
                       "defineVariable() prend le nom de la variable comme un texte"});
        return false;
    }
    const std::string text(name.item.text());
    const auto taken = [&](const std::vector<std::string>& names) {
        return std::find(names.begin(), names.end(), text) != names.end();
    };
    static const std::vector<std::string> kFixed{"context", "resource", "rootResource",
                                                 "ucum",    "sct",      "loinc"};
    if (taken(defined_) || taken(kFixed) || (options_.variables && taken(*options_.variables))) {
        fail(name.at, say("there is a variable '%{0}' already", "il y a déjà une variable « %{0} »",
                          {text}));
        return false;
    }
    defined_.push_back(text);
    return true;
}

/// Patterns that stand as literals are compiled once.
bool Parser::pattern(Step& step) {
    const std::string_view name = step.function->name;
    if (name != "matches" && name != "matchesFull" && name != "replaceMatches") return true;
    const Operation& argument = *step.arguments.front();
    if (step.arguments.size() > step.function->least) return true;  // flags come with the call
    if (argument.kind != Operation::Kind::literal || !argument.hasItem ||
        argument.item.type != Item::Type::string)
        return true;
    step.pattern = compilePattern(argument.item.text());
    if (step.pattern->ok()) return true;
    fail(argument.at, say("the pattern is not valid: {0}", "le motif n'est pas valide : {0}",
                          {step.pattern->error()}));
    return false;
}

Operand Parser::term() {
    switch (token_.kind) {
        case Token::Kind::special: return special();
        case Token::Kind::external: return external();
        case Token::Kind::symbol:
            if (token_.is("(")) return parenthesized();
            if (token_.is("{")) {
                Operand empty = made(Operation::Kind::literal, token_.begin);
                advance();
                return expect("}", {"after '{': the empty collection",
                                    "après « { » : la collection vide"})
                           ? std::move(empty)
                           : nullptr;
            }
            break;
        case Token::Kind::end:
        case Token::Kind::bad: break;
        default: return literal();
    }
    return fail(token_.begin, say("found {0}, expected an expression",
                                  "trouvé {0}, attendu une expression", {found()}));
}

Operand Parser::parenthesized() {
    advance();
    ++brackets_;
    Operand inner = expression(0);
    --brackets_;
    if (!inner || !expect(")", {"to close the parenthesis", "pour fermer la parenthèse"}))
        return nullptr;
    return inner;
}

Operand Parser::special() {
    const std::uint32_t at = token_.begin;
    const std::string name = token_.text;
    advance();
    if (name == "this") return made(Operation::Kind::focus, at);
    if (name == "index") return made(Operation::Kind::index, at);
    if (name == "total") return made(Operation::Kind::total, at);
    return fail(at, say("found '${0}', expected $this, $index or $total",
                        "trouvé « ${0} », attendu $this, $index ou $total", {name}));
}

Operand Parser::literal() {
    const std::uint32_t at = token_.begin;
    using Kind = Token::Kind;
    if (token_.kind == Kind::number) return number();
    Operand result;
    if (token_.kind == Kind::string) {
        if (token_.ignored)
            findings_.warning(
                code_.place(at),
                {"a backslash that begins no escape is ignored; a backslash itself is "
                 "written \\\\",
                 "une barre oblique inverse qui ne commence pas d'échappement est ignorée ; "
                 "elle-même s'écrit \\\\"});
        result = literalOf(at, Item::string(code_.arena.keep(token_.text)));
    } else if (token_.kind == Kind::identifier) {
        result = literalOf(at, Item::of(token_.text == "true"));
    } else {
        const auto kind = token_.kind == Kind::date   ? Moment::Kind::date
                          : token_.kind == Kind::time ? Moment::Kind::time
                                                      : Moment::Kind::dateTime;
        const auto moment = Moment::parse(token_.text, kind);
        if (!moment)
            return fail(
                at, {"there is no such date or time; expected @YYYY-MM-DD, @YYYY-MM-DDThh:mm:ss "
                     "or @Thh:mm:ss",
                     "cette date ou heure n'existe pas ; attendu @AAAA-MM-JJ, @AAAA-MM-JJThh:mm:ss "
                     "ou @Thh:mm:ss"});
        result = literalOf(at, Item::of(code_.arena.make<Moment>(*moment)));
    }
    advance();
    return result;
}

Operand Parser::number() {
    const std::uint32_t at = token_.begin;
    const auto decimal = Decimal::parse(token_.text);
    const bool fraction = token_.text.find('.') != std::string::npos;
    advance();
    if (!decimal)
        return fail(at, {"the number has more digits than fit", "le nombre a trop de chiffres"});
    if (token_.kind == Token::Kind::string || durationWord(token_)) {
        const bool calendar = token_.kind == Token::Kind::identifier;
        const Quantity quantity{*decimal, code_.arena.keep(token_.text), calendar};
        advance();
        return literalOf(at, Item::of(code_.arena.make<Quantity>(quantity)));
    }
    if (token_.word("L") && token_.begin == end_ && !fraction) {
        const auto whole = decimal->whole();
        if (!whole) return fail(at, kTooLarge);
        advance();
        return literalOf(at, Item::ofLong(*whole));
    }
    if (fraction) return literalOf(at, Item::of(code_.arena.make<Decimal>(*decimal)));
    const auto whole = decimal->whole();
    if (!whole) return fail(at, kTooLarge);
    return literalOf(at, Item::of(*whole));
}

Operand Parser::external() {
    const std::uint32_t at = token_.begin;
    const std::string name = token_.text;
    advance();
    return known(name, at);
}

Operand Parser::known(std::string_view name, std::uint32_t at) {
    using Kind = Operation::Kind;
    const auto constant = [&](std::string_view text) {
        return literalOf(at, Item::string(code_.arena.keep(text)));
    };
    if (name == "ucum") return constant("http://unitsofmeasure.org");
    if (name == "sct") return constant("http://snomed.info/sct");
    if (name == "loinc") return constant("http://loinc.org");
    if (name.starts_with("vs-"))
        return constant("http://hl7.org/fhir/ValueSet/" + std::string(name.substr(3)));
    if (name.starts_with("ext-"))
        return constant("http://hl7.org/fhir/StructureDefinition/" + std::string(name.substr(4)));
    if (name == "context") return made(Kind::original, at);
    if (name == "resource") return made(Kind::resource, at);
    if (name == "rootResource") return made(Kind::rootResource, at);
    const bool context = name.starts_with("context-");
    std::vector<std::string> names = defined_;
    if (options_.variables)
        names.insert(names.end(), options_.variables->begin(), options_.variables->end());
    if (!context && std::find(names.begin(), names.end(), name) == names.end()) {
        names.insert(names.end(), {"context", "resource", "rootResource", "ucum", "sct", "loinc"});
        return fail(at,
                    say("there is no variable '%{0}'{1}", "il n'y a pas de variable « %{0} »{1}",
                        {name, didYouMean(name, names)}));
    }
    Operand variable = made(context ? Kind::context : Kind::variable, at);
    variable->name = code_.arena.keep(context ? name.substr(8) : name);
    return variable;
}

}  // namespace fhirpath
