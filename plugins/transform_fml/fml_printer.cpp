#include "fml_printer.h"

#include <algorithm>
#include <array>
#include <limits>

#include "tables_relations.h"

namespace fml {
namespace {

constexpr std::size_t kWidth = 100;

/// Words that mean something where a name may stand.
constexpr std::array<std::string_view, 31> kKeywords = {
    "alias",    "as",       "check", "collate",   "conceptMap", "conceptmap", "default",
    "extends",  "false",    "first", "for",       "group",      "imports",    "last",
    "let",      "log",      "map",   "not_first", "not_last",   "only_one",   "prefix",
    "queried",  "produced", "share", "single",    "then",       "true",       "types",
    "unmapped", "uses",     "where"};

bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool isDigit(char c) { return c >= '0' && c <= '9'; }

bool isWord(std::string_view text) {
    return !text.empty() && isLetter(text[0]) &&
           std::all_of(text.begin(), text.end(), [](char c) { return isLetter(c) || isDigit(c); });
}

std::string quoted(std::string_view text, char quote) {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string out(1, quote);
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == quote || c == '\\')
            (out += '\\') += c;
        else if (c == '\n')
            out += "\\n";
        else if (c == '\r')
            out += "\\r";
        else if (c == '\t')
            out += "\\t";
        else if (byte < 0x20)
            ((out += "\\u00") += kHex[byte >> 4]) += kHex[byte & 15];
        else
            out += c;
    }
    return out + quote;
}

/// What people read stands in the quotes that it does not hold.
std::string prose(std::string_view text) {
    return quoted(text, text.find('\'') == text.npos ? '\'' : '"');
}

/// The steps of a path may be any plain word.
std::string step(std::string_view name) {
    return isWord(name) ? std::string(name) : quoted(name, '`');
}

std::string path(const Word& context, const std::vector<Word>& steps) {
    std::string out = printedName(context.text);
    for (const Word& one : steps) out += "." + step(one.text);
    return out;
}

std::string clause(std::string_view keyword, const PathText& text) {
    if (text.empty()) return {};
    return " " + std::string(keyword) + " (" + canonicalPath(text.text) + ")";
}

template <class All, class Print>
std::string list(const All& all, const Print& one) {
    std::string out;
    for (const auto& item : all) (out += out.empty() ? "" : ", ") += one(item);
    return out;
}

std::string call(const Word& name, const std::vector<ParameterSyntax>& parameters) {
    return printedName(name.text) + "(" + list(parameters, printedParameter) + ")";
}

std::string printSource(const SourceSyntax& source) {
    std::string out = path(source.context, source.steps);
    if (!source.type.empty()) out += " : " + printedName(source.type.text);
    if (source.count) {
        const unsigned most = source.count->second;
        out += " " + std::to_string(source.count->first) + ".." +
               (most == std::numeric_limits<unsigned>::max() ? "*" : std::to_string(most));
    }
    out += clause("default", source.otherwise);
    if (!source.list.empty()) out += " " + source.list.text;
    if (!source.variable.empty()) out += " as " + printedName(source.variable.text);
    return out + clause("where", source.where) + clause("check", source.check) +
           clause("log", source.log);
}

std::string value(const TargetSyntax& target) {
    const bool shortCopy = target.transform.text == "copy" && target.parameters.size() == 1 &&
                           target.parameters[0].kind != ParameterSyntax::Kind::path;
    if (isExpression(target)) return "(" + canonicalPath(target.parameters[0].text) + ")";
    if (shortCopy && !target.context.empty()) return printedParameter(target.parameters[0]);
    return call(target.transform, target.parameters);
}

std::string printTarget(const TargetSyntax& target) {
    std::string out;
    if (!target.context.empty()) out = path(target.context, target.steps);
    if (!target.transform.empty()) out += (out.empty() ? "" : " = ") + value(target);
    if (!target.variable.empty()) out += " as " + printedName(target.variable.text);
    if (!target.list.empty()) out += " " + target.list.text;
    if (!target.share.empty()) out += " " + printedName(target.share.text);
    return out;
}

class Printer {
public:
    explicit Printer(const MapSyntax& map) : map_(map) {}

