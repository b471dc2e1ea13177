#include "fml_parser.h"

#include <array>
#include <charconv>
#include <limits>

#include "gateway/config.h"

namespace fml {
namespace {

using gateway::Findings;
using Kind = Token::Kind;

/// Ends the rule or declaration in hand; the parser goes on after it.
struct Mistake {
    At at;
    std::string text;
};

constexpr std::array kListModes = {"first", "not_first", "last", "not_last", "only_one"};
constexpr std::array kTargetModes = {"share", "first", "last", "single", "collate"};
constexpr unsigned kDeepest = 64;

template <std::size_t n>
bool oneOf(const Token& token, const std::array<const char*, n>& words) {
    if (token.kind != Kind::word) return false;
    for (const char* word : words)
        if (token.raw == word) return true;
    return false;
}

class Parser {
public:
    Parser(const SourceText& source, Findings& findings)
        : source_(source), lexer_(source.text()), findings_(findings) {}

    MapSyntax map() {
        while (peek().kind != Kind::end) guarded([&] { declaration(); }, false);
        return std::move(map_);
    }

    MapSyntax header() {
        while (peek().kind != Kind::end && !peek().is("group") && !peek().is("uses"))
            guarded([&] { declaration(); }, false);
        return std::move(map_);
    }

private:
    const Token& peek() const { return lexer_.peek(); }
    Token next() { return lexer_.next(); }

    [[noreturn]] void fail(const Token& found, const std::string& expected) const {
        throw Mistake{found.begin, "found " + found.shown() + ", expected " + expected};
    }

    bool accept(std::string_view what) {
        if (!peek().is(what)) return false;
        next();
        return true;
    }

    Token expect(std::string_view what, const std::string& why = {}) {
        if (!peek().is(what)) fail(peek(), "'" + std::string(what) + "'" + why);
        return next();
    }

    Word name(const std::string& what) {
        if (peek().kind == Kind::number)
            fail(peek(), what + "; a name that is a number stands in back quotes: `" +
                             std::string(peek().raw) + "`");
        if (!peek().name()) fail(peek(), what);
        Token token = next();
        return {std::move(token.value), token.begin};
    }

    Word text(const std::string& what) {
        if (!peek().anyText()) fail(peek(), what + " in quotes");
        Token token = next();
        return {std::move(token.value), token.begin};
    }

    /// Runs one part; after a mistake skips to the end of the rule or declaration.
    template <class Part>
    void guarded(const Part& part, bool inBody) {
        const At before = peek().begin;
        try {
            part();
        } catch (const Mistake& mistake) {
            report(mistake.at, mistake.text);
            recover(before, inBody);
        }
    }

    /// One finding for each place: what follows from a mistake is not told again.
    void report(At at, const std::string& text) {
        if (at == reported_) return;
        reported_ = at;
        findings_.error(source_.place(at), text);
    }

    void recover(At from, bool inBody) {
        // Rules are read again from where the broken one began, so that its braces count.
        lexer_.seek(from);
        int depth = 0;
        bool first = true;
        while (peek().kind != Kind::end) {
            const Token& token = peek();
            if (!inBody && !first && depth <= 0 && startsDeclaration(token)) return;
            if (inBody && depth == 0 && token.is("}")) return;
            if (inBody && token.is("group") && opensGroup()) return;
            first = false;
            const Token taken = next();
            if (taken.is("{")) ++depth;
            if (taken.is("}") && --depth <= 0 && !inBody) return;
            if (taken.is(";") && depth <= 0) return;
        }
    }

    bool opensGroup() const {
        Lexer ahead = lexer_;
        ahead.next();
        return ahead.next().name() && ahead.peek().is("(");
    }

    /// Whether the file ends, or the next group begins, inside of a group.
    bool cut() const { return peek().kind == Kind::end || (peek().is("group") && opensGroup()); }

    std::string notClosed() const {
        const At open = open_.empty() ? 0 : open_.back();
        return "found " + peek().shown() + ", expected '}' that closes line " +
               std::to_string(source_.place(open).line);
    }

