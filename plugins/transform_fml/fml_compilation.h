/// @file  One map being compiled: what its groups are called and inherit, then their rules.
#pragma once

#include "fml_compiler.h"
#include "fml_mandatory.h"
#include "fml_parts.h"
#include "fml_reason.h"
#include "fml_target_compiler.h"
#include "gateway/config.h"

namespace fml {

using gateway::Findings;
using gateway::Reason;
using gateway::say;

/// One map, once.
class Compiler {
public:
    Compiler(const std::string& file, const gateway::MapSurroundings& around, Findings& findings)
        : program_(std::make_unique<Program>()),
          units_(around, file, *program_, findings),
          scope_(*program_, around.models, findings),
          targets_(scope_, units_, mandatory_),
          findings_(findings) {
        program_->facts.file = file;
    }

    std::unique_ptr<const Program> run(std::string text);

private:
    void fail(const Unit& unit, At at, const Reason& text) {
        findings_.error(unit.text->place(at), text);
    }

    /// A call that is made each time its group runs, with nothing taken one step further down.
    struct Loop {
        const GroupCode *from, *to;
        const Unit* unit;
        At at;
    };

    // Declarations
    /// Constants may name each other in any order, but not in a circle.
    void constants(Unit& unit);
    bool reaches(std::size_t from, std::size_t to, std::vector<std::size_t>& reached) const;
    void declareGroups(Unit& unit);
    /// @param hidden  a network has another in its place
    GroupEntry& declareGroup(const Unit& unit, const GroupSyntax& syntax, bool hidden = false);
    /// What a network puts in the place of a group is called as that is.
    void checkReplaced(const GroupEntry& entry);
    /// A group that nothing has the name of is new; when nothing calls it, it was meant to be one
    /// of those that are.
    void checkNew(const Unit& base, const GroupSyntax& syntax);
    static bool calls(const std::vector<RuleSyntax>& rules, const std::string& group);
    void standard(const Unit& unit, const GroupSyntax& syntax, const GroupCode& code);
    void inherit(const GroupEntry& group);
    /// Parameters go by their names, in any order; by their places where the names differ.
    void order(const GroupEntry& group, const GroupCode& base);
    void entry();
    /// `/// library = true`: groups that maps import from anywhere.
    bool isLibrary() const;
    static gateway::Place place(const GroupEntry& group);
    /// Groups of the map itself that nothing calls. What another map imports may be called there.
    void unreached();
    void facts();
    void onError(const Word& key, const std::string& value);

    // Groups and rules
    void compileGroup(const GroupEntry& group);
    /// @param always  whether the rules around it always run when the group does
    RuleCode compileRule(const RuleSyntax& syntax, bool always);
    std::optional<gateway::Reason> ignored(const RuleSyntax& rule);
    static bool isSimple(const RuleSyntax& rule);
    /// `src.a -> tgt.b` needs a default group for its types, or types that can be copied.
    void checkSimple(const RuleSyntax& syntax, const RuleCode& rule, const ModelType* type);
    /// A type inside of another: "Bundle.entry".
    static bool inner(const ModelType& type);
    /// @param type  becomes the type of what the rule finds there, where it is known
    SourceCode compileSource(const SourceSyntax& syntax, const ModelType*& type);
    /// The element that the step names, or null where no model knows.
    const ModelElement* sourceStep(SourceCode& source, const Word& step, const ModelType*& type);
    void filter(SourceCode& source, const SourceSyntax& syntax, const ModelElement* element,
                const ModelType*& type);
    /// What cannot be of an element that the model lets stand once.
    void standsOnce(const SourceSyntax& syntax);
    static ListMode listMode(std::string_view word);
    /// Reports show people only what the map's author wrote, never a value found: so a text, or
    /// that the expression found something.
    void log(SourceCode& source, const PathText& syntax, const ModelType* type);

    // Recursion that cannot end
    /// One finding for each circle of calls.
    void findLoops();

    std::unique_ptr<Program> program_;
    Units units_;
    Scope scope_;
    Mandatory mandatory_;
    TargetCompiler targets_;
    Findings& findings_;
    std::vector<Loop> loops_;
};

}  // namespace fml
