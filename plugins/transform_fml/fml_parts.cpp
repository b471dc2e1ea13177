#include "fml_parts.h"

#include "fml_reason.h"

namespace fml {
namespace {

constexpr std::string_view kIgnore = "@ignore";

using gateway::MapPart;

std::uint32_t next(const Program& program) {
    return static_cast<std::uint32_t>(program.parts.size());
}

void number(RuleCode& rule, Program& program) {
    rule.part = next(program);
    program.parts.push_back({MapPart::Kind::rule, rule.called, rule.place});
    for (RuleCode& inner : rule.rules) number(inner, program);
}

std::string dotted(const Word& context, const std::vector<Word>& steps) {
    std::string text = context.text;
    for (const Word& step : steps) text += "." + step.text;
    return text;
}

std::string_view trimmed(std::string_view text) {
    const auto from = text.find_first_not_of(" \t:");
    if (from == text.npos) return {};
    return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

}  // namespace

void numberParts(Program& program) {
    for (GroupCode& group : program.groups)
        for (RuleCode& rule : group.rules) number(rule, program);
    for (const tables::Table& table : program.tables) {
        program.rowParts.emplace_back(&table, next(program));
        for (const tables::Row& row : table.rows)
            program.parts.push_back({MapPart::Kind::row, table.name, table.place(row)});
    }
}

std::string calledRule(const RuleSyntax& rule) {
    if (!rule.name.empty()) return reasonOf(rule.name.text).en;
    std::string text;
    for (const SourceSyntax& source : rule.sources)
        text += (text.empty() ? "" : ", ") + dotted(source.context, source.steps);
    std::string made;
    for (const TargetSyntax& target : rule.targets)
        if (!target.context.empty())
            made += (made.empty() ? " -> " : ", ") + dotted(target.context, target.steps);
    return text + made;
}

std::optional<gateway::Reason> ignoreReason(const RuleSyntax& rule) {
    std::string_view text = rule.comments.documentation;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        if (line.starts_with(kIgnore))
            return reasonOf(std::string(trimmed(line.substr(kIgnore.size()))));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return std::nullopt;
}

std::vector<gateway::MapFacts::Lossy> lossyOf(const MapSyntax& map) {
    std::vector<gateway::MapFacts::Lossy> all;
    for (const auto& [key, value] : map.metadata) {
        if (key.text != "lossy") continue;
        const std::size_t space = std::min(value.find(' '), value.size());
        all.push_back({value.substr(0, space),
                       reasonOf(std::string(trimmed(std::string_view(value).substr(space))))});
    }
    return all;
}

}  // namespace fml