    static bool startsDeclaration(const Token& token) {
        return token.is("uses") || token.is("imports") || token.is("group") || token.is("map") ||
               token.is("let") || token.is("conceptmap") || token.kind == Kind::metadata;
    }

    void declaration() {
        const Token& token = peek();
        if (token.kind == Kind::metadata) return metadata();
        if (accept("map")) return mapLine();
        if (accept("uses")) return uses();
        if (accept("imports")) {
            map_.imports.push_back({text("the url of a map"), {}});
            accept(";");
            return;
        }
        if (accept("let")) return constant();
        if (token.is("conceptmap") || token.is("conceptMap")) return inlineTable();
        if (accept("group")) return group();
        std::string hint;
        if (token.kind == Kind::word)
            hint = gateway::nearest(token.raw,
                                    {"map", "uses", "imports", "conceptmap", "let", "group"});
        fail(token, "'uses', 'imports', 'conceptmap', 'let' or 'group'" +
                        (hint.empty() ? "" : "; did you mean '" + hint + "'?"));
    }

    void mapLine() {
        map_.url = text("the url of the map");
        expect("=");
        if (peek().anyText())
            map_.name = text("the name of the map");
        else
            map_.name = name("the name of the map");
        accept(";");
    }

    /// `/// key = 'value'`; the value may be missing, or stand between """ over several lines.
    void metadata() {
        const Token token = next();
        Lexer line(token.raw.substr(3));
        Token key = line.next();
        if (!key.name()) return;  // a comment drawn as a line of slashes or the like
        std::string keyText = key.value;
        while (line.peek().is(".") || line.peek().is("-")) {
            keyText += line.next().raw;
            keyText += line.next().value;
        }
        if (!line.peek().is("=")) return;
        line.next();
        const std::string_view rest = token.raw.substr(3 + line.last());
        if (const auto open = rest.find("\"\"\""); open != rest.npos) {
            const std::size_t from = token.begin + 3 + line.last() + open + 3;
            const auto close = source_.text().find("\"\"\"", from);
            if (close == std::string_view::npos)
                throw Mistake{token.begin, "found \"\"\" that is not closed, expected \"\"\""};
            const Word word{keyText, token.begin};
            map_.metadata.emplace_back(word, source_.text().substr(from, close - from));
            lexer_.seek(static_cast<At>(close + 3));
            return;
        }
        std::string value = line.peek().kind == Kind::end ? "" : line.peek().value;
        const Word word{value, static_cast<At>(token.begin + 3 + line.peek().begin)};
        if (keyText == "url") map_.url = word;
        if (keyText == "name") map_.name = word;
        map_.metadata.emplace_back(Word{keyText, token.begin}, std::move(value));
    }

    void uses() {
        UsesSyntax use;
        use.url = text("the url of a structure");
        if (accept("alias")) use.alias = name("a name for the structure");
        expect("as");
        const Token mode = next();
        if (!mode.is("source") && !mode.is("queried") && !mode.is("target") && !mode.is("produced"))
            fail(mode, "'source', 'queried', 'target' or 'produced'");
        use.mode = mode.raw;
        accept(";");
        map_.uses.push_back(std::move(use));
    }

    void constant() {
        ConstantSyntax constant;
        constant.name = name("the name of the constant");
        expect("=");
        constant.value = pathUntil([](const Token& token) { return token.is(";"); });
        expect(";");
        map_.constants.push_back(std::move(constant));
    }

    void inlineTable() {
        next();
        InlineTableSyntax table;
        table.name = text("the name of the table");
        if (table.name.text.starts_with('#')) table.name.text.erase(0, 1);
        expect("{");
        std::vector<std::pair<std::string, std::string>> prefixes;
        while (!accept("}")) {
            if (peek().kind == Kind::end) fail(peek(), "'}'");
            if (accept("prefix")) {
                Word prefix = name("a prefix");
                expect("=");
                prefixes.emplace_back(prefix.text, text("the url of a code system").text);
                accept(";");
            } else if (accept("unmapped")) {
                expect("for");
                name("a prefix");
                expect("=");
                table.unmapped = name("'provided'").text;
                accept(";");
            } else {
                row(table, prefixes);
            }
        }
        map_.tables.push_back(std::move(table));
    }

