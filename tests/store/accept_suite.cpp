/// Accepting: put(), repeats, refusals, what is found again.
#include <gmock/gmock.h>

#include <set>

#include "store/store_suite.h"

namespace store_suite {

using namespace gateway;
using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(StoreSuite, WhatWasPutIsClaimedAsItWas) {
    const Incoming in = incoming("a/1");
    const auto stored = store_->put(std::vector{in});
    ASSERT_EQ(1u, stored.size());
    EXPECT_EQ(Stored::Kind::fresh, stored[0].kind);
    EXPECT_FALSE(stored[0].reused);
    const auto claims = store_->claimMessages(10, {});
    ASSERT_EQ(1u, claims.size());
    EXPECT_EQ(stored[0].id, claims[0].id);
    EXPECT_EQ("feed", claims[0].source);
    EXPECT_EQ("lines", claims[0].codec);
    EXPECT_EQ("a/1", claims[0].body.view());
    EXPECT_EQ("127.0.0.1:4711", claims[0].facts.get("peer"));
    EXPECT_EQ(in.received, claims[0].received);
    EXPECT_FALSE(claims[0].replay);
}

TEST_P(StoreSuite, IdsAreUniqueAndShort) {
    const auto first = put("a/1"), second = put("a/2");
    EXPECT_NE(first, second);
    const auto ids = store_->reserve(1000);
    const std::set<std::string> distinct(ids.begin(), ids.end());
    EXPECT_EQ(1000u, distinct.size());
    for (const auto& id : ids) {
        EXPECT_LE(id.size(), 20u);
        EXPECT_EQ(id.npos, id.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")) << id;
    }
}

TEST_P(StoreSuite, ReservedIdsAreNotGivenAgainAfterACrash) {
    auto ids = store_->reserve(10);
    crash();
    const auto later = store_->reserve(10);
    ids.insert(ids.end(), later.begin(), later.end());
    EXPECT_EQ(20u, std::set<std::string>(ids.begin(), ids.end()).size());
}

TEST_P(StoreSuite, ARepeatIsRecognisedAndStoredOnce) {
    Incoming in = incoming("a/1");
    in.repeatKey = "feed sender 17";
    in.content = std::string(32, 'x');
    const auto first = store_->put(std::vector{in}).at(0);
    const auto again = store_->put(std::vector{in}).at(0);
    EXPECT_EQ(Stored::Kind::repeat, again.kind);
    EXPECT_EQ(first.id, again.id);
    EXPECT_THAT(claim(), ElementsAre("a/1"));
    EXPECT_THAT(timeline(first.id), ElementsAre("received", "repeat"));
    EXPECT_EQ(1u, store_->counts().repeats);
    crash();
    EXPECT_EQ(Stored::Kind::repeat, store_->put(std::vector{in}).at(0).kind);
    EXPECT_EQ(2u, store_->counts().repeats);
}

TEST_P(StoreSuite, ARepeatInsideOneBatchIsRecognised) {
    Incoming in = incoming("a/1");
    in.repeatKey = "17";
    const auto stored = store_->put(std::vector{in, in});
    EXPECT_EQ(Stored::Kind::fresh, stored[0].kind);
    EXPECT_EQ(Stored::Kind::repeat, stored[1].kind);
    EXPECT_EQ(stored[0].id, stored[1].id);
}

TEST_P(StoreSuite, WithoutARepeatKeyNothingIsARepeat) {
    const auto stored = store_->put(std::vector{incoming("a/1"), incoming("a/1")});
    EXPECT_EQ(Stored::Kind::fresh, stored[1].kind);
    EXPECT_NE(stored[0].id, stored[1].id);
}

TEST_P(StoreSuite, TheWindowOfRepeatsEndsWhereItIsSaidToEnd) {
    Incoming in = incoming("a/1");
    in.repeatKey = "17";
    in.received = clock_.now();
    const auto first = store_->put(std::vector{in}).at(0);
    in.repeatSince = in.received;
    EXPECT_EQ(Stored::Kind::repeat, store_->put(std::vector{in}).at(0).kind) << "just within";
    in.repeatSince = in.received + Milliseconds(1);
    EXPECT_EQ(Stored::Kind::fresh, store_->put(std::vector{in}).at(0).kind) << "just beyond";
    EXPECT_NE(first.id, store_->list({}).front().id);
}

TEST_P(StoreSuite, WhatWasPurgedIsKnownAgainByItsProofLine) {
    const auto id = putNow("a/1", "17");
    translate(claimOne());
    const auto lane = claimLane();
    send(lane.deliveries.at(0));
    settle(lane.deliveries.at(0), DeliveryState::delivered);
    clock_.pass(Milliseconds(100'000));
    purge(Milliseconds(1'000), Milliseconds(2'000));
    EXPECT_FALSE(store_->body(id));
    EXPECT_EQ("", store_->show(id)->type) << "all but the proof line went";
    EXPECT_EQ(id, putNow("a/1", "17"));
    EXPECT_EQ(1u, store_->counts().repeats);
}

TEST_P(StoreSuite, RefusalsAreListedNewestFirstAndGoAfterTheirTime) {
    for (int i = 0; i < 5; ++i) {
        Refusal one;
        one.at = clock_.now();
        one.source = i % 2 ? "odd" : "even";
        one.peer = "127.0.0.1:" + std::to_string(i);
        one.controlId = "id";
        one.fault = Fault::unsupported;
        one.where = "MSH-9";
        store_->refused(std::vector{one});
        clock_.pass(Milliseconds(86'400'000));
    }
    reopen();
    const auto peers = [&](const RefusalFilter& filter) {
        std::vector<std::string> all;
        for (const Refusal& one : store_->refusals(filter)) all.push_back(one.peer.substr(10));
        return all;
    };
    EXPECT_THAT(peers({}), ElementsAre("4", "3", "2", "1", "0"));
    RefusalFilter filter;
    filter.source = "even";
    EXPECT_THAT(peers(filter), ElementsAre("4", "2", "0"));
    filter.most = 1;
    EXPECT_THAT(peers(filter), ElementsAre("4"));
    filter.before = store_->refusals(filter).front().number;
    EXPECT_THAT(peers(filter), ElementsAre("2"));
    filter.source = "nobody";
    EXPECT_THAT(peers(filter), IsEmpty());
    RefusalFilter since;
    since.since = clock_.now() - Milliseconds(2 * 86'400'000);
    EXPECT_THAT(peers(since), ElementsAre("4", "3"));
    const Refusal first = store_->refusals({}).back();
    EXPECT_EQ(Fault::unsupported, first.fault);
    EXPECT_EQ("MSH-9", first.where);
    EXPECT_EQ("even", first.source);
    EXPECT_EQ(std::string::npos, first.controlId.find("id")) << "as a hash alone";
    const Time before = clock_.now() - Milliseconds(2 * 86'400'000);
    EXPECT_EQ(2u, store_->purgeRefusals(before, 2)) << "in slices, the oldest first";
    EXPECT_THAT(peers({}), ElementsAre("4", "3", "2"));
    EXPECT_EQ(1u, store_->purgeRefusals(before, 2));
    EXPECT_EQ(0u, store_->purgeRefusals(before, 2));
    EXPECT_EQ(5u, store_->counts().refused) << "since ever";
}

TEST_P(StoreSuite, ARefusalFromAnotherClocksFutureDoesNotKeepThoseAfterIt) {
    const Time now = clock_.now(), day = now - Milliseconds(86'400'000);
    std::vector<Refusal> all;
    for (const Time at : {now + Milliseconds(86'400'000), day, now + Milliseconds(1), day, now})
        all.push_back({at, "in", "peer", {}, Fault::malformed, "MSH"});
    store_->refused(all);
    reopen();
    EXPECT_EQ(2u, store_->purgeRefusals(now - Milliseconds(1), 100));
    EXPECT_EQ(0u, store_->purgeRefusals(now - Milliseconds(1), 100));
    EXPECT_EQ(3u, store_->refusals({}).size()) << "its own time is not over";
}

TEST_P(StoreSuite, TheOldestThatWaitsIsToldBySource) {
    EXPECT_TRUE(store_->counts().oldestReceived.empty());
    Incoming first = incoming("a/1");
    first.received = clock_.now();
    Incoming second = incoming("b/1");
    second.received = clock_.now() + Milliseconds(5);
    Incoming other = incoming("c/1");
    other.source = "other";
    other.received = clock_.now() + Milliseconds(7);
    store_->put(std::vector{first, second, other});
    EXPECT_EQ(first.received, store_->counts().oldestReceived["feed"]);
    EXPECT_EQ(other.received, store_->counts().oldestReceived["other"]);
    const auto claim = claimOne();
    Translation held;
    held.id = claim.id;
    held.epoch = claim.epoch;
    held.state = MessageState::held;
    store_->translated(std::vector{held});
    EXPECT_EQ(second.received, store_->counts().oldestReceived["feed"]);
    store_->replay(std::vector{claim.id}, "anne");
    EXPECT_EQ(first.received, store_->counts().oldestReceived["feed"]) << "it waits again";
    for (const auto& one : store_->claimMessages(10, {})) translate(one);
    EXPECT_TRUE(store_->counts().oldestReceived.empty());
}

TEST_P(StoreSuite, TheSameKeyWithOtherContentIsFreshAndSaysSo) {
    Incoming in = incoming("a/1");
    in.repeatKey = "17";
    in.content = "one";
    store_->put(std::vector{in});
    in.content = "two";
    const auto other = store_->put(std::vector{in}).at(0);
    EXPECT_EQ(Stored::Kind::fresh, other.kind);
    EXPECT_TRUE(other.reused);
    EXPECT_THAT(timeline(other.id), ElementsAre("received", "note"));
    const auto again = store_->put(std::vector{in}).at(0);
    EXPECT_EQ(Stored::Kind::repeat, again.kind);
    EXPECT_EQ(other.id, again.id) << "a repeat of the second, which has that content";
}

TEST_P(StoreSuite, TheSameKeyWithOtherContentIsAConflictWhenAsked) {
    Incoming in = incoming("a/1");
    in.repeatKey = "17";
    in.content = "one";
    store_->put(std::vector{in});
    in.content = "two";
    in.refuseOtherContent = true;
    EXPECT_EQ(Stored::Kind::conflict, store_->put(std::vector{in}).at(0).kind);
    EXPECT_EQ(1u, claim().size());
}

TEST_P(StoreSuite, WhatNobodyCouldReadIsHeld) {
    Incoming in = incoming("a/1");
    in.state = MessageState::held;
    in.reason = {"line without ending", "ligne sans fin"};
    const auto id = store_->put(std::vector{in}).at(0).id;
    EXPECT_THAT(claim(), IsEmpty());
    const auto view = store_->show(id);
    EXPECT_EQ(MessageState::held, view->state);
    EXPECT_EQ(in.reason, view->reason);
    EXPECT_THAT(timeline(id), ElementsAre("received", "held"));
}

TEST_P(StoreSuite, ABodyOfManyChunksComesBack) {
    std::string text;
    for (std::uint64_t i = 0; text.size() < (5u << 20); ++i)
        text += "line " + std::to_string(i * 7919) + "\n";
    Incoming in = incoming("x");
    in.body = Bytes::copy(text);
    const auto id = store_->put(std::vector{in}).at(0).id;
    crash();
    EXPECT_EQ(text, store_->body(id)->view());
    EXPECT_EQ(text, claimOne().body.view());
    EXPECT_EQ(text.size(), store_->show(id)->bytes);
}

TEST_P(StoreSuite, AnEmptyBodyIsABodyToo) {
    const auto id = put("");
    EXPECT_EQ("", store_->body(id)->view());
    EXPECT_EQ("", claimOne().body.view());
}

TEST_P(StoreSuite, AcknowledgedMessagesOutliveACrash) {
    const auto first = put("a/1"), second = put("b/1");
    crash();
    EXPECT_EQ(MessageState::received, stateOfMessage(first));
    EXPECT_EQ(MessageState::received, stateOfMessage(second));
    EXPECT_THAT(claim(), ElementsAre("a/1", "b/1"));
}

TEST_P(StoreSuite, RefusalsAreCounted) {
    Refusal refusal;
    refusal.at = clock_.now();
    refusal.source = "feed";
    refusal.peer = "127.0.0.1:4711";
    refusal.controlId = "17";
    refusal.where = "byte 3";
    store_->refused(std::vector{refusal, refusal});
    put("a/1");  // comes after it in the same queue
    EXPECT_EQ(2u, store_->counts().refused);
    reopen();
    EXPECT_EQ(2u, store_->counts().refused);
}

TEST_P(StoreSuite, UnknownIdsAreNotFound) {
    put("a/1");
    EXPECT_FALSE(store_->show("nonsense"));
    EXPECT_FALSE(store_->show(""));
    EXPECT_FALSE(store_->body("nonsense"));
    const auto id = put("a/2");
    EXPECT_FALSE(store_->show(id + "0"));
}

}  // namespace store_suite
