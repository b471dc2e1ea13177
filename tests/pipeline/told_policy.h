/// @file  A policy that does as a test tells it.
#pragma once

#include <functional>
#include <memory>

#include "pipeline/fixture.h"

namespace pipeline_test {

class ToldPolicy final : public Policy {
public:
    using Decide = std::function<Decisions(const Document&, const Register&)>;
    using Due = std::function<std::vector<DueMessage>(Time, const Register&, std::size_t)>;

    explicit ToldPolicy(Decide decide, Due due = {})
        : decide_(std::move(decide)), due_(std::move(due)) {}
    Decisions decide(const Document& pivot, const Context&, const Directory&,
                     const Register& plans) const override {
        return decide_(pivot, plans);
    }
    Decision recheck(const DeliveryHead&, const Directory&, const Register&) const override {
        Decision yes;
        yes.send = true;
        return yes;
    }
    std::vector<DueMessage> due(Time now, const Register& plans, std::size_t most) const override {
        return due_ ? due_(now, plans, most) : std::vector<DueMessage>();
    }

private:
    Decide decide_;
    Due due_;
};

inline std::shared_ptr<const Document> linesOf(std::initializer_list<std::string_view> lines) {
    Builder tree("lines");
    for (const std::string_view line : lines) tree.text(tree.add(tree.root(), "line"), line);
    return std::make_shared<const Document>(tree.finish());
}

/// Something is sent to a partner: the pivot, or another tree in its place.
inline Decision sent(const std::string& partner, const std::string& destination = {},
                     std::shared_ptr<const Document> instead = {}) {
    Decision decision{partner, partner, true, {}, {"member", "membre"}};
    decision.destination = destination;
    decision.instead = std::move(instead);
    return decision;
}

}  // namespace pipeline_test