    void row(InlineTableSyntax& table,
             const std::vector<std::pair<std::string, std::string>>& prefixes) {
        InlineTableSyntax::Row row;
        row.system = prefix(prefixes);
        row.code = code();
        Token relation = next();
        while (relation.kind == Kind::sign && peek().kind == Kind::sign && !peek().is(";") &&
               !peek().is("}")) {
            const Token more = next();
            relation.raw = source_.text().substr(relation.begin, more.end - relation.begin);
            relation.end = more.end;
        }
        if (relation.kind != Kind::sign) fail(relation, "'-', '==' or another relation");
        row.relation = {std::string(relation.raw), relation.begin};
        if (row.relation.text != "!=" || targetFollows()) {
            row.targetSystem = prefix(prefixes);
            row.target = code();
        }
        accept(";");
        table.rows.push_back(std::move(row));
    }

    /// After `!=`: whether `t:code` is its target and not the source of the next row.
    bool targetFollows() const {
        Lexer ahead = lexer_;
        if (!ahead.next().name() || !ahead.next().is(":")) return false;
        if (ahead.peek().anyText())
            ahead.next();
        else
            ahead.bare();
        return ahead.peek().kind != Kind::sign || ahead.peek().is(";") || ahead.peek().is("}");
    }

    Word prefix(const std::vector<std::pair<std::string, std::string>>& prefixes) {
        const Token token = peek();
        Word word = name("a prefix, as in s:code");
        for (const auto& [key, system] : prefixes) {
            if (key != word.text) continue;
            expect(":");
            return {system, word.at};
        }
        fail(token, "a prefix that the table declares");
    }

    Word code() {
        Token token = peek().anyText() ? next() : lexer_.bare();
        if (token.raw.empty()) fail(peek(), "a code");
        if (token.kind == Kind::word && token.value.ends_with(';')) token.value.pop_back();
        return {std::move(token.value), token.begin};
    }

    void group() {
        GroupSyntax group;
        group.name = name("the name of the group");
        if (peek().is("(")) inputs(group);
        for (;;) {
            if (accept("extends")) {
                group.extends = name("the name of a group");
            } else if (accept("for")) {
                defaultMode(group);
            } else if (accept("<<")) {
                defaultMode(group);
                expect(">>");
            } else {
                break;
            }
        }
        if (group.inputs.empty()) fail(peek(), "'(' and the parameters of the group");
        expect("{");
        open_.assign(1, lexer_.last());
        while (!peek().is("}")) {
            if (cut()) {
                report(peek().begin, notClosed());
                map_.groups.push_back(std::move(group));
                return;
            }
            guarded([&] { group.rules.push_back(rule(0)); }, true);
        }
        next();
        map_.groups.push_back(std::move(group));
    }

    void inputs(GroupSyntax& group) {
        expect("(");
        do {
            InputSyntax input;
            const Token mode = next();
            if (!mode.is("source") && !mode.is("target")) fail(mode, "'source' or 'target'");
            input.target = mode.is("target");
            input.name = name("the name of a parameter");
            if (accept(":")) input.type = name("a type");
            group.inputs.push_back(std::move(input));
        } while (accept(","));
        expect(")");
    }

    void defaultMode(GroupSyntax& group) {
        const Token mode = next();
        const bool plus = accept("+");
        if (plus) accept("types");
        if (!mode.is("types") && !mode.is("type")) fail(mode, "'types' or 'type+'");
        group.standard =
            mode.is("types") ? GroupSyntax::Default::types : GroupSyntax::Default::typeAndTypes;
    }

    RuleSyntax rule(unsigned depth) {
        open_.resize(depth + 1);
        if (depth > kDeepest)
            throw Mistake{peek().begin, "rules are nested deeper than " + std::to_string(kDeepest)};
        RuleSyntax rule;
        rule.at = peek().begin;
        do rule.sources.push_back(source());
        while (accept(","));
        if (accept("->")) {
            do rule.targets.push_back(target());
            while (accept(","));
        }
        if (accept("then")) then(rule, depth);
        if (peek().kind == Kind::wide) rule.name = text("the name of the rule");
        if (!peek().is(";")) failAfterRule(rule);
        next();
        return rule;
    }

