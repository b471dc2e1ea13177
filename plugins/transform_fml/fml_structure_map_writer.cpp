#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <set>

#include "common/json/json.h"
#include "common/text/text.h"
#include "fml_printer.h"
#include "fml_structure_map.h"
#include "tables_conceptmap.h"

namespace fml {
namespace {

using gateway::say;
using Kind = ParameterSyntax::Kind;

constexpr std::array<std::string_view, 11> kElements = {
    "id",   "language",  "version",     "title",   "status",   "experimental",
    "date", "publisher", "description", "purpose", "copyright"};

constexpr std::array<std::string_view, 17> kTransforms = {
    "create", "copy",    "truncate", "escape", "cast", "append", "translate", "reference", "dateOp",
    "uuid",   "pointer", "evaluate", "cc",     "c",    "qty",    "id",        "cp"};

template <class List>
bool has(const List& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

/// The text that a literal of FHIRPath stands for, if it is one.
std::optional<std::string> literalText(std::string_view path) {
    Lexer lexer(path);
    const Token token = lexer.next();
    if (token.kind != Token::Kind::text || lexer.peek().kind != Token::Kind::end) return {};
    return token.value;
}

class Writing {
public:
    Writing(const SourceText& source, const MapSyntax& map, fhir::Release release,
            gateway::Findings& findings)
        : source_(source),
          map_(map),
          release_(release),
          r4_(release == fhir::Release::r4),
          findings_(findings) {}

    std::string text() {
        out_.beginObject();
        out_.text("resourceType", "StructureMap");
        plainElement("id");
        plainElement("language");
        contained();
        rootExtensions();
        head();
        uses();
        list("import", map_.imports, [&](const ImportSyntax& one) { out_.text({}, one.text); });
        if (!r4_)
            list("const", map_.constants, [&](const ConstantSyntax& one) {
                out_.beginObject();
                id("name", one.name);
                out_.text("value", canonicalPath(one.value.text));
                out_.endObject();
            });
        list("group", map_.groups, [&](const GroupSyntax& one) { group(one); });
        out_.endObject();
        return out_.take();
    }

private:
    template <class List, class Write>
    void list(std::string_view key, const List& all, const Write& write) {
        if (all.empty()) return;
        out_.beginArray(key);
        for (const auto& one : all) write(one);
        out_.endArray();
    }

    std::string metadata(std::string_view key) const {
        for (const auto& [own, value] : map_.metadata)
            if (own.text == key) return value;
        return {};
    }

    void plainElement(std::string_view key) { out_.text(key, metadata(key)); }

    /// An element that FHIR wants and the map has not.
    void made(std::string_view key, std::string_view value) {
        out_.text(key, value);
        out_.beginObject("_" + std::string(key));
        out_.extension(extension::kMade, "valueBoolean", "true");
        out_.endObject();
    }

    /// A name where FHIR wants an id.
    void id(std::string_view key, const Word& name) {
        if (name.empty()) return;
        const std::string text = idOf(name.text);
        out_.text(key, text);
        if (text == name.text) return;
        out_.beginObject("_" + std::string(key));
        out_.extension(extension::kName, "valueString", name.text);
        out_.endObject();
    }

    /// The same for what expressions may name: there other engines look for the name as it was.
    void variable(std::string_view key, const Word& name) {
        id(key, name);
        if (!name.empty() && idOf(name.text) != name.text && told_.insert(name.text).second)
            findings_.warning(
                source_.place(name.at),
                say("found name '{0}', which is no id of FHIR: the StructureMap has '{1}', and "
                    "expressions with the name will not work in other engines",
                    "trouvé le nom « {0} », qui n'est pas un id FHIR : la StructureMap contient "
                    "« {1} », et les expressions qui l'utilisent ne marcheront pas dans d'autres "
                    "moteurs",
                    {name.text, idOf(name.text)}));
    }

    void contained() {
        list("contained", map_.tables, [&](const InlineTableSyntax& one) {
            tables::writeConceptMap(out_, tableOf(one), release_);
        });
    }

    static tables::Table tableOf(const InlineTableSyntax& syntax) {
        tables::Table table;
        table.name = syntax.name.text;
        table.details.emplace_back("id", idOf(syntax.name.text));
        if (!syntax.comments.documentation.empty())
            table.details.emplace_back("description", syntax.comments.documentation);
        if (syntax.unmapped == "provided") table.unmapped = tables::Unmapped::useSource;
        for (const InlineTableSyntax::Row& row : syntax.rows) {
            if (table.sourceSystem.empty()) table.sourceSystem = row.system.text;
            if (table.targetSystem.empty()) table.targetSystem = row.targetSystem.text;
        }
        for (const InlineTableSyntax::Row& from : syntax.rows) {
            tables::Row row;
            row.source = from.code.text;
            row.target = from.target.text;
            row.relation = tables::relationOfSign(from.relation.text);
            if (from.system.text != table.sourceSystem) row.sourceSystem = from.system.text;
            if (from.targetSystem.text != table.targetSystem)
                row.targetSystem = from.targetSystem.text;
            table.rows.push_back(std::move(row));
        }
        return table;
    }

    void rootExtensions() {
        out_.beginArray("extension");  // left out when nothing comes
        for (const InlineTableSyntax& table : map_.tables)
            extension(extension::kTable, "valueCanonical", "#" + idOf(table.name.text));
        extension(extension::kComment, "valueString", map_.comments.documentation);
        extension(extension::kEnding, "valueString", map_.comments.ending);
        for (const auto& [key, value] : map_.metadata)
            if (key.text != "url" && key.text != "name" &&
                (!has(kElements, key.text) || value.empty()))
                pair(fhir::extensionUrl(extension::kMetadata), "valueString", key.text, value);
        if (r4_)
            for (const ConstantSyntax& constant : map_.constants)
                pair(std::string(extension::kConstant), "valueString", constant.name.text,
                     canonicalPath(constant.value.text));
        out_.endArray();
    }

    void extension(std::string_view name, std::string_view type, std::string_view value) {
        if (value.empty()) return;
        out_.beginObject();
        out_.text("url", fhir::extensionUrl(name));
        out_.text(type, value);
        out_.endObject();
    }

    void pair(const std::string& url, std::string_view type, const std::string& name,
              const std::string& value) {
        out_.beginObject();
        out_.beginArray("extension");
        for (const bool second : {false, true}) {
            if (second && value.empty()) break;
            out_.beginObject();
            out_.text("url", second ? "value" : "name");
            out_.text(type, second ? value : name);
            out_.endObject();
        }
        out_.endArray();
        out_.text("url", url);
        out_.endObject();
    }

    void head() {
        const std::string name = map_.name.empty() ? "unnamed" : map_.name.text;
        if (map_.url.empty())
            made("url", "https://passerelle.example/fhir/StructureMap/" + idOf(name));
        else
            out_.text("url", map_.url.text);
        plainElement("version");
        if (map_.name.empty())
            made("name", name);
        else
            out_.text("name", name);
        plainElement("title");
        if (const std::string status = metadata("status"); status.empty())
            made("status", "draft");
        else
            out_.text("status", status);
        if (const std::string value = metadata("experimental"); !value.empty())
            out_.plain("experimental", value == "true" ? "true" : "false");
        for (const char* const key : {"date", "publisher", "description", "purpose", "copyright"})
            plainElement(key);
    }

    void uses() {
        list("structure", map_.uses, [&](const UsesSyntax& use) {
            out_.beginObject();
            out_.text("url", use.url.text);
            out_.text("mode", use.mode);
            out_.text("alias", use.alias.text);
            documentation(use.comments);
            out_.endObject();
        });
    }

    void documentation(const Comments& comments) {
        const bool both = !comments.documentation.empty() && !comments.ending.empty();
        out_.text("documentation", comments.documentation + (both ? "\n" : "") + comments.ending);
    }

    void group(const GroupSyntax& group) {
        using Default = GroupSyntax::Default;
        out_.beginObject();
        id("name", group.name);
        id("extends", group.extends);
        if (group.standard != Default::no || r4_)
            out_.text("typeMode", group.standard == Default::no      ? "none"
                                  : group.standard == Default::types ? "types"
                                                                     : "type-and-types");
        documentation(group.comments);
        list("input", group.inputs, [&](const InputSyntax& input) {
            out_.beginObject();
            variable("name", input.name);
            out_.text("type", input.type.text);
            out_.text("mode", input.target ? "target" : "source");
            out_.endObject();
        });
        if (group.rules.empty() && r4_)
            noRule(group);
        else
            rules(group.rules);
        out_.endObject();
    }

    /// R4 wants a rule in each group.
    void noRule(const GroupSyntax& group) {
        out_.beginArray("rule");
        out_.beginObject();
        out_.extension(extension::kMade, "valueBoolean", "true");
        out_.text("name", "none");
        out_.beginArray("source");
        out_.beginObject();
        id("context", group.inputs.front().name);
        out_.endObject();
        out_.endArray();
        out_.endObject();
        out_.endArray();
    }

    void rules(const std::vector<RuleSyntax>& rules) {
        list("rule", rules, [&](const RuleSyntax& one) { rule(one); });
    }

    void rule(const RuleSyntax& rule) {
        out_.beginObject();
        if (!rule.name.empty())
            id("name", rule.name);
        else if (r4_)
            made("name", madeName(rule));
        list("source", rule.sources, [&](const SourceSyntax& one) { source(one); });
        list("target", rule.targets, [&](const TargetSyntax& one) { target(one); });
        rules(rule.rules);
        list("dependent", rule.calls, [&](const CallSyntax& one) { call(one); });
        documentation(rule.comments);
        out_.endObject();
    }

    static std::string madeName(const RuleSyntax& rule) {
        const SourceSyntax& source = rule.sources.front();
        return idOf(source.steps.empty() ? source.context.text : source.steps.back().text);
    }

    static std::string elementOf(const std::vector<Word>& steps) {
        std::string text;
        for (const Word& step : steps) {
            if (!text.empty()) text += '.';
            const bool plain = step.text.find_first_of(".`") == step.text.npos;
            text += plain ? step.text : printedName(step.text);
        }
        return text;
    }

    void source(const SourceSyntax& source) {
        out_.beginObject();
        variable("context", source.context);
        if (source.count) {
            const unsigned most = source.count->second;
            out_.plain("min", std::to_string(source.count->first));
            out_.text("max",
                      most == std::numeric_limits<unsigned>::max() ? "*" : std::to_string(most));
        }
        out_.text("type", source.type.text);
        otherwise(source.otherwise);
        out_.text("element", elementOf(source.steps));
        out_.text("listMode", source.list.text);
        variable("variable", source.variable);
        path("condition", source.where);
        path("check", source.check);
        path("logMessage", source.log);
        out_.endObject();
    }

    void path(std::string_view key, const PathText& path) {
        if (!path.empty()) out_.text(key, canonicalPath(path.text));
    }

    /// FHIR's default is a value, FML's an expression.
    void otherwise(const PathText& path) {
        if (path.empty()) return;
        const std::string key = r4_ ? "defaultValueString" : "defaultValue";
        const std::string text = canonicalPath(path.text);
        if (const auto literal = literalText(text); literal && !literal->empty())
            out_.text(key, *literal);
        else
            expression(key, text);
    }

    void expression(const std::string& key, const std::string& path) {
        out_.beginObject("_" + key);
        out_.beginArray("extension");
        out_.beginObject();
        out_.text("url", extension::kExpression);
        out_.beginObject("valueExpression");
        out_.text("language", "text/fhirpath");
        out_.text("expression", path);
        out_.endObject();
        out_.endObject();
        out_.endArray();
        out_.endObject();
    }

    void target(const TargetSyntax& target) {
        const std::string& mode = target.list.text;
        const bool known = mode.empty() || mode == "first" || mode == "share" || mode == "last" ||
                           mode == (r4_ ? "collate" : "single");
        const bool plain = target.transform.empty() || has(kTransforms, target.transform.text);
        out_.beginObject();
        if (!known || !plain) {
            out_.beginArray("extension");
            if (!known) extension(extension::kListMode, "valueCode", mode);
            if (!plain) extension(extension::kTransform, "valueString", target.transform.text);
            out_.endArray();
        }
        variable("context", target.context);
        if (r4_ && !target.context.empty()) out_.text("contextType", "variable");
        out_.text("element", elementOf(target.steps));
        variable("variable", target.variable);
        if (known && !mode.empty()) {
            out_.beginArray("listMode");
            out_.text({}, mode);
            out_.endArray();
        }
        id("listRuleId", target.share);
        if (plain) out_.text("transform", target.transform.text);
        list("parameter", target.parameters, [&](const ParameterSyntax& one) {
            const bool whole = isExpression(target);
            const bool table = target.transform.text == "translate" && one.text.starts_with('#');
            if (whole)
                textParameter(canonicalPath(one.text));
            else if (table && one.kind == Kind::text)
                textParameter("#" + idOf(std::string_view(one.text).substr(1)));
            else
                parameter(one);
        });
        out_.endObject();
    }

    void textParameter(const std::string& text) {
        out_.beginObject();
        out_.text("valueString", text);
        out_.endObject();
    }

    void parameter(const ParameterSyntax& parameter) {
        const std::string& text = parameter.text;
        out_.beginObject();
        switch (parameter.kind) {
            case Kind::text:
                if (text.empty())
                    expression("valueString", "''");
                else
                    out_.text("valueString", text);
                break;
            case Kind::number:
                if (!json::isNumber(text)) {  // 007
                    expression("valueString", text);
                    break;
                }
                out_.plain(text.find('.') == text.npos && text.size() < 10 ? "valueInteger"
                                                                           : "valueDecimal",
                           text);
                break;
            case Kind::boolean: out_.plain("valueBoolean", text); break;
            case Kind::variable: variable("valueId", {text, parameter.at}); break;
            case Kind::path: expression("valueString", canonicalPath(text)); break;
        }
        out_.endObject();
    }

    void call(const CallSyntax& call) {
        out_.beginObject();
        id("name", call.name);
        if (r4_)
            // R4 has only variables here: all else stands as FML spells it.
            list("variable", call.parameters,
                 [&](const ParameterSyntax& one) { out_.text({}, printedParameter(one)); });
        else
            list("parameter", call.parameters, [&](const ParameterSyntax& one) { parameter(one); });
        out_.endObject();
    }

    const SourceText& source_;
    const MapSyntax& map_;
    const fhir::Release release_;
    const bool r4_;
    gateway::Findings& findings_;
    fhir::Writer out_;
    std::set<std::string> told_;
};

}  // namespace

std::string idOf(std::string_view name) {
    constexpr std::size_t kMost = 64;
    std::string id;
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        if (id.size() == kMost) break;
        if ((byte & 0xC0) == 0x80) continue;  // the rest of a character
        const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '-' || c == '.';
        id += fits ? c : '-';
    }
    return id.empty() ? "-" : id;
}

std::string toStructureMap(const SourceText& source, const MapSyntax& map, fhir::Release release,
                           gateway::Findings& findings) {
    if (const std::size_t bad = text::badUtf8(source.text()); bad != std::string_view::npos) {
        findings.error(source.place(static_cast<At>(bad)),
                       {"found a byte that is not UTF-8, expected a map in UTF-8",
                        "trouvé un octet qui n'est pas de l'UTF-8, attendu une transformation en "
                        "UTF-8"});
        return {};
    }
    return Writing(source, map, release, findings).text();
}

}  // namespace fml
