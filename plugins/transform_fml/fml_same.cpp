#include "fml_same.h"

#include <algorithm>

#include "fml_printer.h"
#include "tables_relations.h"

namespace fml {
namespace {

/// Gathers where it is; the first difference stays.
class Comparison {
public:
    explicit Comparison(bool comments) : comments_(comments) {}

    std::string of(const MapSyntax& one, const MapSyntax& other) {
        text("url", one.url.text, other.url.text);
        text("name", one.name.text, other.name.text);
        said(one.comments, other.comments);
        all("metadata", described(one), described(other), [&](auto& a, auto& b) {
            text("key", a.first, b.first);
            text("value", a.second, b.second);
        });
        all("uses", one.uses, other.uses, [&](auto& a, auto& b) {
            text("url", a.url.text, b.url.text);
            text("alias", a.alias.text, b.alias.text);
            text("mode", a.mode, b.mode);
            said(a.comments, b.comments);
        });
        all("imports", one.imports, other.imports, [&](auto& a, auto& b) {
            text("url", a.text, b.text);
            said(a.comments, b.comments);
        });
        all("conceptmap", one.tables, other.tables, [&](auto& a, auto& b) { table(a, b); });
        all("let", one.constants, other.constants, [&](auto& a, auto& b) {
            text("name", a.name.text, b.name.text);
            path("value", a.value, b.value);
            said(a.comments, b.comments);
        });
        all("group", one.groups, other.groups, [&](auto& a, auto& b) { group(a, b); });
        return found_;
    }

private:
    void differ(const std::string& what) {
        if (found_.empty()) found_ = where_ + what;
    }
    void text(const char* what, std::string_view one, std::string_view other) {
        if (one != other) differ(what);
    }
    void path(const char* what, const PathText& one, const PathText& other) {
        if (one.empty() != other.empty() || canonicalPath(one.text) != canonicalPath(other.text))
            differ(what);
    }
    void said(const Comments& one, const Comments& other) {
        if (!comments_) return;
        text("documentation", one.documentation, other.documentation);
        text("comment before its end", one.ending, other.ending);
    }

    template <class List, class Compare>
    void all(const std::string& what, const List& one, const List& other, const Compare& compare) {
        if (one.size() != other.size()) return differ("number of " + what);
        const std::size_t length = where_.size();
        for (std::size_t i = 0; i < one.size() && found_.empty(); ++i) {
            where_ += what + " " + std::to_string(i + 1) + ": ";
            compare(one[i], other[i]);
            where_.resize(length);
        }
    }

    static std::vector<std::pair<std::string, std::string>> described(const MapSyntax& map) {
        std::vector<std::pair<std::string, std::string>> lines;
        for (const auto& [key, value] : map.metadata)
            if (key.text != "url" && key.text != "name") lines.emplace_back(key.text, value);
        std::sort(lines.begin(), lines.end());  // their order says nothing
        return lines;
    }

    void table(const InlineTableSyntax& one, const InlineTableSyntax& other) {
        text("name", one.name.text, other.name.text);
        text("unmapped", one.unmapped, other.unmapped);
        said(one.comments, other.comments);
        all("row", one.rows, other.rows, [&](auto& a, auto& b) {
            text("system", a.system.text, b.system.text);
            text("code", a.code.text, b.code.text);
            text("relation", tables::relationOfSign(a.relation.text),
                 tables::relationOfSign(b.relation.text));
            text("target system", a.targetSystem.text, b.targetSystem.text);
            text("target", a.target.text, b.target.text);
        });
    }

    void group(const GroupSyntax& one, const GroupSyntax& other) {
        text("name", one.name.text, other.name.text);
        text("extends", one.extends.text, other.extends.text);
        if (one.standard != other.standard) differ("type mode");
        said(one.comments, other.comments);
        all("parameter", one.inputs, other.inputs, [&](auto& a, auto& b) {
            text("name", a.name.text, b.name.text);
            text("type", a.type.text, b.type.text);
            if (a.target != b.target) differ("mode");
        });
        all("rule", one.rules, other.rules, [&](auto& a, auto& b) { rule(a, b); });
    }

    void rule(const RuleSyntax& one, const RuleSyntax& other) {
        text("name", one.name.text, other.name.text);
        said(one.comments, other.comments);
        all("source", one.sources, other.sources, [&](auto& a, auto& b) { source(a, b); });
        all("target", one.targets, other.targets, [&](auto& a, auto& b) { target(a, b); });
        all("call", one.calls, other.calls, [&](auto& a, auto& b) {
            text("name", a.name.text, b.name.text);
            parameters(a.parameters, b.parameters);
        });
        all("rule", one.rules, other.rules, [&](auto& a, auto& b) { rule(a, b); });
    }

    void steps(const std::vector<Word>& one, const std::vector<Word>& other) {
        all("element", one, other, [&](auto& a, auto& b) { text("name", a.text, b.text); });
    }

    void source(const SourceSyntax& one, const SourceSyntax& other) {
        text("context", one.context.text, other.context.text);
        steps(one.steps, other.steps);
        text("type", one.type.text, other.type.text);
        if (one.count != other.count) differ("cardinality");
        path("default", one.otherwise, other.otherwise);
        text("list mode", one.list.text, other.list.text);
        text("variable", one.variable.text, other.variable.text);
        path("where", one.where, other.where);
        path("check", one.check, other.check);
        path("log", one.log, other.log);
    }

    void target(const TargetSyntax& one, const TargetSyntax& other) {
        text("context", one.context.text, other.context.text);
        steps(one.steps, other.steps);
        text("transform", one.transform.text, other.transform.text);
        const auto alone = [](const TargetSyntax& target) {  // evaluate('a') is (a)
            return target.transform.text == "evaluate" && target.parameters.size() == 1;
        };
        if (!alone(one) || !alone(other) ||
            canonicalPath(one.parameters[0].text) != canonicalPath(other.parameters[0].text))
            parameters(one.parameters, other.parameters);
        text("variable", one.variable.text, other.variable.text);
        text("list mode", one.list.text, other.list.text);
        text("shared name", one.share.text, other.share.text);
    }

    void parameters(const std::vector<ParameterSyntax>& one,
                    const std::vector<ParameterSyntax>& other) {
        all("parameter", one, other, [&](auto& a, auto& b) {
            if (a.kind != b.kind) return differ("kind");
            const bool path = a.kind == ParameterSyntax::Kind::path;
            if (path ? canonicalPath(a.text) != canonicalPath(b.text) : a.text != b.text)
                differ("value");
        });
    }

    const bool comments_;
    std::string where_, found_;
};

}  // namespace

std::string difference(const MapSyntax& one, const MapSyntax& other, bool comments) {
    return Comparison(comments).of(one, other);
}

}  // namespace fml