    [[noreturn]] void failAfterRule(const RuleSyntax& rule) const {
        if (cut()) throw Mistake{peek().begin, notClosed()};
        std::string expected = "';'";
        if (rule.name.empty()) expected = "\"rule name\" or " + expected;
        if (rule.calls.empty() && rule.rules.empty() && rule.name.empty()) {
            expected = "',', 'then', " + expected;
            if (rule.targets.empty()) expected = "'->', " + expected;
        }
        fail(peek(), expected);
    }

    void then(RuleSyntax& rule, unsigned depth) {
        if (!peek().is("{")) {
            do {
                CallSyntax call;
                call.name = name("the name of a group, or '{'");
                expect("(", " and the parameters of the group");
                call.parameters = parameters();
                rule.calls.push_back(std::move(call));
            } while (accept(","));
        }
        if (!accept("{")) return;
        open_.push_back(lexer_.last());
        while (!peek().is("}")) {
            if (cut()) throw Mistake{peek().begin, notClosed()};
            guarded([&] { rule.rules.push_back(this->rule(depth + 1)); }, true);
        }
        open_.pop_back();
        next();
    }

    SourceSyntax source() {
        SourceSyntax source;
        source.context = name("a source, as in src.element");
        while (accept(".")) source.steps.push_back(name("the name of an element"));
        if (accept(":")) source.type = name("a type");
        if (peek().kind == Kind::number) count(source);
        for (;;) {
            if (peek().is("default") && source.otherwise.empty()) {
                next();
                source.otherwise = clause(true);
            } else if (oneOf(peek(), kListModes) && source.list.empty()) {
                source.list = name("a list mode");
            } else if (peek().is("as") && source.variable.empty()) {
                next();
                source.variable = name("the name of a variable");
            } else if (peek().is("where") && source.where.empty()) {
                next();
                source.where = clause();
            } else if (peek().is("check") && source.check.empty()) {
                next();
                source.check = clause();
            } else if (peek().is("log") && source.log.empty()) {
                next();
                source.log = clause();
            } else {
                return source;
            }
        }
    }

    void count(SourceSyntax& source) {
        const auto number = [&](const Token& token) {
            unsigned value = 0;
            const auto [end, error] =
                std::from_chars(token.raw.data(), token.raw.data() + token.raw.size(), value);
            if (error != std::errc() || end != token.raw.data() + token.raw.size())
                fail(token, "a count, as in 0..1");
            return value;
        };
        const unsigned least = number(next());
        expect("..");
        unsigned most = std::numeric_limits<unsigned>::max();
        if (!accept("*")) most = number(next());
        source.count.emplace(least, most);
    }

    /// `(expression)`, or bare as R3 and R4 had it: then it ends where the rule goes on.
    /// @param early  what may follow a default in R5 ends it too
    PathText clause(bool early = false) {
        return pathUntil([early](const Token& token) {
            if (early && (token.is("as") || oneOf(token, kListModes))) return true;
            return token.is("->") || token.is(",") || token.is(";") || token.is("then") ||
                   token.is("check") || token.is("log") || token.is("where") ||
                   token.kind == Kind::wide || token.is("}");
        });
    }

    /// Takes tokens up to the first that ends it outside of brackets.
    template <class Ends>
    PathText pathUntil(const Ends& ends) {
        const At begin = peek().begin;
        int depth = 0;
        At end = begin;
        bool first = true;
        while (peek().kind != Kind::end) {
            const Token& token = peek();
            if (token.kind == Kind::broken) fail(token, "an expression");
            // A text in wide quotes opens an expression (default "x") but does not stand inside.
            if (depth == 0 && ends(token) && !(first && token.kind == Kind::wide)) break;
            if (token.is("(") || token.is("[") || token.is("{")) ++depth;
            if (token.is(")") || token.is("]") || token.is("}"))
                if (--depth < 0) fail(token, "an expression");
            first = false;
            end = next().end;
        }
        if (depth > 0) fail(peek(), "')'");
        if (end == begin) fail(peek(), "an expression");
        return {std::string(source_.text().substr(begin, end - begin)), begin};
    }

