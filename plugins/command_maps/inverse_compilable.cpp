/// A map that was turned round, without what does not compile.
#include <algorithm>

#include "fml_comments.h"
#include "fml_parser.h"
#include "fml_printer.h"
#include "inverse.h"

namespace maps {

using fml::GroupSyntax;
using fml::RuleSyntax;
using gateway::Reason;
using gateway::say;
using gateway::Spoken;

namespace {

/// The innermost rule that begins last before `at`, taken out of its list.
std::optional<RuleSyntax> takeRule(std::vector<RuleSyntax>& rules, fml::At at) {
    for (std::size_t i = rules.size(); i-- > 0;) {
        if (rules[i].at > at) continue;
        if (std::optional<RuleSyntax> inner = takeRule(rules[i].rules, at)) return inner;
        std::optional<RuleSyntax> taken = std::move(rules[i]);
        rules.erase(rules.begin() + static_cast<std::ptrdiff_t>(i));
        return taken;
    }
    return std::nullopt;
}

fml::At offsetOf(const std::string& text, const gateway::Place& place) {
    std::size_t at = 0;
    for (int line = 1; line < place.line && at < text.size(); ++line)
        at = std::min(text.find('\n', at), text.size() - 1) + 1;
    return static_cast<fml::At>(at) + static_cast<fml::At>(std::max(0, place.column - 1));
}

/// Takes out the rule where that mistake is. @return false when it is in no rule
bool leaveOut(fml::MapSyntax& map, fml::At at, const Reason& why, Spoken language) {
    for (std::size_t i = map.groups.size(); i-- > 0;) {
        GroupSyntax& group = map.groups[i];
        if (group.name.at > at) continue;
        const std::optional<RuleSyntax> rule = takeRule(group.rules, at);
        if (!rule) return false;
        std::string& ending = group.comments.ending;
        ending += (ending.empty() ? "" : "\n") +
                  say("TODO reverse: {0}: {1}", "TODO reverse : {0} : {1}", {rule->name.text, why})
                      .in(language);
        return true;
    }
    return false;
}

}  // namespace

std::string compilable(const std::string& file, Inverse& inverse,
                       const std::function<gateway::Findings(const std::string& text)>& mistakes,
                       Spoken language) {
    std::string text = fml::print(inverse.map);
    for (;;) {
        const gateway::Findings found = mistakes(text);
        const auto error =
            std::find_if(found.all().begin(), found.all().end(), [](const gateway::Finding& f) {
                return f.severity != gateway::Severity::warning && f.where.line > 0;
            });
        if (!found.failed() || error == found.all().end()) return text;
        const fml::SourceText source(file, text);
        gateway::Findings none;
        inverse.map = fml::parse(source, none);
        fml::readComments(source, inverse.map);
        if (!leaveOut(inverse.map, offsetOf(text, error->where), {error->text, error->fr},
                      language))
            return text;
        ++inverse.left;
        text = fml::print(inverse.map);
    }
}

}  // namespace maps
