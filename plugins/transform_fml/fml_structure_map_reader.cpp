#include <algorithm>
#include <charconv>
#include <limits>
#include <set>

#include "common/json/json.h"
#include "common/text/text.h"
#include "fml_comments.h"
#include "fml_parser.h"
#include "fml_printer.h"
#include "fml_structure_map.h"
#include "tables_conceptmap.h"

namespace fml {
namespace {

using gateway::Findings;
using gateway::Node;
using gateway::say;
using Kind = ParameterSyntax::Kind;
using Names = std::vector<std::string_view>;

constexpr unsigned kDeepest = 64;

const Names kMetadata = {"id",   "language",  "version",     "title",   "status",   "experimental",
                         "date", "publisher", "description", "purpose", "copyright"};

std::string quotedText(std::string_view text) {
    return printedParameter({Kind::text, std::string(text), 0});
}

class Reading {
public:
    Reading(const SourceText& source, const fhir::Resource& resource, Findings& findings,
            bool everything)
        : source_(source), resource_(resource), findings_(findings), everything_(everything) {
        // The resource was read without a byte order mark.
        if (source.text().starts_with(text::kByteOrderMark))
            skipped_ = static_cast<At>(text::kByteOrderMark.size());
    }

    MapSyntax map(bool headerOnly) {
        const Node root = resource_.root();
        if (root.child("resourceType").text() != "StructureMap") {
            error(root, {"found no StructureMap, expected \"resourceType\": \"StructureMap\"",
                         "trouvé autre chose qu'une StructureMap, attendu \"resourceType\": "
                         "\"StructureMap\""});
            return std::move(map_);
        }
        head(root);
        if (headerOnly) return std::move(map_);
        tellOthers(root);
        for (const Node child : fhir::items(root)) {
            if (child.name() == "contained") contained(child);
            if (child.name() == "structure") uses(child);
            if (child.name() == "import") map_.imports.push_back({word(child), {}});
            if (child.name() == "const") constant(child);
        }
        renameTables();
        for (const Node child : fhir::items(root))
            if (child.name() == "group") group(child);
        return std::move(map_);
    }

private:
    At at(Node node) const { return static_cast<At>(node.where().begin) + skipped_; }

    void error(Node node, const gateway::Reason& text) {
        findings_.error(source_.place(at(node)), text);
    }

    void missing(Node in, std::string_view name) {
        error(in, say("found no '{0}', expected one in {1}", "« {0} » manquant, attendu dans {1}",
                      {name, in.path()}));
    }

    /// A text as it stands, with the name that an extension gives in its place.
    Word word(Node node) const {
        if (!node) return {};
        return {std::string(node.text()), at(node) + (node.kind() == gateway::Kind::text ? 1 : 0)};
    }

    Node said(Node in, std::string_view key) const { return in.child("_" + std::string(key)); }

    static Node ours(Node node, std::string_view name) {
        return fhir::extensionOf(node, fhir::extensionUrl(name));
    }

    /// An element of which an extension may give the name as the map has it, or say that it was
    /// only made for FHIR.
    Word name(Node in, std::string_view key) const {
        Word found = word(in.child(key));
        const Node more = said(in, key);
        if (ours(more, extension::kMade).text() == "true") return {};
        if (const Node own = ours(more, extension::kName)) found.text = own.text();
        return found;
    }

    Word needed(Node in, std::string_view key) {
        Word found = name(in, key);
        if (found.empty()) missing(in, key);
        return found;
    }

    static std::string expressionOf(Node node) {
        const Node value = fhir::extensionOf(node, extension::kExpression);
        return std::string(value.child("expression").text());
    }

    void head(Node root) {
        map_.url = name(root, "url");
        map_.name = name(root, "name");
        for (const std::string_view key : kMetadata)
            if (Word value = name(root, key); !value.empty())
                map_.metadata.emplace_back(Word{std::string(key), value.at}, value.text);
        for (const Node child : fhir::items(root)) {
            if (child.name() != "extension") continue;
            const std::string_view url = child.child("url").text();
            const std::string name(fhir::extensionOf(child, "name").text());
            const std::string value(fhir::extensionOf(child, "value").text());
            if (url == fhir::extensionUrl(extension::kMetadata))
                map_.metadata.emplace_back(Word{name, at(child)}, value);
            if (url == extension::kConstant)
                map_.constants.push_back({{name, at(child)}, {value, at(child)}, {}});
        }
        map_.comments.documentation = ours(root, extension::kComment).text();
        map_.comments.ending = ours(root, extension::kEnding).text();
    }

