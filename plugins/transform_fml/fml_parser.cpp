#include "fml_parser.h"

#include "fml_rule_parser.h"
#include "gateway/config.h"

namespace fml {
namespace {

using gateway::Findings;
using gateway::Reason;
using gateway::say;
using Kind = Token::Kind;

const Reason kPrefix{"a prefix, as in s:code", "un préfixe, comme s:code"};
const Reason kSystem{"the url of a code system", "l'url d'un système de codes"};
const Reason kGroupName{"the name of a group", "le nom d'un groupe"};
const Reason kType{"a type", "un type"};

class Parser {
public:
    Parser(const SourceText& source, Findings& findings) : read_(source, findings) {}

    MapSyntax map() {
        while (read_.peek().kind != Kind::end) guarded();
        return std::move(map_);
    }

    /// Up to the first group.
    MapSyntax header() {
        while (read_.peek().kind != Kind::end && !read_.peek().is("group")) guarded();
        return std::move(map_);
    }

private:
    /// One declaration; after a mistake the next one.
    void guarded() {
        const At before = read_.peek().begin;
        try {
            declaration();
        } catch (const Mistake& mistake) {
            read_.report(mistake.at, mistake.text);
            recover(before);
        }
    }

    void recover(At from) {
        read_.seek(from);
        int depth = 0;
        bool first = true;
        while (read_.peek().kind != Kind::end) {
            if (!first && depth <= 0 && startsDeclaration(read_.peek())) return;
            first = false;
            const Token taken = read_.next();
            if (taken.is("{")) ++depth;
            if (taken.is("}") && --depth <= 0) return;
            if (taken.is(";") && depth <= 0) return;
        }
    }

    static bool startsDeclaration(const Token& token) {
        return token.is("uses") || token.is("imports") || token.is("group") || token.is("map") ||
               token.is("let") || token.is("conceptmap") || token.kind == Kind::metadata;
    }

    void declaration() {
        const Token& token = read_.peek();
        if (token.kind == Kind::metadata) return metadata();
        if (read_.accept("map")) return mapLine();
        if (read_.accept("uses")) return uses();
        if (read_.accept("imports")) {
            map_.imports.push_back(
                {read_.text({"the url of a map", "l'url d'une transformation"}), {}});
            read_.accept(";");
            return;
        }
        if (read_.accept("let")) return constant();
        if (token.is("conceptmap") || token.is("conceptMap")) return inlineTable();
        if (read_.accept("group")) return group();
        const Reason words{"'uses', 'imports', 'conceptmap', 'let' or 'group'",
                           "« uses », « imports », « conceptmap », « let » ou « group »"};
        const Reason hint =
            gateway::didYouMean(token.kind == Kind::word ? token.raw : "",
                                {"map", "uses", "imports", "conceptmap", "let", "group"});
        read_.fail(token, say("{0}{1}", "{0}{1}", {words, hint}));
    }

    void mapLine() {
        map_.url = read_.text({"the url of the map", "l'url de la transformation"});
        read_.expect("=");
        const Reason what{"the name of the map", "le nom de la transformation"};
        map_.name = read_.peek().anyText() ? read_.text(what) : read_.name(what);
        read_.accept(";");
    }

    /// `/// key = 'value'`; the value may be missing, or stand between """ over several lines.
    void metadata() {
        const Token token = read_.next();
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
            const auto close = read_.source().text().find("\"\"\"", from);
            if (close == std::string_view::npos)
                throw Mistake{token.begin,
                              {"found \"\"\" that is not closed, expected \"\"\"",
                               "trouvé \"\"\" qui n'est pas fermé, attendu \"\"\""}};
            map_.metadata.emplace_back(
                Word{keyText, token.begin},
                std::string(read_.source().text().substr(from, close - from)));
            read_.seek(static_cast<At>(close + 3));
            return;
        }
        std::string value = line.peek().anyText() ? line.peek().value : bareValue(rest);
        const Word word{value, static_cast<At>(token.begin + 3 + line.peek().begin)};
        if (keyText == "url") map_.url = word;
        if (keyText == "name") map_.name = word;
        map_.metadata.emplace_back(Word{keyText, token.begin}, std::move(value));
    }

