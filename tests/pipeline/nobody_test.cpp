/// A plan that reaches nobody, and what is counted of those left out.
#include "fixture.h"

namespace pipeline_test {
using testing::HasSubstr;

/// Leaves out "a", and somebody whom no directory has.
class NobodyMay final : public Policy {
public:
    Decisions decide(const Document&, const Context&, const Directory&,
                     const Register&) const override {
        Decisions decisions;
        decisions.plan = "plan";
        decisions.recipients.push_back({"a", "a", false, {}, {"refused by her", "refusé"}});
        decisions.recipients.push_back(
            {"", "a nurse", false, {}, {"no partner", "pas de partenaire"}});
        return decisions;
    }
    Decision recheck(const DeliveryHead&, const Directory&, const Register&) const override {
        return {};
    }
};

TEST_F(PipelineTest, APlanThatReachesNobodyIsHeldWithTheReason) {
    auto with = setup({"a"});
    with->routes.front().to.clear();
    with->routes.front().policy = std::make_shared<NobodyMay>();
    run(with);
    const std::string id = acceptId("k:1\n");
    const Progress progress = reach(id, Stage::translated);
    EXPECT_TRUE(progress.refused);
    EXPECT_THAT(progress.reason.en, HasSubstr("nobody of the plan may or can get it"));
    EXPECT_THAT(progress.reason.fr, HasSubstr("aucun destinataire possible"));
    const MessageView message = store_->show(id).value();
    EXPECT_EQ(MessageState::held, message.state);
    std::vector<std::string> leftOut;
    for (const EventView& event : message.timeline)
        if (event.what == "left-out") leftOut.push_back(event.partner + ": " + event.text.en);
    EXPECT_THAT(leftOut, testing::ElementsAre("a: refused by her", "(a nurse): no partner"));
    std::optional<Reconciled> counted;
    for (int slices = 0; slices < 20; ++slices) counted = store_->reconcile();
    ASSERT_TRUE(counted);
    EXPECT_EQ(1u, counted->sources.at("in").states.at("held"));
    EXPECT_EQ(1u, counted->destinations.at("a").leftOut);
    EXPECT_EQ(1u, counted->destinations.at("").leftOut);
    for (const auto& [name, account] : counted->destinations) EXPECT_EQ(0, account.gap()) << name;
}

TEST_F(PipelineTest, WhatCameAndWentIsCountedForWhoeverWatches) {
    run(setup({"a"}));
    reach(acceptId("k:1\n"), Stage::delivered);
    accept("k: without end");
    const auto in = pipeline_->traffic().in();
    EXPECT_EQ(1u, in.at("in").accepted);
    EXPECT_EQ(1u, in.at("in").refused);
    EXPECT_NE(Time{}, in.at("in").heard);
    const auto out = pipeline_->traffic().out();
    EXPECT_EQ(1u, out.at("a/d").delivered);
    EXPECT_EQ(out.at("a/d").answered, out.at("a/d").delivery);
}

}  // namespace pipeline_test
