/// @file  One map being turned round, rule by rule.
#pragma once

#include <set>
#include <utility>
#include <vector>

#include "inverse.h"
#include "rewrite.h"
#include "source_text.h"
#include "words.h"

namespace maps {

using fml::CallSyntax;
using fml::GroupSyntax;
using fml::ParameterSyntax;
using fml::PathText;
using fml::RuleSyntax;
using fml::SourceSyntax;
using fml::TargetSyntax;
using fml::Word;
using gateway::Reason;
using gateway::say;
using gateway::Spoken;
using ParameterKind = ParameterSyntax::Kind;

/// Why a rule is left to a person.
struct NotSafe {
    Reason why;
};

/// `name = 'value'` of a condition; of `$this = 'value'` the name is empty.
struct Equality {
    std::string name, value;
};

/// The equalities of a condition that is nothing else; @throws NotSafe for any other.
std::vector<Equality> equalities(const std::string& where, const std::string& variable);

/// Turns each rule; what it cannot turn becomes a note for a person.
class Inverter {
public:
    Inverter(const fml::SourceText& source, const fml::MapSyntax& map,
             const std::function<bool(const std::string&)>& oneWayBack, Spoken language)
        : source_(source), map_(map), oneWayBack_(oneWayBack), language_(language) {}

    /// Again and again until it is known which inputs of groups are computed: those have no way
    /// back, and the groups go without.
    Inverse run();

private:
    void head();
    static std::string reversed(const std::string& text);
    GroupSyntax inverse(const GroupSyntax& group);
    std::vector<RuleSyntax> inverse(const std::vector<RuleSyntax>& rules);
    void note(const Reason& why, fml::At at, const std::string& name);
    /// The rule the other way round; nothing when there is nothing to carry back.
    std::optional<RuleSyntax> inverse(const RuleSyntax& rule);

    // What the rule made is now what it reads
    SourceSyntax& read(RuleSyntax& made, const TargetSyntax& target);
    /// @return whether a target carries the source's value, then called `variable_`
    bool targets(const RuleSyntax& rule, RuleSyntax& made);
    bool one(const RuleSyntax& rule, const TargetSyntax& target, RuleSyntax& made);
    static bool isLiteralCopy(const TargetSyntax& target);
    void carries(const ParameterSyntax& parameter) const;
    void carry(SourceSyntax& back);
    void table(const std::vector<ParameterSyntax>& given);
    /// A constant: what is read must have it.
    static void condition(RuleSyntax& made, const TargetSyntax& target);
    static void where(SourceSyntax& source, const std::string& condition);
    /// cc, c, id, cp and qty with one value: the part that holds it, and the others as conditions.
    bool parts(const TargetSyntax& target, RuleSyntax& made);

    // What the rule read is now what it makes
    /// A rule that carries nothing of its source but makes constants.
    static bool onlyConstants(const RuleSyntax& rule);
    /// `src.a as v where v = 'X' -> tgt.b = 'Y'`: where b is Y, a is X. Constants of the context
    /// alone say nothing of the source.
    std::optional<RuleSyntax> constants(const RuleSyntax& rule, RuleSyntax made);
    /// Rules that go into one place of the source fill one place of the target.
    static std::string sharedName(const std::string& element);
    /// All steps but the last as places of their own; the last is for the caller to fill.
    TargetSyntax make(std::string context, const std::vector<Word>& steps, RuleSyntax& made);
    void bind(const RuleSyntax& rule, RuleSyntax& made, bool value);
    /// The same call, its parameters in the order of the group's inputs the other way round.
    std::optional<CallSyntax> inverse(const CallSyntax& call);

    const fml::SourceText& source_;
    const fml::MapSyntax& map_;
    const std::function<bool(const std::string&)>& oneWayBack_;
    const Spoken language_;
    Inverse result_;
    std::set<std::string> targets_, sources_;   ///< variables of the map that are nodes
    std::string around_;                        ///< the target of the group
    std::string variable_, valueName_, table_;  ///< of the rule at hand
    std::string pending_;                       ///< comments for the next rule
    bool partly_ = false;                       ///< whether the rule at hand computes something too
    std::set<std::pair<std::string, std::string>> computed_;  ///< group and input
    int parts_ = 0, places_ = 0;
};

}  // namespace maps
