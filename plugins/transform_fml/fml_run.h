/// @file  One translation: a program at work on one document.
#pragma once

#include <deque>
#include <map>
#include <span>
#include <vector>

#include "fml_explain.h"
#include "fml_order.h"
#include "fml_program.h"
#include "fml_siblings.h"
#include "gateway/transformer.h"

namespace fml {

/// Bounds of one translation; over one of them it stops with a fatal issue.
struct Limits {
    std::size_t rules = 5'000'000;             ///< times that a rule fires
    std::uint64_t children = 500'000'000;      ///< that sources look through
    std::uint32_t nodes = 1'000'000;           ///< in the target
    unsigned depth = 250;                      ///< groups that call groups
    std::size_t issues = 1'000;                ///< after which only their number is told
    std::uint64_t steps = 50'000'000;          ///< of one expression
    std::uint64_t allSteps = 2'000'000'000;    ///< of all expressions
    std::size_t bytes = std::size_t{1} << 28;  ///< of text that rules make
};

/// What a variable holds.
struct Binding {
    enum class Kind { none, node, target, values };
    Kind kind = Kind::none;
    gateway::Node node;
    gateway::Builder::Handle handle;  ///< of a target
    const ModelType* type = nullptr;  ///< of a target, where it is known
    fhirpath::Collection values;      ///< what FHIRPath sees; of a node made when first asked
    std::vector<gateway::Node> from;  ///< what computed values were made from, when explained

    void clear() { become(Kind::none); }
    void set(gateway::Node source) {
        become(Kind::node);
        node = source;
    }
    void set(gateway::Builder::Handle target, const ModelType* of) {
        become(Kind::target);
        handle = target;
        node = target.node();
        type = of;
    }
    void set(fhirpath::Collection of) {
        become(Kind::values);
        values = std::move(of);
    }
    void set(const Binding& other);
    const fhirpath::Collection& collection() {
        if ((kind == Kind::node || kind == Kind::target) && values.empty())
            values.push_back(fhirpath::Value::of(node));
        return values;
    }

private:
    void become(Kind next) {
        kind = next;
        values.clear();
        if (!from.empty()) from.clear();
    }
};

class Run {
public:
    Run(const Program& program, const gateway::Document& in, const gateway::Context& context,
        gateway::Report& report, Limits limits = {});

    /// @throws gateway::Error(rejected) when nothing was made
    gateway::Document document();

private:
    using Node = gateway::Node;
    using Handle = gateway::Builder::Handle;
    using Value = fhirpath::Value;
    using Collection = fhirpath::Collection;
    /// The variables of one group that runs.
    using Frame = std::vector<Binding>;

    /// One thing that a source found: a node, or a value of a variable.
    struct Item {
        Node node;
        const Value* value;
    };

    // fml_run.cpp: which rules run on what
    bool holds() const;  ///< whether what was found keeps the result from being delivered
    Frame& frame(const GroupCode& code);
    Binding& at(Slot slot, Frame& frame) {
        return slot >= 0 ? frame[static_cast<std::size_t>(slot)] : constant(slot, frame);
    }
    Binding& constant(Slot slot, Frame& frame);
    void group(const GroupCode& code, Frame& frame);
    void rule(const RuleCode& code, Frame& frame);
    void source(const RuleCode& code, std::size_t index, Frame& frame);
    void otherwise(const RuleCode& code, std::size_t index, Frame& frame);
    void each(const RuleCode& code, std::size_t index, std::size_t begin, Frame& frame);
    void bind(const SourceCode& code, const Item& item, Frame& frame);
    bool selected(const RuleCode& rule, const SourceCode& code, std::size_t begin, Frame& frame);
    void gather(const SourceCode& code, Frame& frame);
    void steps(const SourceCode& code, Node from, std::size_t step);
    bool passes(const RuleCode& rule, const SourceCode& code, Frame& frame);
    void fire(const RuleCode& code, Frame& frame);
    void simple(const RuleCode& code, Frame& frame);
    void byDefault(const DefaultGroup& standard, const TargetCode& target, Handle parent,
                   const ElementRef& ref, Node source);
    const DefaultGroup* defaultFor(Name source, const ElementRef& ref) const;
    void call(const CallCode& code, Frame& frame);
    bool over();
    void stop(const char* en, const char* fr);
    void issue(gateway::Severity severity, gateway::Reason text);
    bool wasTold(gateway::Severity severity, const std::string& where,
                 const gateway::Reason& text) const;
    void failed(const gateway::Error& error);
    bool deeper();
    void inherited(const GroupCode& code, Frame& frame);