    void tellOthers(Node root) {
        if (!everything_) return;
        static const Names known = {"resourceType", "url",    "name",  "contained", "extension",
                                    "structure",    "import", "const", "group"};
        std::set<std::string_view> told;
        for (const Node child : fhir::items(root)) {
            const std::string_view name = child.name();
            if (std::find(known.begin(), known.end(), name) != known.end() ||
                std::find(kMetadata.begin(), kMetadata.end(), name) != kMetadata.end() ||
                name.starts_with('_') || !told.insert(name).second)
                continue;
            findings_.warning(source_.place(at(child)),
                              say("found '{0}', which the mapping language cannot say: it is left "
                                  "out",
                                  "trouvé « {0} », que le langage de transformation ne sait pas "
                                  "dire : il est laissé de côté",
                                  {name}));
        }
    }

    void uses(Node node) {
        UsesSyntax use;
        use.url = needed(node, "url");
        use.alias = name(node, "alias");
        use.mode = node.child("mode").text();
        use.comments.documentation = node.child("documentation").text();
        if (use.mode != "source" && use.mode != "queried" && use.mode != "target" &&
            use.mode != "produced")
            error(node,
                  say("found mode '{0}', expected 'source', 'queried', 'target' or "
                      "'produced'",
                      "trouvé le mode « {0} », attendu « source », « queried », « target » ou "
                      "« produced »",
                      {use.mode}));
        map_.uses.push_back(std::move(use));
    }

    void constant(Node node) {
        map_.constants.push_back({needed(node, "name"), path(node.child("value")), {}});
    }

    void contained(Node node) {
        if (node.child("resourceType").text() != "ConceptMap") return;
        const tables::Table table =
            tables::readConceptMap(resource_, node, tables::Holding::lookup, findings_);
        InlineTableSyntax syntax;
        const std::string id(node.child("id").text());
        syntax.name = {idOf(table.name) == id ? table.name : id, at(node)};
        syntax.comments.documentation = node.child("description").text();
        if (table.unmapped == tables::Unmapped::useSource) syntax.unmapped = "provided";
        if (table.unmapped == tables::Unmapped::fixed || table.unmapped == tables::Unmapped::none)
            error(node, {"found a rule for the unmapped which a conceptmap within a map cannot "
                         "have, expected 'provided' or 'use-source-code'; a table in tables/ can",
                         "trouvé une règle pour les codes absents qu'une conceptmap dans une "
                         "transformation ne peut avoir, attendu « provided » ou "
                         "« use-source-code » ; une table dans tables/ le peut"});
        for (const tables::Row& row : table.rows) {
            InlineTableSyntax::Row to;
            to.system = {table.sourceSystemOf(row), at(node)};
            to.code = {row.source, at(node)};
            to.relation = {std::string(tables::toSign(row.relation)), at(node)};
            to.target = {row.target, at(node)};
            if (!row.target.empty()) to.targetSystem = {table.targetSystemOf(row), at(node)};
            syntax.rows.push_back(std::move(to));
        }
        ids_.push_back(id);
        map_.tables.push_back(std::move(syntax));
    }

    /// A table whose name two share keeps its id.
    void renameTables() {
        for (std::size_t i = 0; i < map_.tables.size(); ++i)
            for (std::size_t k = 0; k < i; ++k)
                if (map_.tables[i].name.text == map_.tables[k].name.text)
                    map_.tables[i].name.text = ids_[i];
    }

    void group(Node node) {
        GroupSyntax group;
        group.name = needed(node, "name");
        group.extends = name(node, "extends");
        const std::string_view mode = node.child("typeMode").text();
        if (mode == "types") group.standard = GroupSyntax::Default::types;
        if (mode == "type-and-types") group.standard = GroupSyntax::Default::typeAndTypes;
        group.comments.documentation = node.child("documentation").text();
        for (const Node child : fhir::items(node)) {
            if (child.name() == "input") input(group, child);
            const bool made = ours(child, extension::kMade).text() == "true";
            if (child.name() == "rule" && !made) group.rules.push_back(rule(child, 0));
        }
        if (group.inputs.empty()) missing(node, "input");
        map_.groups.push_back(std::move(group));
    }

    void input(GroupSyntax& group, Node node) {
        InputSyntax input;
        input.name = needed(node, "name");
        input.type = name(node, "type");
        const std::string_view mode = node.child("mode").text();
        input.target = mode == "target";
        if (!input.target && mode != "source")
            error(node, say("found mode '{0}', expected 'source' or 'target'",
                            "trouvé le mode « {0} », attendu « source » ou « target »", {mode}));
        group.inputs.push_back(std::move(input));
    }

    RuleSyntax rule(Node node, unsigned depth) {
        RuleSyntax rule;
        rule.at = at(node);
        if (depth > kDeepest) {
            error(node, say("rules are nested deeper than {0}",
                            "les règles sont imbriquées sur plus de {0} niveaux",
                            {std::to_string(kDeepest)}));
            return rule;
        }
        rule.name = name(node, "name");
        rule.comments.documentation = node.child("documentation").text();
        for (const Node child : fhir::items(node)) {
            const std::string_view name = child.name();
            if (name == "source") rule.sources.push_back(source(child));
            if (name == "target") rule.targets.push_back(target(child));
            if (name == "rule") rule.rules.push_back(this->rule(child, depth + 1));
            if (name == "dependent") rule.calls.push_back(call(child));
        }
        if (rule.sources.empty()) missing(node, "source");
        return rule;
    }

