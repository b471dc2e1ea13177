/// Deliveries made again after the configuration has changed; several order keys over the whole
/// way.
#include <gmock/gmock.h>

#include "pipeline/fixture.h"

namespace pipeline_test {
namespace {
using testing::ElementsAre;
using testing::HasSubstr;

/// Carries the text `from` as `to`.
class FakeTable final : public Transformer {
public:
    FakeTable(std::string from, std::string to) : from_(std::move(from)), to_(std::move(to)) {}
    Document transform(const Document& in, const Context&, Report&) const override {
        Builder tree("lines");
        for (const Node line : in.root().children())
            tree.text(tree.add(tree.root(), "line"), line.text() == from_ ? to_ : line.text());
        return tree.finish();
    }
    std::string_view version() const override { return "2"; }

private:
    std::string from_, to_;
};

class AnewTest : public PipelineTest {
protected:
    static Answer onlyGood(const Delivery& delivery) {
        if (delivery.body.view().find("good") == std::string_view::npos)
            throw Refused("AE", {"no", "non"}, {Bytes::copy("no"), "AE"});
        return {Bytes::copy("ok"), "AA"};
    }
    std::shared_ptr<gateway::Setup> mended() {
        auto with = setup({"a"});
        with->destinations["a/d"].map = {"down", std::make_shared<FakeTable>("bad", "good")};
        return with;
    }
};

TEST_F(AnewTest, WhatAPartnerRefusedGoesByTheNewMapUnderAnotherId) {
    run(setup({"a"}));
    partners_["a"]->answer(onlyGood);
    const std::string id = acceptId("k:1\nbad\n");
    EXPECT_TRUE(reach(id, Stage::delivered).refused);
    const std::string old = store_->show(id)->deliveries.at(0).id;
    pipeline_->use(mended());
    EXPECT_FALSE(store_->retranslate(std::vector{old}, "anne").front());
    EXPECT_THAT(partners_["a"]->wait(1), ElementsAre("k:1\ngood\n"));
    EXPECT_FALSE(reach(id, Stage::delivered).refused);
    const MessageView view = store_->show(id).value();
    ASSERT_EQ(2u, view.deliveries.size());
    EXPECT_EQ(DeliveryState::closed, view.deliveries[0].state);
    EXPECT_EQ(DeliveryState::delivered, view.deliveries[1].state);
    EXPECT_NE(view.deliveries[0].controlId, view.deliveries[1].controlId);
    EXPECT_THAT(partners_["a"]->ids(), ElementsAre(view.deliveries[1].controlId));
    EXPECT_EQ("down@2", MadeBy::of(view.deliveries[1].mapVersion).maps);
    EXPECT_THAT(view.deliveries[0].reason.en, HasSubstr(view.deliveries[1].id));
}

TEST_F(AnewTest, ReplayedItIsTheSameBytesUnderTheSameId) {
    run(setup({"a"}));
    std::vector<std::string> seen;
    partners_["a"]->answer([&](const Delivery& delivery) -> Answer {
        seen.push_back(delivery.controlId + " " + std::string(delivery.body.view()));
        if (seen.size() == 1) throw Refused("AE", {"no", "non"}, {Bytes::copy("no"), "AE"});
        return {Bytes::copy("ok"), "AA"};
    });
    const std::string id = acceptId("k:1\nbad\n");
    EXPECT_TRUE(reach(id, Stage::delivered).refused);
    pipeline_->use(mended());
    store_->replay(std::vector{store_->show(id)->deliveries.at(0).id}, "anne");
    EXPECT_THAT(partners_["a"]->wait(1), ElementsAre("k:1\nbad\n"));
    ASSERT_EQ(2u, seen.size());
    EXPECT_EQ(seen[0], seen[1]);
}

TEST_F(AnewTest, AMergeComesAfterAllOfBothPersonsAndBeforeWhatFollows) {
    auto with = setup({"a"});
    class Keys final : public Expression {
    public:
        bool holds(const Document&, const Context&) const override { return true; }
        std::vector<std::string> texts(const Document& in, const Context&) const override {
            const std::string line(in.root().firstChild().text());
            std::vector<std::string> keys;
            for (const char key : line.substr(0, line.find(':'))) keys.emplace_back(1, key);
            return keys;
        }
    };
    with->sources["in"].orderKeys = std::make_shared<Keys>();
    with->destinations["a/d"].concurrency = 4;
    run(with);
    // Person q's message stays unsent for a while: the merge of p and q must wait for it.
    std::atomic<int> unreachable{3};
    partners_["a"]->answer([&](const Delivery& delivery) -> Answer {
        if (delivery.body.view() == "q:1\n" && unreachable-- > 0)
            throw Error(Fault::uncertain, "there", Reason{"no answer", "pas de réponse"});
        return {Bytes::copy("ok"), "AA"};
    });
    for (const char* text : {"q:1\n", "p:1\n", "pq:merge\n", "p:2\n", "q:2\n"}) accept(text);
    const auto arrived = partners_["a"]->wait(5);
    ASSERT_EQ(5u, arrived.size());
    const auto at = [&](const std::string& text) {
        return std::find(arrived.begin(), arrived.end(), text) - arrived.begin();
    };
    EXPECT_LT(at("q:1\n"), at("pq:merge\n"));
    EXPECT_LT(at("p:1\n"), at("pq:merge\n"));
    EXPECT_LT(at("pq:merge\n"), at("p:2\n"));
    EXPECT_LT(at("pq:merge\n"), at("q:2\n"));
}

}  // namespace
}  // namespace pipeline_test
