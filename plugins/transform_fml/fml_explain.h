/// @file  How a result came about, noted while a map runs: only when somebody asks for it.
#pragma once

#include <unordered_map>
#include <vector>

#include "fml_program.h"
#include "gateway/transformer.h"

namespace fml {

using gateway::Node;

/// Collects what Explanation holds. A source value counts as carried when it, or what was computed
/// from it, stands in the result, or when an expression read it: also one that only decides.
class Explainer {
public:
    Explainer(const Program& program, const gateway::Document& in, gateway::Explanation& out);

    /// Where expressions note the nodes whose values they read.
    std::vector<Node>& read() { return read_; }

    /// A rule is at work.
    void ran(const RuleCode& rule) { ++out_.ran[rule.part]; }
    /// The rule leaves out `source` and all below it, on purpose.
    void ignored(Node source, const RuleCode& rule);

    /// What is read and handed over from here on is evidence for the values that come next.
    void begin();
    /// A value is handed over as it is.
    void give(Node value);
    void give(const fhirpath::Collection& values);
    void give(const std::vector<Node>& values);
    /// The evidence for a value that a variable now holds.
    std::vector<Node> evidence() const;
    /// No value came of what was read since begin().
    void dropped();

    /// The next of several codes that are translated, each for itself.
    void code(Node value);
    /// A row of a table has it.
    void row(const tables::Table& table, const tables::Row& row, Node code);
    /// It was translated.
    void translated();

    /// The text of a target node is being written: the copy of `from`, or, if that is empty, made
    /// from the evidence.
    void made(Node target, Node from, const RuleCode* rule, Node at);
    /// A target node is a copy with all below it.
    void copied(Node target, Node from, const RuleCode* rule, Node at);

    /// When the result stands.
    void finish(Node result);

private:
    struct Code {
        std::vector<Node> from;
        std::uint32_t row = gateway::kNoPart;
    };

    void add(Node target, Node source, const RuleCode* rule, Node at, std::uint32_t row);
    void compact();
    void resolveSources(Node result);

    const Program& program_;
    const Node source_;
    gateway::Explanation& out_;
    std::vector<Node> read_;
    std::size_t mark_ = 0;          ///< of read_, at begin()
    std::size_t compactAt_ = 1024;  ///< size of read_
    std::vector<Node> given_;
    std::uint32_t row_ = gateway::kNoPart;
    std::vector<Code> codes_;  ///< translated, in order
    std::size_t nextCode_ = 0;
    std::unordered_map<const void*, std::size_t> writtenOver_;  ///< what was made before is gone
};

}  // namespace fml