    /// "a.b" as names; one with a dot in it stands in back quotes.
    std::vector<Word> steps(Node element) {
        std::vector<Word> steps;
        std::string_view rest = element.text();
        while (!rest.empty()) {
            std::size_t end = rest.find('.');
            std::string name;
            if (rest.front() == '`') {
                Lexer lexer(rest);
                const Token token = lexer.next();
                end = rest.find('.', token.end);
                name = token.value;
            } else {
                name = rest.substr(0, end);
            }
            steps.push_back({std::move(name), at(element) + 1});
            rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
        }
        return steps;
    }

    /// An expression, which must be one that can stand in brackets.
    PathText path(Node node) { return node ? checked(std::string(node.text()), node) : PathText{}; }

    PathText checked(std::string text, Node node) {
        Lexer lexer(text);
        std::string open;
        bool whole = lexer.peek().kind != Token::Kind::end;
        while (whole && lexer.peek().kind != Token::Kind::end) {
            const Token token = lexer.next();
            if (token.is("(")) open += ')';
            if (token.is("[")) open += ']';
            if (token.is("{")) open += '}';
            const bool closes = token.is(")") || token.is("]") || token.is("}");
            whole = token.kind != Token::Kind::broken && token.kind != Token::Kind::metadata &&
                    (!closes || (!open.empty() && token.raw[0] == open.back()));
            if (closes && whole) open.pop_back();
        }
        if (!whole || !open.empty()) {
            error(node, {"found no whole expression, expected FHIRPath with each bracket and quote "
                         "closed",
                         "trouvé une expression incomplète, attendu du FHIRPath dont chaque "
                         "parenthèse et guillemet est fermé"});
            return {};
        }
        return {std::move(text), at(node) + 1};
    }

    SourceSyntax source(Node node) {
        SourceSyntax source;
        source.context = needed(node, "context");
        source.steps = steps(node.child("element"));
        source.type = name(node, "type");
        count(source, node);
        source.otherwise = otherwise(node);
        source.list = word(node.child("listMode"));
        source.variable = name(node, "variable");
        source.where = path(node.child("condition"));
        source.check = path(node.child("check"));
        source.log = path(node.child("logMessage"));
        return source;
    }

    unsigned number(Node node, unsigned absent) {
        if (!node || node.text() == "*") return absent;
        unsigned value = 0;
        const std::string_view text = node.text();
        const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (failed != std::errc() || end != text.data() + text.size())
            error(node, {"found no count, expected a number or '*'",
                         "nombre manquant, attendu un nombre ou « * »"});
        return value;
    }

    void count(SourceSyntax& source, Node node) {
        const Node least = node.child("min"), most = node.child("max");
        if (least || most)
            source.count.emplace(number(least, 0),
                                 number(most, std::numeric_limits<unsigned>::max()));
    }

    /// `defaultValue` (R5) or `defaultValueString`, `…Code`, … (R4) as an expression.
    PathText otherwise(Node node) {
        for (const Node child : fhir::items(node)) {
            const std::string_view name = child.name();
            if (name.starts_with("_defaultValue"))
                if (std::string text = expressionOf(child); !text.empty())
                    return checked(std::move(text), child);
            if (!name.starts_with("defaultValue")) continue;
            if (child.kind() == gateway::Kind::text) return {quotedText(child.text()), at(child)};
            if (child.hasText()) return {std::string(child.text()), at(child)};
            error(child, {"found a default that is no single value, expected a text, number, true "
                          "or false",
                          "trouvé une valeur par défaut composée, attendu un texte, un nombre, "
                          "true ou false"});
        }
        return {};
    }

    TargetSyntax target(Node node) {
        TargetSyntax target;
        target.at = at(node);
        target.context = name(node, "context");
        target.steps = steps(node.child("element"));
        target.variable = name(node, "variable");
        target.list = word(node.child("listMode"));
        if (const Node mode = ours(node, extension::kListMode)) target.list = word(mode);
        target.share = name(node, "listRuleId");
        target.transform = word(node.child("transform"));
        if (const Node own = ours(node, extension::kTransform)) target.transform = word(own);
        for (const Node child : fhir::items(node))
            if (child.name() == "parameter") target.parameters.push_back(parameter(child));
        wholeExpression(target, node);
        tableName(target);
        if (target.transform.empty() && !target.parameters.empty()) missing(node, "transform");
        if (target.context.empty() && (!target.steps.empty() || target.transform.empty()))
            missing(node, "context");
        return target;
    }