    /// What stands between '(' and its ')'; the '(' has been read.
    PathText parenthesized() {
        const At begin = lexer_.last();
        if (peek().is(")")) fail(peek(), "an expression");
        PathText path = pathUntil([](const Token& token) { return token.is(")"); });
        path.text = source_.text().substr(begin, lexer_.last() - begin);
        path.at = begin;
        expect(")");
        return path;
    }

    std::vector<ParameterSyntax> parameters() {
        std::vector<ParameterSyntax> all;
        if (accept(")")) return all;
        do all.push_back(parameter());
        while (accept(","));
        expect(")");
        return all;
    }

    ParameterSyntax parameter() {
        const Token token = next();
        using Type = ParameterSyntax::Kind;
        if (token.anyText()) return {Type::text, token.value, token.begin};
        if (token.kind == Kind::number) return {Type::number, token.value, token.begin};
        if (token.is("-") && peek().kind == Kind::number)
            return {Type::number, "-" + next().value, token.begin};
        if (token.is("true") || token.is("false")) return {Type::boolean, token.value, token.begin};
        if (token.is("(")) {
            PathText path = parenthesized();
            return {Type::path, std::move(path.text), path.at};
        }
        if (token.is("%") || token.is("@"))
            fail(token, "a text, a number or a variable; an expression stands in parentheses");
        if (!token.name()) fail(token, "a text, a number, a variable or (an expression)");
        if (!peek().is(".")) return {Type::variable, token.value, token.begin};
        while (accept(".")) name("the name of an element");
        return {Type::path,
                std::string(source_.text().substr(token.begin, lexer_.last() - token.begin)),
                token.begin};
    }

    TargetSyntax target() {
        TargetSyntax target;
        target.at = peek().begin;
        if (accept("(")) {
            const PathText path = parenthesized();
            target.transform = {"evaluate", target.at};
            target.parameters.push_back({ParameterSyntax::Kind::path, path.text, path.at});
        } else {
            Word first = name("a target, as in tgt.element");
            if (accept("(")) {
                target.transform = std::move(first);
                target.parameters = parameters();
            } else {
                target.context = std::move(first);
                while (accept(".")) target.steps.push_back(name("the name of an element"));
                if (accept("=")) transform(target);
            }
        }
        for (;;) {
            if (peek().is("as") && target.variable.empty()) {
                next();
                target.variable = name("the name of a variable");
            } else if (oneOf(peek(), kTargetModes) && target.list.empty()) {
                target.list = name("a list mode");
                if (target.list.text == "share" && peek().name() && !peek().is("then") &&
                    !peek().is("as"))
                    target.share = name("a name");
            } else {
                return target;
            }
        }
    }

    void transform(TargetSyntax& target) {
        const Token token = peek();
        if (token.kind == Kind::word && !token.is("true") && !token.is("false")) {
            Lexer ahead = lexer_;
            ahead.next();
            if (ahead.peek().is("(")) {
                target.transform = name("a transform");
                next();
                target.parameters = parameters();
                return;
            }
        }
        ParameterSyntax value = parameter();
        const bool path = value.kind == ParameterSyntax::Kind::path;
        target.transform = {path ? "evaluate" : "copy", token.begin};
        target.parameters.push_back(std::move(value));
    }

    const SourceText& source_;
    Lexer lexer_;
    Findings& findings_;
    MapSyntax map_;
    std::vector<At> open_;  ///< braces of the group in hand
    At reported_ = std::numeric_limits<At>::max();
};

}  // namespace

MapSyntax parse(const SourceText& source, Findings& findings) {
    MapSyntax map = Parser(source, findings).map();
    if (map.groups.empty() && !findings.failed())
        findings.error(source.place(static_cast<At>(source.text().size())),
                       "found no group, expected at least one");
    return map;
}

MapSyntax parseHeader(const SourceText& source) {
    Findings ignored;
    return Parser(source, ignored).header();
}

}  // namespace fml