    std::string text() {
        documentation(map_.comments.documentation, "");
        metadata();
        for (const InlineTableSyntax& table : map_.tables) inlineTable(table);
        gap(map_.uses);
        for (const UsesSyntax& use : map_.uses) uses(use);
        gap(map_.imports);
        for (const ImportSyntax& import : map_.imports)
            line("imports " + quoted(import.text, '"'), import.comments);
        gap(map_.constants);
        for (const ConstantSyntax& constant : map_.constants)
            line("let " + printedName(constant.name.text) + " = " +
                     canonicalPath(constant.value.text) + ";",
                 constant.comments);
        for (const GroupSyntax& group : map_.groups) printGroup(group);
        if (!map_.comments.ending.empty()) out_ += '\n';
        documentation(map_.comments.ending, "");
        return std::move(out_);
    }

private:
    template <class Part>
    void gap(const std::vector<Part>& parts) {
        if (!parts.empty() && !out_.empty()) out_ += '\n';
    }

    void documentation(std::string_view text, const std::string& indent) {
        while (!text.empty()) {
            const auto end = std::min(text.find('\n'), text.size());
            const std::string_view one = text.substr(0, end);
            out_ += indent + (one.empty() ? "//" : "// " + std::string(one)) + "\n";
            text.remove_prefix(std::min(end + 1, text.size()));
        }
    }

    /// A declaration on a line of its own, what is said about it behind it if that is one line.
    void line(const std::string& text, const Comments& comments) {
        const std::string& said = comments.documentation;
        const bool behind = !said.empty() && said.find('\n') == said.npos;
        if (!behind) documentation(said, "");
        out_ += text + (behind ? " // " + said : "") + "\n";
    }

    void metadata() {
        if (!map_.url.empty()) metadata("url", map_.url.text);
        if (!map_.name.empty()) metadata("name", map_.name.text);
        for (const auto& [key, text] : map_.metadata)
            if (key.text != "url" && key.text != "name") metadata(key.text, text);
    }

    void metadata(std::string_view key, std::string_view text) {
        out_ += "/// " + metadataKey(key) + " = ";
        if (text.find('\n') != text.npos && text.find("\"\"\"") == text.npos)
            out_ += "\"\"\"" + std::string(text) + "\"\"\"";
        else
            out_ += text == "true" || text == "false" ? std::string(text) : prose(text);
        out_ += '\n';
    }