    /// evaluate with one text is the expression itself.
    void wholeExpression(TargetSyntax& target, Node node) {
        if (target.transform.text != "evaluate" || target.parameters.size() != 1 ||
            target.parameters[0].kind != Kind::text)
            return;
        ParameterSyntax& only = target.parameters[0];
        only.kind = Kind::path;
        only.text = checked(std::move(only.text), node).text;
    }

    void tableName(TargetSyntax& target) const {
        if (target.transform.text != "translate") return;
        for (ParameterSyntax& one : target.parameters)
            for (std::size_t i = 0; i < ids_.size(); ++i)
                if (one.kind == Kind::text && one.text == "#" + ids_[i]) {
                    one.text = "#" + map_.tables[i].name.text;
                    break;
                }
    }

    ParameterSyntax parameter(Node node) {
        for (const Node value : node.children()) {
            const std::string_view type = value.name();
            const std::string text(value.text());
            if (type == "_valueString") {
                std::string path = expressionOf(value);
                if (path == "''") return {Kind::text, {}, at(value)};
                if (!path.empty()) return pathParameter(std::move(path), value);
            }
            if (type == "valueId") return {Kind::variable, name(node, type).text, at(value)};
            if (type == "valueString") return {Kind::text, text, at(value)};
            if (type == "valueBoolean") return {Kind::boolean, text, at(value)};
            if (type == "valueInteger" || type == "valueDecimal") return numeral(text, value);
            if (type == "valueDate" || type == "valueDateTime")
                return {Kind::path, "@" + text, at(value)};
            if (type == "valueTime") return {Kind::path, "@T" + text, at(value)};
        }
        missing(node, "value[x]");
        return {};
    }

    ParameterSyntax pathParameter(std::string path, Node node) {
        return {Kind::path, checked(std::move(path), node).text, at(node)};
    }

    /// The mapping language has no numbers with an exponent; FHIRPath neither.
    ParameterSyntax numeral(const std::string& text, Node node) {
        if (text.find_first_of("eE") != text.npos || node.kind() != gateway::Kind::number)
            error(node, {"found no plain number, expected digits",
                         "trouvé autre chose qu'un nombre simple, attendu des chiffres"});
        return {Kind::number, text, at(node)};
    }

    CallSyntax call(Node node) {
        CallSyntax call;
        call.name = needed(node, "name");
        for (const Node child : fhir::items(node)) {
            if (child.name() == "parameter") call.parameters.push_back(parameter(child));
            if (child.name() == "variable") call.parameters.push_back(spelled(child));
        }
        return call;
    }

    /// R4: the name of a variable; what FML spells otherwise is what it spells.
    ParameterSyntax spelled(Node node) {
        const std::string text(node.text());
        Lexer lexer(text);
        Token token = lexer.next();
        const At where = at(node) + 1;
        std::string sign;
        if (token.is("-") && lexer.peek().kind == Token::Kind::number) {
            sign = "-";
            token = lexer.next();
        }
        if (token.is("(")) return pathParameter(text, node);
        if (lexer.peek().kind == Token::Kind::end) {
            if (token.anyText()) return {Kind::text, token.value, where};
            if (token.kind == Token::Kind::number) return {Kind::number, sign + token.value, where};
            if (token.is("true") || token.is("false")) return {Kind::boolean, text, where};
            if (token.kind == Token::Kind::quoted) return {Kind::variable, token.value, where};
        }
        if (text.empty()) missing(node.parent(), "variable");
        return {Kind::variable, text, where};
    }

    const SourceText& source_;
    const fhir::Resource& resource_;
    Findings& findings_;
    const bool everything_;
    At skipped_ = 0;
    MapSyntax map_;
    std::vector<std::string> ids_;  ///< of the contained tables
};

bool isJson(const SourceText& source) { return source.file().ends_with(".json"); }

}  // namespace

MapSyntax readStructureMap(const SourceText& source, Findings& findings, bool everything) {
    const auto resource = fhir::Resource::read(source.file(), source.text(), findings);
    if (!resource) return {};
    return Reading(source, *resource, findings, everything).map(false);
}

MapSyntax readMap(const SourceText& source, Findings& findings) {
    if (isJson(source)) return readStructureMap(source, findings);
    MapSyntax map = parse(source, findings);
    // What a rule leaves out on purpose is said in its comment.
    if (source.text().find("@ignore") != std::string_view::npos) readComments(source, map);
    return map;
}

MapSyntax readMapHeader(const SourceText& source) {
    if (!isJson(source)) return parseHeader(source);
    Findings ignored;
    const auto resource = fhir::Resource::read(source.file(), source.text(), ignored);
    if (!resource) return {};
    return Reading(source, *resource, ignored, false).map(true);
}

}  // namespace fml
