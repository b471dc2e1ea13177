/// purge(), and what stays afterwards; repeats and their window; check(), backup(), vitals().
#include <gmock/gmock.h>

#include "gateway/error.h"
#include "store_suite.h"

namespace store_suite {

using namespace gateway;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Milliseconds kDay{86'400'000};

TEST_P(StoreSuite, WhatIsFinishedAndOldLosesItsBytesAndKeepsItsStory) {
    const std::string id = finished("a/1");
    clock_.pass(31 * kDay);
    const std::string young = finished("a/2");
    EXPECT_EQ(1u, purge(30 * kDay));
    EXPECT_FALSE(store_->body(id));
    const auto message = store_->show(id);
    ASSERT_TRUE(message);
    EXPECT_FALSE(store_->body(message->deliveries.at(0).id));
    EXPECT_EQ("AA", message->deliveries[0].answer->summary);
    EXPECT_TRUE(message->deliveries[0].answer->body.view().empty());
    EXPECT_THAT(timeline(id), Contains("delivered"));
    EXPECT_TRUE(store_->body(young));
    EXPECT_EQ(0u, purge(30 * kDay));
}

TEST_P(StoreSuite, TheProofLineStaysWhenAllElseHasGone) {
    const std::string id = finished("a/1");
    const auto before = store_->show(id);
    clock_.pass(400 * kDay);
    EXPECT_EQ(2u, purge(30 * kDay, 365 * kDay));
    const auto after = store_->show(id);
    ASSERT_TRUE(after);
    EXPECT_EQ(MessageState::translated, after->state);
    EXPECT_EQ(before->received, after->received);
    EXPECT_EQ(before->bytes, after->bytes);
    EXPECT_EQ("", after->type);
    EXPECT_EQ(before->deliveries.at(0).id, after->deliveries.at(0).id);
    EXPECT_EQ(before->deliveries[0].controlId, after->deliveries[0].controlId);
    EXPECT_EQ(before->deliveries[0].changed, after->deliveries[0].changed);
    EXPECT_EQ(DeliveryState::delivered, after->deliveries[0].state);
    EXPECT_EQ(1u, store_->counts().messages["feed"]["translated"]);
}

TEST_P(StoreSuite, WhatWaitsIsNeverTakenHoweverOld) {
    const std::string waits = putNow("a/1");
    const MessageClaim claim = claimOne();
    translate(claim);
    const std::string untouched = putNow("b/1");
    clock_.pass(1000 * kDay);
    EXPECT_EQ(0u, purge(kDay, kDay));
    EXPECT_TRUE(store_->body(waits));
    EXPECT_TRUE(store_->body(untouched));
    EXPECT_EQ("to lane: a/1", claimLane().deliveries.at(0).body.view());
}

TEST_P(StoreSuite, WhatEndsLateIsLookedAtAgainAndCountsFromItsEnd) {
    const std::string soon = finished("b/1");
    const std::string late = putNow("a/1");
    translate(claimOne());
    clock_.pass(2 * kDay);
    EXPECT_EQ(0u, store_->show(late)->deliveries.at(0).attempts);
    EXPECT_EQ(1u, purge(kDay));
    EXPECT_FALSE(store_->body(soon));
    reopen();
    const auto lane = claimLane();
    send(lane.deliveries.at(0));
    settle(lane.deliveries.at(0), DeliveryState::delivered);
    EXPECT_EQ(0u, purge(kDay));
    EXPECT_TRUE(store_->body(late));
    clock_.pass(2 * kDay);
    EXPECT_EQ(1u, purge(kDay));
    EXPECT_FALSE(store_->body(late));
}

TEST_P(StoreSuite, EachSourceHasItsOwnTimeAndNoneMeansForEver) {
    const std::string id = finished("a/1");
    clock_.pass(5000 * kDay);
    EXPECT_EQ(0u, purge(kDay, kDay, "other"));
    EXPECT_EQ(0u, purge({}, {}));
    EXPECT_TRUE(store_->body(id));
}

TEST_P(StoreSuite, MoreThanOnePortionGoesInPortions) {
    std::vector<std::string> ids;
    for (int i = 0; i < 40; ++i) ids.push_back(finished("a/" + std::to_string(i)));
    clock_.pass(2 * kDay);
    const std::vector<Keep> keep{{"feed", kDay, {}}};
    EXPECT_EQ(16u, store_->purge(clock_.now(), keep, 16));
    EXPECT_TRUE(store_->body(ids.back()));
    EXPECT_EQ(24u, purge(kDay));
    for (const std::string& id : ids) EXPECT_FALSE(store_->body(id)) << id;
}

TEST_P(StoreSuite, OneFromAFutureDoesNotKeepTheOthers) {
    Incoming in = incoming("x/1");
    in.received = clock_.now() + 10'000 * kDay;
    store_->put(std::vector{in});
    const auto claim = claimOne();
    Translation ignored;
    ignored.id = claim.id;
    ignored.epoch = claim.epoch;
    ignored.state = MessageState::ignored;
    store_->translated(std::vector{ignored});
    const std::string id = finished("a/1");
    clock_.pass(2 * kDay);
    purge(kDay);
    EXPECT_FALSE(store_->body(id));
}

TEST_P(StoreSuite, AClockThatWasAheadForAWhileKeepsNothingLonger) {
    clock_.pass(300 * kDay);
    finished("a/1");
    clock_.pass(-300 * kDay);
    const std::string id = finished("b/1");
    EXPECT_EQ(clock_.now(), store_->show(id)->changed);
    clock_.pass(2 * kDay);
    EXPECT_EQ(1u, purge(kDay));
    EXPECT_FALSE(store_->body(id));
}

TEST_P(StoreSuite, ASourceThatIsConfiguredNoLongerKeepsTheTimesThatItHad) {
    const auto purged = [&](const std::vector<Keep>& keep) {
        return store_->purge(clock_.now(), keep, 16);
    };
    const std::string id = finished("a/1");
    EXPECT_EQ(0u, purged({{"feed", 3 * kDay, {}}}));
    clock_.pass(2 * kDay);
    reopen();
    EXPECT_EQ(0u, purged({{"another", kDay, {}}}));
    clock_.pass(2 * kDay);
    EXPECT_EQ(0u, purged({{"another", kDay, {}}, {"feed", {}, {}}})) << "now for ever";
    EXPECT_EQ(0u, purged({{"another", kDay, {}}})) << "and so ever after";
    EXPECT_TRUE(store_->body(id));
    EXPECT_EQ(0u, purged({{"feed", 9 * kDay, {}}}));
    clock_.pass(6 * kDay);
    EXPECT_EQ(1u, purged({}));
    EXPECT_FALSE(store_->body(id));
}

TEST_P(StoreSuite, WhatIsSentAgainAndAgainIsCountedAndDoesNotFillItsTimeline) {
    const std::string id = putNow("a/1", "feed|sender|17");
    for (int i = 0; i < 150; ++i) EXPECT_EQ(id, putNow("a/1", "feed|sender|17"));
    EXPECT_EQ(150u, store_->counts().repeats);
    EXPECT_EQ(101u, timeline(id).size()) << "and its reception";
    EXPECT_FALSE(store_->show(id)->timeline.back().text.fr.empty());
}

TEST_P(StoreSuite, ARepeatIsKnownAfterItsBytesAreGone) {
    const std::string first = putNow("a/1", "feed|sender|17");
    translate(claimOne(), {});
    clock_.pass(2 * kDay);
    EXPECT_EQ(1u, purge(kDay));
    Incoming again = incoming("a/1");
    again.repeatKey = "feed|sender|17";
    again.content = "content of a/1";
    again.repeatSince = clock_.now() - 7 * kDay;
    const Stored stored = store_->put(std::vector{again}).at(0);
    EXPECT_EQ(Stored::Kind::repeat, stored.kind);
    EXPECT_EQ(first, stored.id);
}

TEST_P(StoreSuite, BeyondItsWindowTheSameIsNew) {
    const std::string first = putNow("a/1", "feed|sender|17");
    clock_.pass(8 * kDay);
    for (const char* content : {"content of a/1", "other"}) {
        Incoming again = incoming("a/1");
        again.repeatKey = "feed|sender|17";
        again.content = content;
        again.refuseOtherContent = true;
        again.received = clock_.now();
        again.repeatSince = clock_.now() - 7 * kDay;
        const Stored stored = store_->put(std::vector{again}).at(0);
        if (std::string(content) == "other") {
            EXPECT_EQ(Stored::Kind::conflict, stored.kind) << "within the window of the second";
        } else {
            EXPECT_EQ(Stored::Kind::fresh, stored.kind);
            EXPECT_FALSE(stored.reused);
            EXPECT_NE(first, stored.id);
        }
    }
}

TEST_P(StoreSuite, WhatARefusalComesTooLateForCannotBeSentAgain) {
    const std::string id = finished("a/1");
    const std::string delivery = store_->show(id)->deliveries.at(0).id;
    clock_.pass(2 * kDay);
    EXPECT_EQ(1u, purge(kDay));
    LateWord word;
    word.controlId = delivery;
    word.delivery = delivery;
    word.accepted = false;
    word.answer.summary = "AE";
    ASSERT_EQ(LateResult::Kind::setAside, store_->answered(std::vector{word}).at(0).kind);
    const auto results = store_->replay(std::vector{delivery}, "nurse");
    ASSERT_TRUE(results.at(0));
    EXPECT_THAT(results[0]->en, testing::HasSubstr("no longer kept"));
    EXPECT_EQ(DeliveryState::setAside, stateOf(id));
    EXPECT_FALSE(store_->close(std::vector{delivery}, "known", "nurse").at(0));
}

TEST_P(StoreSuite, AWholeStoreHasNoDamageAndTellsOfItself) {
    finished("a/1");
    putNow("b/1");
    clock_.pass(2 * kDay);
    purge(kDay);
    EXPECT_THAT(store_->check(), IsEmpty());
    const Vitals vitals = store_->vitals();
    EXPECT_LT(0u, vitals.fileBytes);
    EXPECT_LT(0u, vitals.freeBytes);
    EXPECT_LT(4u, vitals.commits);
    EXPECT_LE(vitals.slowestMicroseconds, vitals.commitMicroseconds);
    EXPECT_LT(0u, vitals.slowestMicroseconds);
    EXPECT_EQ(0u, vitals.damaged);
    ASSERT_FALSE(vitals.commitTimes.empty());
    EXPECT_EQ(vitals.commits, vitals.commitTimes.back().second) << "none took seconds";
    EXPECT_LE(vitals.commitTimes.front().second, vitals.commitTimes.back().second);
}

}  // namespace store_suite