    static std::string metadataKey(std::string_view key) {
        for (std::string_view rest = key; !rest.empty();) {
            const auto end = std::min(rest.find_first_of(".-"), rest.size());
            if (!isWord(rest.substr(0, end)) || end + 1 == rest.size()) return quoted(key, '`');
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
        return std::string(key);
    }

    void uses(const UsesSyntax& use) {
        line("uses " + quoted(use.url.text, '"') +
                 (use.alias.empty() ? "" : " alias " + printedName(use.alias.text)) + " as " +
                 use.mode,
             use.comments);
    }

    /// The prefix of a system among those of its side, which is added if new.
    static std::string prefix(std::vector<std::string>& systems, const std::string& system,
                              const char* side) {
        const auto found = std::find(systems.begin(), systems.end(), system);
        const auto index = found - systems.begin();
        if (found == systems.end()) systems.push_back(system);
        return index == 0 ? side : side + std::to_string(index + 1);
    }

    void inlineTable(const InlineTableSyntax& table) {
        std::vector<std::string> sources, targets;
        std::string rows;
        for (const InlineTableSyntax::Row& row : table.rows) {
            rows += "  " + prefix(sources, row.system.text, "s") + ":" + code(row.code.text) + " " +
                    relation(row);
            if (!row.targetSystem.empty() || !row.target.empty() || relation(row) != "!=")
                rows +=
                    " " + prefix(targets, row.targetSystem.text, "t") + ":" + code(row.target.text);
            rows += '\n';
        }
        if (!table.unmapped.empty() && sources.empty()) prefix(sources, "", "s");
        if (!out_.empty()) out_ += '\n';
        documentation(table.comments.documentation, "");
        out_ += "conceptmap " + quoted(table.name.text, '"') + " {\n";
        prefixes(sources, "s");
        prefixes(targets, "t");
        if (!table.unmapped.empty()) out_ += "  unmapped for s = " + table.unmapped + "\n";
        out_ += (rows.empty() ? "" : "\n") + rows;
        documentation(table.comments.ending, "  ");
        out_ += "}\n";
    }

    void prefixes(const std::vector<std::string>& systems, const std::string& side) {
        for (std::size_t i = 0; i < systems.size(); ++i)
            out_ += "  prefix " + side + (i == 0 ? "" : std::to_string(i + 1)) + " = " +
                    quoted(systems[i], '"') + "\n";
    }

    static std::string relation(const InlineTableSyntax::Row& row) {
        return std::string(tables::toSign(tables::relationOfSign(row.relation.text)));
    }

    static std::string code(std::string_view text) {
        return isWord(text) ? std::string(text) : quoted(text, '"');
    }

    void printGroup(const GroupSyntax& group) {
        if (!out_.empty()) out_ += '\n';
        documentation(group.comments.documentation, "");
        out_ += "group " + printedName(group.name.text) + "(" + list(group.inputs, input) + ")";
        if (!group.extends.empty()) out_ += " extends " + printedName(group.extends.text);
        if (group.standard == GroupSyntax::Default::types) out_ += " <<types>>";
        if (group.standard == GroupSyntax::Default::typeAndTypes) out_ += " <<type+>>";
        out_ += " {\n";
        for (const RuleSyntax& rule : group.rules) printRule(rule, "  ");
        documentation(group.comments.ending, "  ");
        out_ += "}\n";
    }

    static std::string input(const InputSyntax& input) {
        return (input.target ? "target " : "source ") + printedName(input.name.text) +
               (input.type.empty() ? "" : " : " + printedName(input.type.text));
    }

    void printRule(const RuleSyntax& rule, const std::string& indent) {
        documentation(rule.comments.documentation, indent);
        head(rule, indent);
        if (hasBlock(rule)) {
            out_ += '\n';
            for (const RuleSyntax& inner : rule.rules) printRule(inner, indent + "  ");
            documentation(rule.comments.ending, indent + "  ");
            out_ += indent + "}" + nameOf(rule) + ";";
        }
        out_ += '\n';
    }

    /// The rule up to its end or its `{`: on one line, or each target on a line of its own.
    void head(const RuleSyntax& rule, const std::string& indent) {
        const std::string sources = list(rule.sources, printSource);
        const std::string targets = list(rule.targets, printTarget);
        const std::string rest = then(rule) + (hasBlock(rule) ? "" : nameOf(rule) + ";");
        const std::string arrow = rule.targets.empty() ? "" : " -> ";
        const std::string whole = indent + sources + arrow + targets + rest;
        if (whole.size() <= kWidth) {
            out_ += whole;
            return;
        }
        out_ += indent + sources + (rule.targets.empty() ? "" : " ->");
        const std::string deeper = "\n" + indent + "    ";
        for (const TargetSyntax& target : rule.targets)
            out_ += deeper + printTarget(target) + (&target == &rule.targets.back() ? "" : ",");
        const std::size_t used = out_.size() - out_.rfind('\n');
        const bool fits = rest.size() < 3 || used + rest.size() <= kWidth;
        out_ += fits ? rest : deeper + rest.substr(1);
    }

    static bool hasBlock(const RuleSyntax& rule) {
        return !rule.rules.empty() || !rule.comments.ending.empty();
    }

    static std::string then(const RuleSyntax& rule) {
        if (rule.calls.empty() && !hasBlock(rule)) return {};
        std::string out = " then ";
        out += list(rule.calls, [](const CallSyntax& to) { return call(to.name, to.parameters); });
        if (hasBlock(rule)) out += rule.calls.empty() ? "{" : " {";
        return out;
    }

    static std::string nameOf(const RuleSyntax& rule) {
        return rule.name.empty() ? "" : " " + quoted(rule.name.text, '"');
    }

    const MapSyntax& map_;
    std::string out_;
};

}  // namespace

bool isExpression(const TargetSyntax& target) {
    return target.transform.text == "evaluate" && target.parameters.size() == 1 &&
           target.parameters[0].kind == ParameterSyntax::Kind::path;
}

std::string printedName(std::string_view name) {
    const bool keyword = std::find(kKeywords.begin(), kKeywords.end(), name) != kKeywords.end();
    return isWord(name) && !keyword ? std::string(name) : quoted(name, '`');
}

std::string printedParameter(const ParameterSyntax& parameter) {
    switch (parameter.kind) {
        case ParameterSyntax::Kind::text: return quoted(parameter.text, '\'');
        case ParameterSyntax::Kind::variable: return printedName(parameter.text);
        case ParameterSyntax::Kind::path: return "(" + canonicalPath(parameter.text) + ")";
        default: return parameter.text;
    }
}

std::string print(const MapSyntax& map) { return Printer(map).text(); }

}  // namespace fml
