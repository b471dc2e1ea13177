#include "fml_explain.h"

#include <algorithm>
#include <unordered_map>

namespace fml {

using gateway::kNoPart;

namespace {

/// Sources of one value that are told.
constexpr std::size_t kMostSources = 16;

bool isValue(Node node) {
    return !node.isNull() && node.text().find_first_not_of(" \t\r\n") != std::string_view::npos;
}

Node rootOf(Node node) {
    while (node.parent()) node = node.parent();
    return node;
}

void addOnce(std::vector<Node>& nodes, Node node) {
    if (nodes.size() < kMostSources && std::find(nodes.begin(), nodes.end(), node) == nodes.end())
        nodes.push_back(node);
}

void unique(std::vector<Node>& nodes) {
    std::sort(nodes.begin(), nodes.end(),
              [](Node a, Node b) { return std::less<>()(a.data(), b.data()); });
    nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
}

}  // namespace

Explainer::Explainer(const Program& program, const gateway::Document& in, gateway::Explanation& out)
    : program_(program), source_(in.root()), out_(out) {
    out_ = {};
    out_.ran.resize(program.parts.size());
}

void Explainer::ignored(Node source, const RuleCode& rule) {
    if (source) out_.ignored.push_back({source, rule.part, *rule.ignored});
}

void Explainer::begin() {
    compact();
    mark_ = read_.size();
    given_.clear();
    row_ = kNoPart;
    codes_.clear();
    nextCode_ = 0;
}

void Explainer::give(Node value) {
    if (isValue(value)) addOnce(given_, value);
}

void Explainer::give(const fhirpath::Collection& values) {
    for (const fhirpath::Value& value : values) {
        if (given_.size() >= kMostSources) return;
        give(value.node());
    }
}

void Explainer::give(const std::vector<Node>& values) {
    for (const Node value : values) give(value);
}

std::vector<Node> Explainer::evidence() const {
    std::vector<Node> nodes = given_;
    for (std::size_t i = mark_; i < read_.size() && nodes.size() < kMostSources; ++i)
        addOnce(nodes, read_[i]);
    return nodes;
}

void Explainer::dropped() {
    read_.resize(std::min(mark_, read_.size()));
    given_.clear();
}

void Explainer::code(Node value) {
    row_ = kNoPart;
    if (!value) return;
    given_.clear();
    give(value);
}

void Explainer::row(const tables::Table& table, const tables::Row& row, Node code) {
    give(code);
    const auto first = std::find_if(program_.rowParts.begin(), program_.rowParts.end(),
                                    [&](const auto& known) { return known.first == &table; });
    if (first == program_.rowParts.end()) return;
    row_ = first->second + static_cast<std::uint32_t>(&row - table.rows.data());
    ++out_.ran[row_];
    if (!row.leads() && isValue(code))
        out_.ignored.push_back({code, row_,
                                row.comment.empty()
                                    ? gateway::Reason{"the table has no target for it",
                                                      "la table n'a pas de cible pour lui"}
                                    : gateway::Reason(row.comment)});
}

void Explainer::translated() { codes_.push_back({given_, row_}); }

void Explainer::add(Node target, Node source, const RuleCode* rule, Node at, std::uint32_t row) {
    out_.made.push_back({target, source, at, rule ? rule->part : kNoPart, row});
}

void Explainer::made(Node target, Node from, const RuleCode* rule, Node at) {
    if (target.hasText()) writtenOver_[target.data()] = out_.made.size();
    if (from) return add(target, from, rule, at, row_);
    if (nextCode_ < codes_.size()) {
        const Code& code = codes_[nextCode_++];
        for (const Node source : code.from) add(target, source, rule, at, code.row);
        if (code.from.empty()) add(target, Node(), rule, at, code.row);
        return;
    }
    const std::size_t before = out_.made.size();
    for (const Node source : given_) add(target, source, rule, at, row_);
    for (std::size_t i = mark_; i < read_.size() && out_.made.size() < before + kMostSources; ++i) {
        const Node source = read_[i];
        const bool known =
            std::any_of(out_.made.begin() + static_cast<std::ptrdiff_t>(before), out_.made.end(),
                        [&](const auto& made) { return made.source == source; });
        if (!known) add(target, source, rule, at, row_);
    }
    if (out_.made.size() == before) add(target, Node(), rule, at, row_);
}

void Explainer::copied(Node target, Node from, const RuleCode* rule, Node at) {
    if (target.hasText()) add(target, from, rule, at, kNoPart);
    auto source = from.children().begin();
    for (const Node child : target.children()) copied(child, *source++, rule, at);
}

/// What expressions read again and again is kept once.
void Explainer::compact() {
    if (read_.size() < compactAt_) return;
    unique(read_);
    compactAt_ = std::max<std::size_t>(1024, 2 * read_.size());
}

/// A value that was made from another value of the result was made from what that was made from.
void Explainer::resolveSources(Node result) {
    for (std::size_t i = 0; i < out_.made.size() && !writtenOver_.empty(); ++i) {
        const auto since = writtenOver_.find(out_.made[i].target.data());
        if (since != writtenOver_.end() && i < since->second) out_.made[i].target = Node();
    }
    std::unordered_map<const void*, Node> sources;
    for (gateway::Explanation::Made& made : out_.made) {
        if (!made.source || rootOf(made.source) == source_) continue;
        if (sources.empty())
            for (const gateway::Explanation::Made& each : out_.made)
                if (each.source && rootOf(each.source) == source_)
                    sources.try_emplace(each.target.data(), each.source);
        const auto known = sources.find(made.source.data());
        made.source = known == sources.end() ? Node() : known->second;
    }
    std::erase_if(out_.made, [&](const gateway::Explanation::Made& made) {
        return !made.target || !isValue(made.target) || rootOf(made.target) != result;
    });
}

void Explainer::finish(Node result) {
    resolveSources(result);
    unique(read_);
    std::erase_if(read_, [&](Node node) { return !isValue(node) || rootOf(node) != source_; });
    for (const gateway::Explanation::Made& made : out_.made)
        if (made.source) read_.push_back(made.source);
    unique(read_);
    out_.carried = std::move(read_);
}

}  // namespace fml