    // fml_build.cpp: nodes of the target
    void target(const TargetCode& code, Frame& frame);
    void alone(const TargetCode& code, Frame& frame);
    ElementRef resolve(const TargetCode& code, const ModelType* parent);
    Handle placed(const TargetCode& code, Handle parent, const ElementRef& ref);
    Handle made(Handle parent, Name name, const ModelElement* element);
    void arranged(const TargetCode& code, Handle node);
    Handle emptied(Handle node);
    void copyBelow(Handle parent, Node from);
    void badShape(std::string_view text, const ModelType& type);
    void spend(std::size_t bytes);
    void type(Handle node, const ModelType* type, Name name = {});
    Handle assign(const TargetCode& code, Handle parent, const ElementRef& ref, const Value& value,
                  const ModelType*& type);
    Handle copied(const TargetCode& code, Handle parent, const ElementRef& ref, Node from,
                  const ModelType*& type);
    void typedCopy(Handle node, Node from, const ModelType& type);
    void setText(Handle node, const ModelType* type, const Value& value);
    void assignSelf(Binding& context, const TargetCode& code, const Value& value);
    const ModelType* choose(const ModelElement& element, const Value& value) const;
    Handle leaf(Handle parent, const ModelType* parentType, Name name, std::string_view text,
                gateway::Kind kind = gateway::Kind::text);

    // fml_transforms.cpp: what transforms give
    /// What a transform gives; held by a variable, the program or `made`.
    const Collection& values(const TargetCode& code, Frame& frame, Collection& made);
    bool makesNode(const TargetCode& code, const ElementRef& ref) const;
    bool fill(const TargetCode& code, Frame& frame, Handle node, const ModelType* type);
    const Collection& of(const ParameterCode& code, Frame& frame, Collection& made);
    std::string textOf(const TargetCode& code, std::size_t index, Frame& frame);
    Collection evaluate(const PathCode& code, Frame& frame, const Collection& focus);
    bool holds(const PathCode& code, Frame& frame, const Value& focus);
    void append(const TargetCode& code, Frame& frame, Collection& out);
    void escape(const TargetCode& code, Frame& frame, Collection& out);
    void moment(const TargetCode& code, Frame& frame, Collection& out);
    void quantity(Handle node, const ModelType* type, std::string_view whole);
    void cast(const TargetCode& code, Frame& frame, Collection& out);
    void uuid(const TargetCode& code, Frame& frame, Collection& out);
    void reference(const TargetCode& code, Frame& frame, Collection& out);
    /// What a table gives for a value.
    struct Translated {
        std::string_view code, display;
        std::string_view
            words;  ///< for people, where the display is asked for; of a row never empty
        std::string_view system;
        bool found = false;
    };
    Translated translated(const TargetCode& code, std::span<const Value> values);
    void translate(const TargetCode& code, Frame& frame, Collection& out);
    void codingParts(Handle node, const ModelType* type, const Translated& coding);

    // fml_run_explain.cpp: what is noted when somebody asks
    void explain(gateway::Explanation& out);
    void noteRan(const RuleCode& code, Frame& frame);
    void noteMade(Handle node, Node from = {}) { explain_->made(node.node(), from, rule_, here_); }
    void noteCopied(Handle node, Node from) { explain_->copied(node.node(), from, rule_, here_); }

    const Program& program_;
    const gateway::Document& in_;
    const gateway::Context& context_;
    gateway::Report& report_;
    const Limits limits_;
    std::unique_ptr<Explainer> explain_;  ///< null: nobody asks
    gateway::Builder out_;
    fhirpath::Environment environment_;
    const PathCode* path_ = nullptr;  ///< whose variables the environment looks up
    Frame* pathFrame_ = nullptr;
    std::vector<Item> items_;   ///< of the sources at work, the innermost last
    std::deque<Frame> frames_;  ///< one for each depth; kept for the next group at that depth
    std::size_t depth_ = 0;
    Frame constants_;
    std::vector<bool> constantKnown_;
    std::map<std::pair<const void*, std::size_t>, Handle> shared_;
    Siblings siblings_{out_};
    ListOrder order_{out_};
    std::size_t most_ = 0;  ///< items_ need not grow beyond
    std::size_t bytes_ = 0;
    std::uint64_t stepsLeft_;
    const RuleCode* rule_ = nullptr;  ///< in hand, for issues
    Node here_;                       ///< its source, for issues
    std::size_t fired_ = 0;
    std::uint64_t seen_ = 0;  ///< children that sources looked through
    std::size_t ids_ = 0;
    std::size_t issues_ = 0;
    std::uint32_t nodes_ = 1;
    bool stopped_ = false;
};

}  // namespace fml
