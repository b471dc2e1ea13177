/// @file  Rules of a map: sources, targets, what follows `then`.
#pragma once

#include <vector>

#include "fml_reader.h"

namespace fml {

class RuleParser {
public:
    explicit RuleParser(Reader& reader) : read_(reader) {}

    /// The rules of a group, up to its '}' or, as R3 has it, `endgroup`, which is taken too. Each
    /// mistake is reported; reading goes on with the next rule.
    /// @param open  where the group's '{' stands
    /// @param old  as R3 has it: `name : for source make target`, without ';'
    void rules(std::vector<RuleSyntax>& into, At open, bool old);

private:
    void block(std::vector<RuleSyntax>& into, unsigned depth);
    void one(std::vector<RuleSyntax>& into, unsigned depth);
    void batch(std::vector<RuleSyntax>& into, const RuleSyntax& rule);
    void ruleName(RuleSyntax& rule);
    void end(RuleSyntax& rule);
    [[noreturn]] void failAfterRule(const RuleSyntax& rule) const;
    void then(RuleSyntax& rule, unsigned depth);
    SourceSyntax sourceOf();
    bool clauseOf(SourceSyntax& source);
    void count(SourceSyntax& source);
    PathText clause(bool early = false);
    std::vector<ParameterSyntax> parameters();
    ParameterSyntax parameter();
    ParameterSyntax value();
    TargetSyntax target();
    void transform(TargetSyntax& target);
    void listMode(TargetSyntax& target);

    void recover(At from);
    bool opensGroup() const;
    bool cut() const;
    bool closes() const;
    bool oldRuleBegins() const;
    gateway::Reason notClosed() const;

    Reader& read_;
    bool old_ = false;
    std::vector<At> open_;  ///< braces of the group in hand
};

}  // namespace fml
