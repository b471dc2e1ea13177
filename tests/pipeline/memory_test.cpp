/// No memory for one message stops no other.
#include <gmock/gmock.h>

#include <new>
#include <stdexcept>
#include <utility>

#include "pipeline/fixture.h"

namespace pipeline_test {
namespace {
using testing::ElementsAre;

/// There is no memory for a message that says "large".
class HungryMap final : public Transformer {
public:
    Document transform(const Document& in, const Context&, Report&) const override {
        Builder tree("lines");
        for (const Node line : in.root().children()) {
            if (line.text() == "large") throw std::bad_alloc();
            tree.text(tree.add(tree.root(), "line"), line.text());
        }
        return tree.finish();
    }
    std::string_view version() const override { return "1"; }
};

/// Has no memory for the next message, but for those after it.
class HungryStore final : public Store {
public:
    bool hungry = true;

    std::vector<Stored> put(std::span<const Incoming> batch) override {
        if (std::exchange(hungry, false)) throw std::bad_alloc();
        return std::vector<Stored>(batch.size());
    }
    void refused(std::span<const Refusal>) override {}
    std::vector<MessageClaim> claimMessages(std::size_t, Lease) override { return {}; }
    std::vector<std::string> reserve(std::size_t) override { return {}; }
    std::vector<Settled> translated(std::span<const Translation>) override { return {}; }
    void releaseMessages(std::span<const ClaimId>) override {}
    std::vector<LaneClaim> claimLanes(std::string_view, std::size_t, std::size_t, Lease) override {
        return {};
    }
    std::vector<Settled> inflight(std::span<const ClaimId>) override { return {}; }
    std::vector<Settled> settle(std::span<const Outcome>) override { return {}; }
    std::vector<LateResult> answered(std::span<const LateWord>) override { return {}; }
    void release(std::span<const ClaimId>) override {}
    void wake() override {}
    const Register& plans() const override { throw std::logic_error("not asked for"); }
    std::vector<MessageView> list(const Filter&) override { return {}; }
    std::optional<MessageView> show(std::string_view) override { return {}; }
    std::optional<Bytes> body(std::string_view) override { return {}; }
    std::vector<std::optional<Reason>> replay(std::span<const std::string>,
                                              std::string_view) override {
        return {};
    }
    std::vector<std::optional<Reason>> close(std::span<const std::string>, const Reason&,
                                             std::string_view) override {
        return {};
    }
    Counts counts() override { return {}; }
    void pause(const Pause&) override {}
    void resume(std::string_view, std::string_view) override {}
    std::vector<Pause> pauses() override { return {}; }
};

TEST_F(PipelineTest, WhatTheStoreHasNoMemoryForComesLaterAndTakesNoneFromTheNext) {
    HungryStore store;
    PipelineOptions options;
    options.bigBodyBudget = 3u << 20;
    Pipeline pipeline(store, log_, options);
    pipeline.use(setup({"a"}));
    const Arrival large{"in", Bytes("k:1\n" + std::string(2u << 20, 'x') + "\n"), {}, true};
    const auto first = pipeline.inbox().accept(std::span(&large, 1)).front().messages.front();
    ASSERT_TRUE(first.error);
    EXPECT_EQ(Fault::unavailable, first.error->fault);
    const auto again = pipeline.inbox().accept(std::span(&large, 1)).front().messages.front();
    EXPECT_TRUE(again.receipt) << "its budget was given back";
}

/// To come later would not help its sender.
TEST_F(PipelineTest, WhatThereWillNeverBeMemoryForIsRefusedForGood) {
    PipelineOptions options;
    options.bigBodyBudget = 3u << 20;
    pipeline_ = std::make_unique<Pipeline>(*store_, log_, options);
    run(setup({"a"}));
    const auto one = accept("k:1\n" + std::string(4u << 20, 'x') + "\n").messages.front();
    ASSERT_TRUE(one.error);
    EXPECT_EQ(Fault::unsupported, one.error->fault);
    EXPECT_THAT(one.error->what(), testing::HasSubstr("larger than the 3145728 bytes"));
    EXPECT_FALSE(accept("k:1\n" + std::string(2u << 20, 'x') + "\n").messages.front().error);
    EXPECT_EQ(1u, partners_["a"]->wait(1).size());
}

TEST_F(PipelineTest, WhatThereIsNoMemoryForWaitsAndTheOthersGoOn) {
    auto with = setup({"a"});
    with->destinations["a/d"].map = {"down", std::make_shared<HungryMap>()};
    run(with);
    const std::string large = acceptId("k:1\nlarge\n");
    const std::string behind = acceptId("k:1\nsmall\n");
    acceptId("l:1\nsmall\n");
    acceptId("m:1\nsmall\n");
    EXPECT_THAT(partners_["a"]->wait(2),
                testing::UnorderedElementsAre("l:1\nsmall\n", "m:1\nsmall\n"));
    EXPECT_EQ(MessageState::received, store_->show(large)->state);
    EXPECT_EQ(MessageState::received, store_->show(behind)->state) << "it has overtaken";
}

}  // namespace
}  // namespace pipeline_test
