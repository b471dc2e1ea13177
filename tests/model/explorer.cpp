#include "model/explorer.h"

#include <algorithm>
#include <string_view>
#include <unordered_set>

namespace model {

namespace {

class Explorer {
public:
    Explorer(const Scenario& scenario, Mutation mutation)
        : scenario_(scenario), mutation_(mutation), known_(1u << 16, Hash{nodes_}, Same{nodes_}) {}

    Found run() {
        reach(start(scenario_), 0, {});
        for (std::uint32_t i = 0; i < nodes_.size() && found_.broken.empty(); ++i) visit(i);
        if (found_.broken.empty()) checkProgress();
        found_.states = nodes_.size();
        return std::move(found_);
    }

private:
    struct Node {
        State state;
        std::uint32_t from = 0;
        Label label;
    };
    using Nodes = std::vector<Node>;
    /// States are known by their number, so that each is kept once.
    struct Hash {
        const Nodes& nodes;
        std::size_t operator()(std::uint32_t i) const {
            return std::hash<std::string_view>()(
                {reinterpret_cast<const char*>(&nodes[i].state), sizeof(State)});
        }
    };
    struct Same {
        const Nodes& nodes;
        bool operator()(std::uint32_t a, std::uint32_t b) const {
            return nodes[a].state == nodes[b].state;
        }
    };

    std::uint32_t reach(const State& state, std::uint32_t from, Label label) {
        const auto fresh = static_cast<std::uint32_t>(nodes_.size());
        nodes_.push_back({state, from, label});
        const auto [at, isNew] = known_.insert(fresh);
        if (!isNew)
            nodes_.pop_back();
        else if (const char* broken = check(state, scenario_))
            report(fresh, broken);
        return *at;
    }

    void visit(std::uint32_t i) {
        const State state = nodes_[i].state;
        bool quiet = true;
        for (const Step& step : steps(state, scenario_, mutation_)) {
            ++found_.steps;
            if (step.broken) {
                report(i, step.broken);
                found_.story.push_back(step.label.text());
                return;
            }
            const std::uint32_t next = reach(step.next, i, step.label);
            if (step.kind != Kind::progress) continue;
            quiet = false;
            if (next != i) edges_.emplace_back(next, i);
        }
        if (!quiet) return;
        ++found_.quiet;
        quiet_.push_back(i);
        if (const char* broken = checkQuiet(state, scenario_)) report(i, broken);
    }

    /// Backwards from the quiet states along the steps of progress: nothing may be left over.
    void checkProgress() {
        std::sort(edges_.begin(), edges_.end());
        std::vector<bool> ends(nodes_.size());
        std::vector<std::uint32_t> todo = quiet_;
        for (const auto i : todo) ends[i] = true;
        while (!todo.empty()) {
            const std::uint32_t to = todo.back();
            todo.pop_back();
            auto edge = std::lower_bound(edges_.begin(), edges_.end(), std::pair(to, 0u));
            for (; edge != edges_.end() && edge->first == to; ++edge) {
                if (ends[edge->second]) continue;
                ends[edge->second] = true;
                todo.push_back(edge->second);
            }
        }
        const auto stuck = std::find(ends.begin(), ends.end(), false);
        if (stuck != ends.end())
            report(static_cast<std::uint32_t>(stuck - ends.begin()),
                   "work goes round for ever and comes to no end");
    }

    void report(std::uint32_t i, const char* broken) {
        if (!found_.broken.empty()) return;
        found_.broken = broken;
        for (; i != 0; i = nodes_[i].from) found_.story.push_back(nodes_[i].label.text());
        std::reverse(found_.story.begin(), found_.story.end());
    }

    const Scenario& scenario_;
    const Mutation mutation_;
    Nodes nodes_;
    std::unordered_set<std::uint32_t, Hash, Same> known_;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> edges_;  ///< to, from
    std::vector<std::uint32_t> quiet_;
    Found found_;
};

}  // namespace

std::string Found::text() const {
    std::string text = broken;
    for (const auto& label : story) text += "\n  " + label;
    return text;
}

Found explore(const Scenario& scenario, Mutation mutation) {
    return Explorer(scenario, mutation).run();
}

}  // namespace model
