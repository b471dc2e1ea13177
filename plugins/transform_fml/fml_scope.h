/// @file  What a rule may name while a map is compiled: variables, groups, constants.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "fml_units.h"

namespace fml {

/// A variable that rules may name.
struct Variable {
    std::string name;  ///< empty: a source without a name
    Slot slot = kNoSlot;
    bool target = false;
    const ModelType* type = nullptr;
};

/// A group as it is written, beside its code.
struct GroupEntry {
    const Unit* unit;
    const GroupSyntax* syntax;
    GroupCode* code;
    const GroupCode* replaced = nullptr;  ///< what it stands for, as the federation has it
    bool hidden = false;                  ///< replaced: only the one in its place names it
    bool called = false;                  ///< by a rule, or extended
};

/// The place in the maps where the compiler is at work. What is named and not there is reported.
class Scope {
public:
    Scope(Program& program, const std::vector<const Model*>& models, gateway::Findings& findings)
        : program_(program), models_(models), findings_(findings) {}

    std::deque<GroupEntry> groups;  ///< of all maps, in order

    /// Goes to a map, or into one of its groups, with no variable known.
    void enter(const Unit& unit, GroupCode* group = nullptr);
    const Unit& unit() const { return *unit_; }
    GroupCode& group() const { return *group_; }

    Slot declare(std::string name, bool target, const ModelType* type);
    std::size_t size() const { return variables_.size(); }
    /// Forgets all but the first variables: where a rule ends.
    void leave(std::size_t size) { variables_.resize(size); }

    const Variable* find(std::string_view name) const;
    std::optional<Variable> variable(const Word& word, bool asTarget);
    const GroupCode* findGroup(const Word& wanted);
    /// @param focus  the type of what the expression is evaluated on, where it is known
    const PathCode* path(const PathText& syntax, const ModelType* focus);
    /// As `where` and `check` have it: R3 also put the whole condition in wide quotes.
    const PathCode* condition(const PathText& syntax, const ModelType* focus);
    ParameterCode parameter(const ParameterSyntax& syntax, bool asTarget, const ModelType* focus);
    std::optional<CallCode> call(const CallSyntax& syntax, const ModelType* focus);

    void unknownElement(const ModelType& type, const Word& step);
    void fail(At at, const gateway::Reason& text);
    void warn(At at, const gateway::Reason& text);
    gateway::Place place(At at) const { return unit_->text->place(at); }

private:
    std::vector<std::string> names(bool targetsOnly = false) const;
    void checkNames(const fhirpath::Expression& expression, const ModelType* focus);
    void checkContext(const fhirpath::Expression& expression);
    void checkType(const ParameterSyntax& parameter, const GroupInput& input);

    Program& program_;
    const std::vector<const Model*>& models_;
    gateway::Findings& findings_;
    const Unit* unit_ = nullptr;
    GroupCode* group_ = nullptr;
    std::vector<Variable> variables_;
};

}  // namespace fml
