/// What a partner says after, or before, the answer that settled a delivery.
#include <gmock/gmock.h>

#include "store/store_suite.h"

namespace store_suite {

using namespace gateway;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;
using Heard = LateResult::Kind;

namespace {

LateWord word(const std::string& controlId, bool accepted) {
    LateWord word;
    word.controlId = controlId;
    word.accepted = accepted;
    word.answer = {Bytes::copy(accepted ? "later: yes" : "later: no"), accepted ? "AA" : "AE"};
    word.reason = accepted ? Reason{"accepted later", "accepté ensuite"}
                           : Reason{"refused later", "refusé ensuite"};
    return word;
}

Heard say(Store& store, const LateWord& word) {
    return store.answered(std::vector{word}).at(0).kind;
}

DeliveryView deliveryOf(Store& store, const std::string& message) {
    return store.show(message)->deliveries.at(0);
}

}  // namespace

DeliveryClaim StoreSuite::delivered(const std::string& text) {
    deliverable(text);
    const auto claim = claimLane().deliveries.at(0);
    EXPECT_EQ(Settled::done, send(claim));
    EXPECT_EQ(Settled::done, settle(claim, DeliveryState::delivered));
    return claim;
}

std::vector<DeliveryClaim> StoreSuite::deliveredUnchanged(const std::string& sentId) {
    put("a/1");
    const auto message = claimOne();
    Translation result;
    result.id = message.id;
    result.epoch = message.epoch;
    for (const char* destination : {"there", "elsewhere"}) {
        result.deliveries.push_back(newDelivery(*store_, "lane", "hello", destination));
        result.deliveries.back().sentId = sentId;
    }
    store_->translated(std::vector{result});
    std::vector<DeliveryClaim> claims;
    for (const char* destination : {"there", "elsewhere"}) {
        claims.push_back(claimLane(1, destination).deliveries.at(0));
        send(claims.back());
        settle(claims.back(), DeliveryState::delivered);
    }
    return claims;
}

TEST_P(StoreSuite, AnAcceptanceIsNotedOnceAndIsTheProof) {
    const auto claim = delivered("a/1");
    const auto result = store_->answered(std::vector{word(claim.controlId, true)}).at(0);
    EXPECT_EQ(Heard::noted, result.kind);
    EXPECT_EQ(claim.id, result.delivery);
    EXPECT_EQ(claim.message, result.message);
    EXPECT_EQ("there", result.destination);
    EXPECT_EQ(Heard::repeat, say(*store_, word(claim.controlId, true)));
    crash();
    const auto view = deliveryOf(*store_, claim.message);
    EXPECT_EQ(DeliveryState::delivered, view.state);
    EXPECT_EQ("AA", view.answer.value().summary);
    EXPECT_EQ("later: yes", view.answer.value().body.view());
    EXPECT_THAT(timeline(claim.message),
                ElementsAre("received", "translated", "queued", "inflight", "delivered", "note"));
    EXPECT_EQ(1u, store_->counts().deliveries["there"]["delivered"]);
}

TEST_P(StoreSuite, ARefusalSetsAsideWhatWasDeliveredAndAPersonMaySendItAgain) {
    const auto claim = delivered("a/1");
    EXPECT_EQ(Heard::setAside, say(*store_, word(claim.controlId, false)));
    crash();
    EXPECT_EQ(Heard::repeat, say(*store_, word(claim.controlId, false)));
    const auto view = deliveryOf(*store_, claim.message);
    EXPECT_EQ(DeliveryState::setAside, view.state);
    EXPECT_EQ("refused later", view.reason.en);
    EXPECT_EQ("later: no", view.answer.value().body.view());
    EXPECT_THAT(timeline(claim.message), ElementsAre("received", "translated", "queued", "inflight",
                                                     "delivered", "set-aside", "answer"));
    const auto counts = store_->counts();
    EXPECT_EQ(1u, counts.deliveries.at("there").at("set-aside"));
    EXPECT_FALSE(counts.deliveries.at("there").contains("delivered"));
    Filter aside;
    aside.state = "set-aside";
    EXPECT_EQ(1u, store_->list(aside).size());
    EXPECT_FALSE(store_->replay(std::vector{claim.id}, "test").at(0));
    const auto again = claimLane().deliveries.at(0);
    EXPECT_EQ(claim.id, again.id);
    send(again);
    settle(again, DeliveryState::delivered);
    EXPECT_EQ(DeliveryState::delivered, stateOf(claim.message));
}

TEST_P(StoreSuite, ARefusalTakesTheReceiptOfThePlanBack) {
    put("a/1");
    const auto message = claimOne();
    Translation result;
    result.id = message.id;
    result.epoch = message.epoch;
    result.deliveries = {newDelivery(*store_, "lane", "hello")};
    result.deliveries[0].plan = "net 4";
    result.deliveries[0].edition = "2";
    store_->translated(std::vector{result});
    const auto claim = claimLane().deliveries.at(0);
    send(claim);
    settle(claim, DeliveryState::delivered);
    ASSERT_EQ(1u, store_->plans().receipts("net 4").size());
    say(*store_, word(claim.controlId, false));
    EXPECT_THAT(store_->plans().receipts("net 4"), IsEmpty());
}

TEST_P(StoreSuite, WhatComesBeforeTheFirstAnswerIsKeptForIt) {
    deliverable("a/1");
    deliverable("a/2");
    const auto lane = claimLane();
    for (const auto& claim : lane.deliveries) send(claim);
    EXPECT_EQ(Heard::kept, say(*store_, word(lane.deliveries[0].controlId, false)));
    EXPECT_EQ(Heard::repeat, say(*store_, word(lane.deliveries[0].controlId, false)));
    EXPECT_EQ(Heard::kept, say(*store_, word(lane.deliveries[1].controlId, true)));
    settle(lane.deliveries[0], DeliveryState::delivered);
    settle(lane.deliveries[1], DeliveryState::uncertain);
    EXPECT_EQ(DeliveryState::setAside, stateOf(lane.deliveries[0].message));
    EXPECT_EQ("refused later", deliveryOf(*store_, lane.deliveries[0].message).reason.en);
    EXPECT_EQ("later: no",
              deliveryOf(*store_, lane.deliveries[0].message).answer.value().body.view());
    EXPECT_THAT(timeline(lane.deliveries[0].message),
                ElementsAre("received", "translated", "queued", "inflight", "note", "answer",
                            "delivered", "set-aside"));
    EXPECT_EQ(DeliveryState::delivered, stateOf(lane.deliveries[1].message))
        << "no first answer came, but a later one";
    clock_.pass(Milliseconds(100'000));
    EXPECT_THAT(claimLane().deliveries, IsEmpty()) << "nothing is sent again";
}

TEST_P(StoreSuite, WhatWasInFlightAtACrashEndsWithTheWordOnIt) {
    deliverable("a/1");
    deliverable("a/2");
    deliverable("a/3");
    const auto lane = claimLane();
    for (const auto& claim : lane.deliveries) send(claim);
    say(*store_, word(lane.deliveries[0].controlId, true));
    say(*store_, word(lane.deliveries[1].controlId, false));
    crash();
    EXPECT_EQ(DeliveryState::delivered, stateOf(lane.deliveries[0].message));
    EXPECT_EQ(DeliveryState::setAside, stateOf(lane.deliveries[1].message));
    EXPECT_EQ(DeliveryState::uncertain, stateOf(lane.deliveries[2].message));
    const auto again = claimLane();
    ASSERT_EQ(1u, again.deliveries.size());
    EXPECT_EQ(lane.deliveries[2].id, again.deliveries[0].id);
}

TEST_P(StoreSuite, ARefusalOfWhatIsUncertainEndsTheDoubt) {
    deliverable("a/1");
    deliverable("a/2");
    auto lane = claimLane();
    send(lane.deliveries[0]);
    settle(lane.deliveries[0], DeliveryState::uncertain);
    store_->release(std::vector{ClaimId{lane.deliveries[1].id, lane.deliveries[1].epoch}});
    const auto again = claimLane();
    ASSERT_EQ(2u, again.deliveries.size());
    EXPECT_EQ(Heard::setAside, say(*store_, word(lane.deliveries[0].controlId, false)));
    EXPECT_EQ(Settled::lost, send(again.deliveries[0])) << "it is not sent again";
    EXPECT_EQ(Settled::done, send(again.deliveries[1]));
    EXPECT_EQ(Settled::done, settle(again.deliveries[1], DeliveryState::delivered));
}

TEST_P(StoreSuite, OnlyWhatWasSentToThatPartnerIsMeant) {
    const auto waiting = deliverable("a/1");
    EXPECT_EQ(Heard::unknown, say(*store_, word(waiting, false))) << "never sent";
    EXPECT_EQ(Heard::unknown, say(*store_, word("", false)));
    EXPECT_EQ(Heard::unknown, say(*store_, word("NOSUCHID", false)));
    const auto claim = claimLane().deliveries.at(0);
    send(claim);
    settle(claim, DeliveryState::delivered);
    LateWord foreign = word(claim.controlId, false);
    foreign.partner = "somebody-else";
    EXPECT_EQ(Heard::unknown, say(*store_, foreign));
    EXPECT_EQ(DeliveryState::delivered, stateOf(claim.message));
    foreign.partner = claim.partner;
    EXPECT_EQ(Heard::setAside, say(*store_, foreign));
}

TEST_P(StoreSuite, TheIdInTheBytesIsWhatCounts) {
    const auto claims = deliveredUnchanged("SENDER-7");
    EXPECT_EQ(Heard::unknown, say(*store_, word(claims[0].controlId, false)));
    LateWord first = word("SENDER-7", true);
    first.delivery = claims[0].id;
    EXPECT_EQ(claims[0].id, store_->answered(std::vector{first}).at(0).delivery);
    const LateWord other = word("SENDER-7", false);
    const auto result = store_->answered(std::vector{other}).at(0);
    EXPECT_EQ(Heard::setAside, result.kind);
    EXPECT_EQ(claims[1].id, result.delivery) << "of the one that nothing was said of yet";
    EXPECT_EQ(DeliveryState::delivered, stateOf(claims[0].message, 0));
    EXPECT_EQ(DeliveryState::setAside, stateOf(claims[0].message, 1));
}

TEST_P(StoreSuite, AContradictionIsARefusal) {
    const auto claim = delivered("a/1");
    const auto hisWord = [&](bool accepted) {
        LateWord his = word(claim.controlId, accepted);
        his.partner = claim.partner;
        return his;
    };
    EXPECT_EQ(Heard::noted, say(*store_, hisWord(true)));
    EXPECT_EQ(Heard::setAside, say(*store_, hisWord(false)));
    EXPECT_EQ(Heard::noted, say(*store_, hisWord(true)));
    EXPECT_EQ(DeliveryState::setAside, stateOf(claim.message)) << "a person decides now";
}

TEST_P(StoreSuite, OfSeveralThatCouldBeMeantAStrangerChangesNone) {
    const auto claims = deliveredUnchanged("M1");
    for (const bool accepted : {false, true, false}) {
        const auto result = store_->answered(std::vector{word("M1", accepted)}).at(0);
        EXPECT_EQ(Heard::unknown, result.kind);
        EXPECT_EQ(claims[0].message, result.message) << "told apart from an id that nobody knows";
    }
    crash();
    for (std::size_t i = 0; i < claims.size(); ++i)
        EXPECT_EQ(DeliveryState::delivered, stateOf(claims[0].message, i));
    const auto events = store_->show(claims[0].message)->timeline;
    std::vector<std::string> noted;
    for (const EventView& event : events)
        if (event.what == "note") noted.push_back(event.delivery);
    EXPECT_THAT(noted, UnorderedElementsAre(claims[0].id, claims[1].id)) << "once for each";
    LateWord his = word("M1", false);
    his.partner = claims[0].partner;
    EXPECT_EQ(claims[0].id, store_->answered(std::vector{his}).at(0).delivery);
    EXPECT_EQ(Heard::unknown, say(*store_, word("M1", false)))
        << "may be said again by the first: the second is not set aside for it";
    EXPECT_EQ(DeliveryState::delivered, stateOf(claims[0].message, 1));
}

TEST_P(StoreSuite, OneIdTwiceToOneDestinationIsSeveralToo) {
    deliveredUnchanged("M1");
    const auto again = deliveredUnchanged("M1");
    LateWord one = word("M1", false);
    EXPECT_EQ(Heard::unknown, say(*store_, one));
    one.delivery = again[1].id;
    EXPECT_EQ(Heard::setAside, say(*store_, one)) << "unless it is known which";
    EXPECT_EQ(DeliveryState::setAside, stateOf(again[1].message, 1));
    EXPECT_EQ(DeliveryState::delivered, stateOf(again[1].message, 0));
}

TEST_P(StoreSuite, AStrangerChangesOnlyWhatAwaitsAWord) {
    const auto claim = delivered("a/1");
    LateWord his = word(claim.controlId, true);
    his.partner = claim.partner;
    EXPECT_EQ(Heard::noted, say(*store_, his));
    EXPECT_EQ(Heard::repeat, say(*store_, word(claim.controlId, true)));
    EXPECT_EQ(Heard::unknown, say(*store_, word(claim.controlId, false)));
    EXPECT_EQ(DeliveryState::delivered, stateOf(claim.message));
    EXPECT_EQ("AA", deliveryOf(*store_, claim.message).answer.value().summary);
}

TEST_P(StoreSuite, AStrangersWordIsHeardForAWeek) {
    const auto old = delivered("a/1");
    clock_.pass(std::chrono::hours(24 * 7) + Milliseconds(1));
    const auto young = delivered("a/2");
    clock_.pass(std::chrono::hours(24 * 7));
    const auto result = store_->answered(std::vector{word(old.controlId, false)}).at(0);
    EXPECT_EQ(Heard::unknown, result.kind);
    EXPECT_EQ("", result.message);
    EXPECT_EQ(DeliveryState::delivered, stateOf(old.message));
    EXPECT_EQ(Heard::setAside, say(*store_, word(young.controlId, false)));
    LateWord his = word(old.controlId, false);
    his.partner = old.partner;
    EXPECT_EQ(Heard::setAside, say(*store_, his)) << "his own, at any time";
}

TEST_P(StoreSuite, EachOfABatchHasItsOwnResult) {
    const auto one = delivered("a/1"), two = delivered("a/2");
    const auto results = store_->answered(
        std::vector{word(one.controlId, true), word("NOSUCHID", true), word(two.controlId, false)});
    ASSERT_EQ(3u, results.size());
    EXPECT_EQ(Heard::noted, results[0].kind);
    EXPECT_EQ(Heard::unknown, results[1].kind);
    EXPECT_EQ(Heard::setAside, results[2].kind);
    EXPECT_THAT(store_->answered({}), IsEmpty());
}

}  // namespace store_suite
