/// Translating: order keys, runs, leases, what a translation leaves.
#include <gmock/gmock.h>

#include "gateway/error.h"
#include "store/store_suite.h"

namespace store_suite {

using namespace gateway;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

Translation resultOf(const MessageClaim& claim, MessageState state, Reason reason = {}) {
    Translation translation;
    translation.id = claim.id;
    translation.epoch = claim.epoch;
    translation.state = state;
    translation.reason = std::move(reason);
    return translation;
}

const Reason kWhy{"no route takes it", "aucune route ne le prend"};

}  // namespace

TEST_P(StoreSuite, OneClaimerGetsARunOfAKeyInOrder) {
    for (const char* text : {"a/1", "b/1", "a/2", "a/3"}) put(text);
    const auto texts = claim();
    ASSERT_EQ(4u, texts.size());
    const auto at = [&](const char* text) {
        return std::find(texts.begin(), texts.end(), text) - texts.begin();
    };
    EXPECT_LT(at("a/1"), at("a/2"));
    EXPECT_LT(at("a/2"), at("a/3"));
    EXPECT_THAT(claim(), IsEmpty());
}

TEST_P(StoreSuite, OnlyTheFirstOfAKeyIsGivenToAnother) {
    for (const char* text : {"a/1", "a/2", "b/1"}) put(text);
    EXPECT_THAT(claim(1), ElementsAre("a/1"));
    EXPECT_THAT(claim(), ElementsAre("b/1"));
}

TEST_P(StoreSuite, TheNextOfAKeyFollowsATranslation) {
    put("a/1");
    put("a/2");
    const auto first = claimOne();
    EXPECT_THAT(claim(), IsEmpty());
    EXPECT_EQ(Settled::done, translate(first));
    EXPECT_EQ("a/2", claimOne().body.view());
}

TEST_P(StoreSuite, WithoutOrderKeysNothingWaits) {
    put("one");
    put("two");
    EXPECT_THAT(claim(1), ElementsAre("one"));
    EXPECT_THAT(claim(1), ElementsAre("two"));
}

TEST_P(StoreSuite, AMessageOfTwoKeysWaitsForBoth) {
    Incoming merge = incoming("merge");
    merge.orderKeys = {"a", "b", "a"};
    put("a/1");
    put("b/1");
    store_->put(std::vector{merge});
    put("b/2");
    const auto a = claimOne(), b = claimOne();
    EXPECT_EQ("a/1", a.body.view());
    EXPECT_EQ("b/1", b.body.view());
    translate(a);
    EXPECT_THAT(claim(), IsEmpty());
    translate(b);
    const auto both = claimOne();
    EXPECT_EQ("merge", both.body.view());
    EXPECT_THAT(claim(), IsEmpty()) << "b/2 waits behind the merge";
    translate(both);
    EXPECT_THAT(claim(), ElementsAre("b/2"));
}

TEST_P(StoreSuite, AMessageOfTwoKeysIsNeverPartOfARun) {
    Incoming merge = incoming("merge");
    merge.orderKeys = {"a", "b"};
    put("a/1");
    store_->put(std::vector{merge});
    EXPECT_THAT(claim(), ElementsAre("a/1"));
}

TEST_P(StoreSuite, ASecondTranslationIsLost) {
    put("a/1");
    const auto mine = claimOne();
    EXPECT_EQ(Settled::done, translate(mine));
    EXPECT_EQ(Settled::lost, translate(mine));
    EXPECT_EQ(1u, store_->show(mine.id)->deliveries.size());
}