    /// true, draft, @2025-01-31: up to the end of the line or a comment.
    static std::string bareValue(std::string_view text) {
        text = text.substr(0, text.find(" //"));
        const auto begin = text.find_first_not_of(" \t\r@");
        if (begin == text.npos) return {};
        return std::string(text.substr(begin, text.find_last_not_of(" \t\r") + 1 - begin));
    }

    void uses() {
        UsesSyntax use;
        use.url = read_.text({"the url of a structure", "l'url d'une structure"});
        if (read_.accept("alias"))
            use.alias = read_.name({"a name for the structure", "un nom pour la structure"});
        read_.expect("as");
        const Token mode = read_.next();
        if (!mode.is("source") && !mode.is("queried") && !mode.is("target") && !mode.is("produced"))
            read_.fail(mode, {"'source', 'queried', 'target' or 'produced'",
                              "« source », « queried », « target » ou « produced »"});
        use.mode = mode.raw;
        read_.accept(";");
        map_.uses.push_back(std::move(use));
    }

    void constant() {
        ConstantSyntax constant;
        constant.name = read_.name({"the name of the constant", "le nom de la constante"});
        read_.expect("=");
        constant.value = read_.pathUntil([](const Token& token) { return token.is(";"); });
        read_.expect(";");
        map_.constants.push_back(std::move(constant));
    }

