/// What comes again: by its id or by its content, within the window of its source; and what is old
/// and finished goes.
#include "fixture.h"

namespace {
using namespace pipeline_test;

class Repeats : public PipelineTest {
protected:
    /// Source "in", whose messages are "KEY:ID".
    std::shared_ptr<gateway::Setup> byId() {
        auto with = setup({"a"});
        with->sources["in"].controlId = std::make_shared<FakeExpression>([](Node root) {
            const std::string_view line = root.firstChild().text();
            return std::string(line.substr(line.find(':') + 1));
        });
        return with;
    }
    Receipt receipt(const std::string& text) { return accept(text).messages.at(0).receipt.value(); }
};

TEST_F(Repeats, TheSameIdAndContentHasTheFirstOnesIdAndNoSecondEffect) {
    run(byId());
    const Receipt first = receipt("k:17\n"), again = receipt("k:17\n");
    EXPECT_EQ(Receipt::Kind::repeat, again.kind);
    EXPECT_EQ(first.id, again.id);
    EXPECT_TRUE(reach(again.id, Stage::delivered).reached) << "the answer waits for the first";
    acceptId("k:18\n");
    partners_["a"]->wait(2);
    EXPECT_EQ(2u, store_->counts().messages["in"]["translated"]);
}

TEST_F(Repeats, OtherContentUnderAnIdIsNewOrRefusedAsTheSourceSays) {
    const auto with = byId();
    run(with);
    receipt("k:17\n");
    EXPECT_EQ(Receipt::Kind::fresh, receipt("other:17\n").kind);
    EXPECT_TRUE(log_.has("control-id-reused"));
    const auto strict = byId();
    strict->sources["in"].refuseReuse = true;
    pipeline_->use(strict);
    EXPECT_EQ(Receipt::Kind::conflict, receipt("third:17\n").kind);
    EXPECT_EQ(2u, store_->list({}).size());
}

TEST_F(Repeats, TwoSendersWhoNumberTheirsAlikeAreTwo) {
    const auto with = byId();
    with->sources["in"].refuseReuse = true;
    run(with);
    const auto sent = [&](const char* partner, const std::string& text) {
        Arrival arrival{"in", Bytes::copy(text), {}, true};
        Who who;
        who.endpoint = "saas";
        who.partner = partner;
        note(arrival.facts, who);
        return pipeline_->inbox().accept({&arrival, 1}).front().messages.at(0).receipt.value();
    };
    const Receipt first = sent("a", "k:17\n");
    EXPECT_EQ(Receipt::Kind::fresh, sent("b", "k:17\n").kind) << "nothing of theirs is lost";
    EXPECT_EQ(Receipt::Kind::fresh, sent("c", "other:17\n").kind) << "nor in their way";
    EXPECT_EQ(first.id, sent("a", "k:17\n").id);
    EXPECT_EQ(Receipt::Kind::conflict, sent("a", "other:17\n").kind);
}

TEST_F(Repeats, BeyondTheWindowItIsNew) {
    const auto with = byId();
    with->sources["in"].repeatWindow = Milliseconds(0);
    run(with);
    const Receipt first = receipt("k:17\n");
    while (toText(currentTime()) == toText(store_->show(first.id)->received))
        std::this_thread::yield();
    EXPECT_NE(first.id, receipt("k:17\n").id);
}

TEST_F(Repeats, WithoutIdsContentMayTellThem) {
    run(setup({"a"}));
    EXPECT_NE(receipt("k:same\n").id, receipt("k:same\n").id) << "nothing is said: each is new";
    const auto with = setup({"a"});
    with->sources["in"].repeats = SourceSetup::Repeats::content;
    pipeline_->use(with);
    const Receipt first = receipt("k:same\n");
    EXPECT_EQ(first.id, receipt("k:same\n").id);
    EXPECT_NE(first.id, receipt("k:other\n").id);
}

TEST_F(Repeats, NoneMeansThatEveryMessageIsNew) {
    const auto with = byId();
    with->sources["in"].repeats = SourceSetup::Repeats::none;
    run(with);
    EXPECT_NE(receipt("k:17\n").id, receipt("k:17\n").id);
}

TEST_F(Repeats, WhatIsHeldIsKnownAgainToo) {
    const auto with = byId();
    with->routes[0].map = {"up", std::make_shared<FakeMap>("k:17")};
    run(with);
    const Receipt first = receipt("k:17\n");
    ASSERT_TRUE(reach(first.id, Stage::translated).refused);
    const Receipt again = receipt("k:17\n");
    EXPECT_EQ(Receipt::Kind::repeat, again.kind);
    EXPECT_EQ(first.id, again.id);
    EXPECT_TRUE(reach(again.id, Stage::translated).refused) << "the stored answer";
    EXPECT_THAT(states(first.id), testing::Contains("repeat"));
    EXPECT_EQ(1u, store_->counts().messages["in"]["held"]);
}

TEST_F(Repeats, WhatWasRefusedAtTheDoorIsNoFirstOne) {
    run(byId());
    EXPECT_FALSE(accept("k:17").ok()) << "no end of line";
    EXPECT_EQ(Receipt::Kind::fresh, receipt("k:17\n").kind);
    const auto refused = store_->refusals({});
    ASSERT_EQ(1u, refused.size());
    EXPECT_EQ("in", refused[0].source);
    EXPECT_EQ(Fault::malformed, refused[0].fault);
    EXPECT_EQ("byte 0", refused[0].where);
}

TEST_F(Repeats, IdsThatComeAgainAreCountedBySource) {
    run(byId());
    receipt("k:17\n");
    receipt("other:17\n");
    receipt("other:17\n");  // a repeat of the second
    receipt("third:17\n");
    EXPECT_EQ(2u, store_->counts().reused);
    EXPECT_EQ(2u, store_->counts().reusedOf["in"]);
    EXPECT_EQ(1u, store_->counts().repeats);
    const auto strict = byId();
    strict->sources["in"].refuseReuse = true;
    pipeline_->use(strict);
    receipt("fourth:17\n");
    EXPECT_EQ(2u, store_->counts().reused) << "refused ones are not taken";
}

TEST_F(Repeats, TheKeyOfAnHttpRequestTakesThePlaceOfTheId) {
    run(byId());
    const auto post = [&](const std::string& text, const char* key) {
        Arrival arrival{"in", Bytes::copy(text), {}, true};
        arrival.facts.set("http.idempotency-key", key);
        return pipeline_->inbox()
            .accept(std::span(&arrival, 1))
            .front()
            .messages.at(0)
            .receipt.value();
    };
    const Receipt first = post("k:17\n", "one"), again = post("k:17\n", "one");
    EXPECT_EQ(Receipt::Kind::repeat, again.kind);
    EXPECT_EQ(first.id, again.id);
    EXPECT_EQ(Receipt::Kind::fresh, post("k:17\n", "two").kind) << "its own id says nothing";
}

TEST_F(Repeats, WhatIsFinishedGoesAfterItsTimeBesideTheWork) {
    const auto with = byId();
    with->sources["in"].keep.body = Milliseconds(1);
    run(with);
    const std::string id = acceptId("k:17\n");
    ASSERT_TRUE(reach(id, Stage::delivered).reached);
    const auto end = currentTime() + 20s;
    while (store_->body(id) && currentTime() < end) {
        pipeline_->use(with);  // looks again at once, not in a minute
        std::this_thread::yield();
    }
    EXPECT_FALSE(store_->body(id));
    EXPECT_EQ(MessageState::translated, store_->show(id)->state);
    EXPECT_EQ(id, receipt("k:17\n").id) << "still known";
}

}  // namespace