TEST_P(StoreSuite, AnExpiredLeaseGoesToAnotherAndTheLateResultIsLost) {
    put("a/1");
    const auto mine = store_->claimMessages(1, {Milliseconds(1'000), {}}).at(0);
    clock_.pass(Milliseconds(999));
    EXPECT_THAT(store_->claimMessages(1, {}), IsEmpty());
    clock_.pass(Milliseconds(1));
    const auto other = claimOne();
    EXPECT_EQ(mine.id, other.id);
    EXPECT_GT(other.epoch, mine.epoch);
    EXPECT_EQ(Settled::lost, translate(mine));
    EXPECT_EQ(Settled::done, translate(other));
    EXPECT_EQ(1u, store_->show(mine.id)->deliveries.size());
}

TEST_P(StoreSuite, AReleasedMessageIsGivenAgain) {
    put("a/1");
    const auto mine = claimOne();
    store_->releaseMessages(std::vector{ClaimId{mine.id, mine.epoch}});
    EXPECT_EQ(Settled::lost, translate(mine));
    EXPECT_EQ("a/1", claimOne().body.view());
}

TEST_P(StoreSuite, ARunIsNotTranslatedPastAGap) {
    put("a/1");
    put("a/2");
    const auto run = store_->claimMessages(10, {});
    ASSERT_EQ(2u, run.size());
    store_->releaseMessages(std::vector{ClaimId{run[0].id, run[0].epoch}});
    EXPECT_EQ(Settled::lost, translate(run[1])) << "a/1 is not done";
    EXPECT_THAT(claim(), ElementsAre("a/1", "a/2"));
}

TEST_P(StoreSuite, ARunIsTranslatedInOneBatch) {
    put("a/1");
    put("a/2");
    const auto run = store_->claimMessages(10, {});
    const auto settled = store_->translated(std::vector{
        resultOf(run[0], MessageState::held, kWhy), resultOf(run[1], MessageState::translated)});
    EXPECT_THAT(settled, ElementsAre(Settled::done, Settled::done));
}

TEST_P(StoreSuite, OneLostItemFailsNoOther) {
    put("a/1");
    put("b/1");
    const auto claims = store_->claimMessages(10, {});
    auto stale = resultOf(claims[0], MessageState::translated);
    stale.epoch += 100;
    const auto settled =
        store_->translated(std::vector{stale, resultOf(claims[1], MessageState::translated)});
    EXPECT_THAT(settled, ElementsAre(Settled::lost, Settled::done));
}

TEST_P(StoreSuite, AHeldMessageLetsItsKeyGoOn) {
    const auto id = put("a/1");
    put("a/2");
    EXPECT_THAT(store_->translated(std::vector{resultOf(claimOne(), MessageState::held, kWhy)}),
                ElementsAre(Settled::done));
    EXPECT_EQ(MessageState::held, stateOfMessage(id));
    EXPECT_EQ(kWhy, store_->show(id)->reason);
    EXPECT_THAT(claim(), ElementsAre("a/2"));
}

TEST_P(StoreSuite, AHeldMessageThatBlocksStopsItsKey) {
    const auto id = put("a/1");
    put("a/2");
    auto held = resultOf(claimOne(), MessageState::held, kWhy);
    held.blocks = true;
    store_->translated(std::vector{held});
    EXPECT_THAT(claim(), IsEmpty());
    crash();
    EXPECT_THAT(claim(), IsEmpty()) << "it blocks after a crash too";
    EXPECT_FALSE(store_->replay(std::vector{id}, "anne").at(0));
    const auto again = store_->claimMessages(10, {});
    ASSERT_EQ(2u, again.size());
    EXPECT_EQ(id, again[0].id);
    EXPECT_TRUE(again[0].replay);
    EXPECT_FALSE(again[1].replay);
}

TEST_P(StoreSuite, WhatARunsFirstBlocksIsNotTranslated) {
    put("a/1");
    put("a/2");
    const auto run = store_->claimMessages(10, {});
    auto held = resultOf(run[0], MessageState::held, kWhy);
    held.blocks = true;
    EXPECT_THAT(store_->translated(std::vector{held, resultOf(run[1], MessageState::translated)}),
                ElementsAre(Settled::done, Settled::lost));
}

TEST_P(StoreSuite, OfAnIgnoredMessageOnlyAProofStays) {
    Incoming in = incoming("a/1");
    in.subjects = {"somebody"};
    const auto id = store_->put(std::vector{in}).at(0).id;
    store_->translated(std::vector{resultOf(claimOne(), MessageState::ignored, kWhy)});
    EXPECT_EQ(MessageState::ignored, stateOfMessage(id));
    EXPECT_FALSE(store_->body(id));
    EXPECT_EQ(kWhy, store_->show(id)->reason);
    EXPECT_EQ(1u, store_->counts().messages["feed"]["ignored"]);
}

TEST_P(StoreSuite, TheTimelineTellsWhatATranslationFound) {
    const auto id = put("a/1");
    auto result = resultOf(claimOne(), MessageState::translated);
    result.configVersion = "v7";
    result.deliveries.push_back(newDelivery(*store_, "lane", "hello"));
    result.deliveries[0].issues.add(Severity::warning, "line[2]", {"too long", "trop long"}, "r1");
    result.deliveries[0].plan = "net 4";
    result.deliveries[0].edition = "2";
    result.deliveries[0].mapVersion = "m3";
    result.notes = {{"pharmacy", {"refused", "refus"}}, {"", {"a note", "une note"}}};
    store_->translated(std::vector{result});
    const auto view = *store_->show(id);
    EXPECT_EQ("v7", view.configVersion);
    ASSERT_EQ(1u, view.deliveries.size());
    EXPECT_EQ("m3", view.deliveries[0].mapVersion);
    EXPECT_EQ("net 4", view.deliveries[0].plan);
    EXPECT_EQ("partner-of-there", view.deliveries[0].partner);
    EXPECT_EQ(5u, view.deliveries[0].bytes);
    EXPECT_THAT(timeline(id),
                ElementsAre("received", "translated", "queued", "note", "left-out", "note"));
    EXPECT_EQ("line[2]: too long (r1)", view.timeline[3].text.en);
    EXPECT_EQ(result.deliveries[0].id, view.timeline[3].delivery);
    EXPECT_EQ("partner-of-there", view.timeline[3].partner);
    EXPECT_EQ("pharmacy", view.timeline[4].partner);
    EXPECT_EQ("refus", view.timeline[4].text.fr);
    EXPECT_EQ(1u, store_->counts().leftOut);
}

TEST_P(StoreSuite, AHeldDeliveryIsMadeAgain) {
    const auto id = put("a/1");
    auto result = resultOf(claimOne(), MessageState::translated);
    result.deliveries = {newDelivery(*store_, "lane", "good"), newDelivery(*store_, "lane", "")};
    result.deliveries[1].state = DeliveryState::held;
    result.deliveries[1].reason = kWhy;
    store_->translated(std::vector{result});
    const auto held = result.deliveries[1].id;
    EXPECT_EQ(DeliveryState::held, stateOf(id, 1));
    EXPECT_EQ(1u, claimLane().deliveries.size()) << "the others go on";
    EXPECT_THAT(claim(), IsEmpty());

    EXPECT_FALSE(store_->replay(std::vector{held}, "anne").at(0));
    crash();
    const auto again = claimOne();
    EXPECT_EQ(id, again.id);
    EXPECT_TRUE(again.replay);
    EXPECT_THAT(again.held, ElementsAre(held));
    auto redone = resultOf(again, MessageState::translated);
    redone.deliveries = {newDelivery(*store_, "lane", "better")};
    redone.deliveries[0].id = held;
    EXPECT_THAT(store_->translated(std::vector{redone}), ElementsAre(Settled::done));
    EXPECT_EQ(DeliveryState::queued, stateOf(id, 1));
    EXPECT_EQ("better", store_->body(held)->view());
    EXPECT_THAT(timeline(id),
                ElementsAre("received", "translated", "queued", "held", "replay", "queued"));
    EXPECT_THAT(claim(), IsEmpty());
}

TEST_P(StoreSuite, AHeldDeliveryThatFailsAgainStaysHeld) {
    const auto id = put("a/1");
    auto result = resultOf(claimOne(), MessageState::translated);
    result.deliveries = {newDelivery(*store_, "lane", "")};
    result.deliveries[0].state = DeliveryState::held;
    store_->translated(std::vector{result});
    const auto held = result.deliveries[0].id;
    store_->replay(std::vector{held}, "anne");
    const auto again = claimOne();
    auto redone = resultOf(again, MessageState::held, kWhy);
    EXPECT_THAT(store_->translated(std::vector{redone}), ElementsAre(Settled::done));
    EXPECT_EQ(MessageState::translated, stateOfMessage(id));
    EXPECT_EQ(DeliveryState::held, stateOf(id));
    EXPECT_EQ(kWhy, store_->show(id)->deliveries[0].reason);
    EXPECT_THAT(claim(), IsEmpty()) << "it waits for a person again";
    EXPECT_FALSE(store_->replay(std::vector{held}, "anne").at(0));
    EXPECT_EQ(1u, store_->claimMessages(1, {}).size());
}

TEST_P(StoreSuite, BodiesSharedByDeliveriesComeBackForEach) {
    put("a/1");
    auto result = resultOf(claimOne(), MessageState::translated);
    for (const char* body : {"same", "other", "same"})
        result.deliveries.push_back(newDelivery(*store_, body, body, body));
    store_->translated(std::vector{result});
    EXPECT_EQ("same", store_->body(result.deliveries[0].id)->view());
    EXPECT_EQ("other", store_->body(result.deliveries[1].id)->view());
    EXPECT_EQ("same", store_->body(result.deliveries[2].id)->view());
}

TEST_P(StoreSuite, ATranslationThatCannotBeIsRefusedAlone) {
    put("a/1");
    put("b/1");
    const auto claims = store_->claimMessages(10, {});
    EXPECT_THROW(store_->translated(std::vector{resultOf(claims[0], MessageState::closed)}), Error);
    EXPECT_EQ(MessageState::received, stateOfMessage(claims[0].id));
    EXPECT_EQ(Settled::done, translate(claims[1]));
    EXPECT_EQ(Settled::done, translate(claims[0])) << "its claim still holds";
}

TEST_P(StoreSuite, TheRegisterFollowsTranslations) {
    put("a/1");
    auto result = resultOf(claimOne(), MessageState::translated);
    RegisterChange change;
    change.entry.key = "net 4";
    change.entry.network = "net";
    change.entry.edition = "2";
    change.entry.state = "active";
    change.entry.subjects = {"somebody"};
    change.entry.barred = {"pharmacy", "nurse"};
    change.entry.due = clock_.now() + Milliseconds(1'000);
    change.entry.dueReason = "review";
    change.order = 2;
    result.changes = {change};
    store_->translated(std::vector{result});
    crash();
    const Register& plans = store_->plans();
    const auto entry = plans.find("net 4");
    ASSERT_TRUE(entry);
    EXPECT_EQ("net", entry->network);
    EXPECT_EQ("2", entry->edition);
    EXPECT_EQ("active", entry->state);
    EXPECT_THAT(entry->barred, ElementsAre("pharmacy", "nurse"));
    EXPECT_EQ(change.entry.due, entry->due);
    EXPECT_EQ("review", entry->dueReason);
    EXPECT_THAT(entry->subjects, IsEmpty());
    EXPECT_FALSE(plans.find("net 5"));
    EXPECT_THAT(plans.dueBefore(clock_.now(), 10), IsEmpty());
    EXPECT_EQ(1u, plans.dueBefore(clock_.now() + Milliseconds(1'001), 10).size());
}

TEST_P(StoreSuite, ALateOldEditionDoesNotOverwriteANewerOne) {
    const auto accept = [&](std::int64_t order, const std::string& edition) {
        put("a/" + edition);
        auto result = resultOf(claimOne(), MessageState::translated);
        RegisterChange change;
        change.entry.key = "net 4";
        change.entry.edition = edition;
        change.order = order;
        result.changes = {change};
        store_->translated(std::vector{result});
        return store_->plans().find("net 4")->edition;
    };
    EXPECT_EQ("two", accept(2, "two"));
    EXPECT_EQ("two", accept(1, "one"));
    EXPECT_EQ("two again", accept(2, "two again"));
    EXPECT_EQ("three", accept(3, "three"));
}

}  // namespace store_suite