    void inlineTable() {
        read_.next();
        InlineTableSyntax table;
        table.name = read_.text({"the name of the table", "le nom de la table"});
        if (table.name.text.starts_with('#')) table.name.text.erase(0, 1);
        read_.expect("{");
        std::vector<std::pair<std::string, std::string>> prefixes;
        while (!read_.accept("}")) {
            if (read_.peek().kind == Kind::end) read_.fail(read_.peek(), quote("}"));
            if (read_.accept("prefix")) {
                Word prefix = read_.name({"a prefix", "un préfixe"});
                read_.expect("=");
                prefixes.emplace_back(prefix.text, read_.text(kSystem).text);
                read_.accept(";");
            } else if (read_.accept("unmapped")) {
                read_.expect("for");
                read_.name({"a prefix", "un préfixe"});
                read_.expect("=");
                table.unmapped = read_.name(quote("provided")).text;
                read_.accept(";");
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
        Token relation = read_.next();
        while (relation.kind == Kind::sign && read_.peek().kind == Kind::sign &&
               !read_.peek().is(";") && !read_.peek().is("}")) {
            const Token more = read_.next();
            relation.raw = read_.source().text().substr(relation.begin, more.end - relation.begin);
            relation.end = more.end;
        }
        if (relation.kind != Kind::sign)
            read_.fail(relation,
                       {"'-', '==' or another relation", "« - », « == » ou une autre relation"});
        row.relation = {std::string(relation.raw), relation.begin};
        const bool none = row.relation.text == "!=" || row.relation.text == "--";
        if (!none || (read_.peek().name() && read_.second().is(":") && targetFollows())) {
            row.targetSystem = prefix(prefixes);
            row.target = code();
        }
        read_.accept(";");
        table.rows.push_back(std::move(row));
    }

    /// After a relation that needs no target: whether `t:code` is one, and not the next row's
    /// source.
    bool targetFollows() const {
        Lexer ahead = read_.ahead();
        ahead.next();
        ahead.next();
        if (ahead.peek().anyText())
            ahead.next();
        else
            ahead.bare();
        return ahead.peek().kind != Kind::sign || ahead.peek().is(";") || ahead.peek().is("}");
    }

    Word prefix(const std::vector<std::pair<std::string, std::string>>& prefixes) {
        const Token token = read_.peek();
        Word word = read_.name(kPrefix);
        for (const auto& [key, system] : prefixes) {
            if (key != word.text) continue;
            read_.expect(":");
            return {system, word.at};
        }
        read_.fail(token, {"a prefix that the table declares", "un préfixe que la table déclare"});
    }

    Word code() {
        Token token = read_.peek().anyText() ? read_.next() : read_.bare();
        if (token.raw.empty()) read_.fail(read_.peek(), {"a code", "un code"});
        return {std::move(token.value), token.begin};
    }

    void group() {
        GroupSyntax group;
        if (read_.accept("for")) defaultMode(group);  // R3
        group.name = read_.name({"the name of the group", "le nom du groupe"});
        const bool old = !read_.peek().is("(");
        if (!old) inputs(group);
        for (;;) {
            if (read_.accept("extends")) {
                group.extends = read_.name(kGroupName);
            } else if (read_.accept("for")) {
                defaultMode(group);
            } else if (read_.accept("<<")) {
                defaultMode(group);
                read_.expect(">>");
            } else {
                break;
            }
        }
        if (old) oldInputs(group);
        At open = group.name.at;
        if (!old) {
            read_.expect("{");
            open = read_.last();
        }
        RuleParser(read_).rules(group.rules, open, old);
        read_.accept(";");
        map_.groups.push_back(std::move(group));
    }

    void inputs(GroupSyntax& group) {
        read_.expect("(");
        do {
            InputSyntax input;
            const Token mode = read_.next();
            if (!mode.is("source") && !mode.is("target"))
                read_.fail(mode, {"'source' or 'target'", "« source » ou « target »"});
            input.target = mode.is("target");
            input.name = read_.name({"the name of a parameter", "le nom d'un paramètre"});
            if (read_.accept(":")) input.type = typeName();
            group.inputs.push_back(std::move(input));
        } while (read_.accept(","));
        read_.expect(")");
    }

    /// R3: `input name : Type as source`
    void oldInputs(GroupSyntax& group) {
        const Reason expected{"'(' and the parameters of the group, or R3's 'input'",
                              "« ( » et les paramètres du groupe, ou « input » de R3"};
        if (!read_.peek().is("input")) read_.fail(read_.peek(), expected);
        while (read_.accept("input")) {
            InputSyntax input;
            const Reason what{"the name of a parameter", "le nom d'un paramètre"};
            input.name = read_.peek().anyText() ? read_.text(what) : read_.name(what);
            if (read_.accept(":")) input.type = typeName();
            read_.expect("as");
            const Token mode = read_.next();
            if (!mode.is("source") && !mode.is("target"))
                read_.fail(mode, {"'source' or 'target'", "« source » ou « target »"});
            input.target = mode.is("target");
            read_.accept(";");
            group.inputs.push_back(std::move(input));
        }
    }

    Word typeName() { return read_.peek().anyText() ? read_.text(kType) : read_.dottedName(kType); }

    void defaultMode(GroupSyntax& group) {
        const Token mode = read_.next();
        const bool plus = read_.accept("+");
        if (plus) read_.accept("types");
        if (!mode.is("types") && !mode.is("type"))
            read_.fail(mode, {"'types' or 'type+'", "« types » ou « type+ »"});
        group.standard =
            mode.is("types") ? GroupSyntax::Default::types : GroupSyntax::Default::typeAndTypes;
    }

    Reader read_;
    MapSyntax map_;
};

}  // namespace

MapSyntax parse(const SourceText& source, Findings& findings) {
    MapSyntax map = Parser(source, findings).map();
    if (map.groups.empty() && !findings.failed())
        findings.error(
            source.place(static_cast<At>(source.text().size())),
            {"found no group, expected at least one", "aucun groupe trouvé, attendu au moins un"});
    return map;
}

MapSyntax parseHeader(const SourceText& source) {
    Findings ignored;
    return Parser(source, ignored).header();
}

}  // namespace fml
