/// No memory for one message stops no other.
#include <gmock/gmock.h>

#include <new>

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

TEST_F(PipelineTest, WhatThereIsNoMemoryForWaitsAndTheOthersGoOn) {
    auto with = setup({"a"});
    with->destinations["a/d"].map = {"down", std::make_shared<HungryMap>()};
    run(with);
    const std::string large = acceptId("k:1\nlarge\n");
    acceptId("l:1\nsmall\n");
    acceptId("m:1\nsmall\n");
    EXPECT_THAT(partners_["a"]->wait(2), ElementsAre("l:1\nsmall\n", "m:1\nsmall\n"));
    EXPECT_EQ(MessageState::received, store_->show(large)->state);
}

}  // namespace
}  // namespace pipeline_test
