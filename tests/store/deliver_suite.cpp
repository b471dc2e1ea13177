/// Delivering: lanes, leases, outcomes, what a crash leaves.
#include <gmock/gmock.h>

#include "gateway/error.h"
#include "store/store_suite.h"

namespace store_suite {

using namespace gateway;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

std::vector<std::string> idsOf(const LaneClaim& lane) {
    std::vector<std::string> ids;
    for (const auto& delivery : lane.deliveries) ids.push_back(delivery.id);
    return ids;
}

Outcome outcomeOf(const DeliveryClaim& claim, DeliveryState state) {
    Outcome outcome;
    outcome.id = claim.id;
    outcome.epoch = claim.epoch;
    outcome.state = state;
    return outcome;
}

}  // namespace

TEST_P(StoreSuite, ADeliveryIsClaimedAsItWasMade) {
    const auto id = deliverable("a/1");
    const auto lane = claimLane();
    ASSERT_THAT(idsOf(lane), ElementsAre(id));
    const DeliveryClaim& claim = lane.deliveries[0];
    EXPECT_EQ("to lane: a/1", claim.body.view());
    EXPECT_EQ("there", claim.destination);
    EXPECT_EQ("partner-of-there", claim.partner);
    EXPECT_EQ(id, claim.controlId);
    EXPECT_EQ("text/plain", claim.mediaType);
    EXPECT_EQ("txt", claim.extension);
    EXPECT_EQ(0u, claim.attempts);
    EXPECT_EQ(clock_.now(), claim.queued);
    EXPECT_FALSE(lane.lane.empty());
}

TEST_P(StoreSuite, ALaneHasOneOwnerAndKeepsOrder) {
    const auto one = deliverable("a/1"), two = deliverable("a/2"), three = deliverable("a/3");
    const auto first = claimLane(2);
    EXPECT_THAT(idsOf(first), ElementsAre(one, two));
    EXPECT_THAT(idsOf(claimLane()), IsEmpty());
    EXPECT_EQ(Settled::done, send(first.deliveries[0]));
    EXPECT_EQ(Settled::done, settle(first.deliveries[0], DeliveryState::delivered));
    EXPECT_THAT(idsOf(claimLane()), IsEmpty()) << "the second is still its owner's";
    send(first.deliveries[1]);
    settle(first.deliveries[1], DeliveryState::delivered);
    EXPECT_THAT(idsOf(claimLane()), ElementsAre(three));
}

TEST_P(StoreSuite, LanesAndDestinationsAreIndependent) {
    deliverable("a/1", "x");
    deliverable("a/2", "y");
    put("a/3");
    translate(claimOne(), {"x"}, "elsewhere");
    EXPECT_EQ(1u, store_->claimLanes("elsewhere", 10, 10, {}).size());
    EXPECT_EQ(2u, store_->claimLanes("there", 10, 10, {}).size());
    EXPECT_THAT(store_->claimLanes("nowhere", 10, 10, {}), IsEmpty());
}

TEST_P(StoreSuite, NoMoreLanesThanAskedFor) {
    for (const char* lane : {"x", "y", "z"}) deliverable("a/1", lane);
    EXPECT_EQ(2u, store_->claimLanes("there", 2, 10, {}).size());
    EXPECT_EQ(1u, store_->claimLanes("there", 2, 10, {}).size());
}

TEST_P(StoreSuite, ADeliveredOneIsFinishedWithProof) {
    const auto id = deliverable("a/1");
    const auto claim = claimLane().deliveries.at(0);
    send(claim);
    settle(claim, DeliveryState::delivered);
    EXPECT_EQ(Settled::lost, settle(claim, DeliveryState::delivered));
    crash();
    EXPECT_THAT(idsOf(claimLane()), IsEmpty());
    const auto view = *store_->show(claim.message);
    ASSERT_EQ(1u, view.deliveries.size());
    EXPECT_EQ(DeliveryState::delivered, view.deliveries[0].state);
    ASSERT_TRUE(view.deliveries[0].answer);
    EXPECT_EQ("AA", view.deliveries[0].answer->summary);
    EXPECT_EQ("thanks", view.deliveries[0].answer->body.view());
    EXPECT_EQ(1u, view.deliveries[0].attempts);
    EXPECT_THAT(timeline(claim.message),
                ElementsAre("received", "translated", "queued", "inflight", "delivered"));
}

TEST_P(StoreSuite, AReceiptIsKeptForAPlan) {
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
    EXPECT_EQ("net 4", claim.plan);
    EXPECT_EQ("2", claim.edition);
    send(claim);
    EXPECT_THAT(store_->plans().receipts("net 4"), IsEmpty());
    settle(claim, DeliveryState::delivered);
    const auto receipts = store_->plans().receipts("net 4");
    ASSERT_EQ(1u, receipts.size());
    EXPECT_EQ("partner-of-there", receipts[0].partner);
    EXPECT_EQ("2", receipts[0].edition);
    EXPECT_EQ(claim.id, receipts[0].delivery);
}

TEST_P(StoreSuite, AnUnavailablePeerMakesTheLaneWait) {
    const auto one = deliverable("a/1"), two = deliverable("a/2");
    const auto lane = claimLane();
    const auto claims = store_->inflight(std::vector{ClaimId{one, lane.deliveries[0].epoch},
                                                     ClaimId{two, lane.deliveries[1].epoch}});
    EXPECT_THAT(claims, ElementsAre(Settled::done, Settled::done));
    auto outcome = outcomeOf(lane.deliveries[0], DeliveryState::queued);
    outcome.retryAt = clock_.now() + Milliseconds(5'000);
    outcome.reason = {"connection refused", "connexion refusée"};
    store_->settle(std::vector{outcome});
    store_->release(std::vector{ClaimId{two, lane.deliveries[1].epoch}});
    EXPECT_EQ(DeliveryState::queued, stateOf(lane.deliveries[1].message));
    EXPECT_THAT(idsOf(claimLane()), IsEmpty());
    clock_.pass(Milliseconds(4'999));
    EXPECT_THAT(idsOf(claimLane()), IsEmpty());
    crash();
    EXPECT_THAT(idsOf(claimLane()), IsEmpty()) << "it waits after a crash too";
    clock_.pass(Milliseconds(1));
    const auto again = claimLane();
    EXPECT_THAT(idsOf(again), ElementsAre(one, two));
    EXPECT_EQ(1u, again.deliveries[0].attempts);
    EXPECT_EQ(0u, again.deliveries[1].attempts) << "it was not sent";
}

TEST_P(StoreSuite, AClockThatIsPutBackMakesNobodyWait) {
    const auto one = deliverable("a/1");
    for (const bool afterACrash : {false, true}) {
        const auto lane = claimLane();
        ASSERT_THAT(idsOf(lane), ElementsAre(one));
        send(lane.deliveries[0]);
        auto outcome = outcomeOf(lane.deliveries[0], DeliveryState::queued);
        outcome.retryAt = clock_.now() + Milliseconds(5'000);
        store_->settle(std::vector{outcome});
        EXPECT_THAT(idsOf(claimLane()), IsEmpty());
        clock_.pass(Milliseconds(-3'600'000));
        if (afterACrash) crash();
    }
    EXPECT_THAT(idsOf(claimLane()), ElementsAre(one));
}

TEST_P(StoreSuite, WhatIsGivenBackUnsentIsGivenAgain) {
    const auto one = deliverable("a/1");
    auto claim = claimLane().deliveries.at(0);
    store_->release(std::vector{ClaimId{one, claim.epoch}});
    EXPECT_EQ(Settled::lost, send(claim));
    claim = claimLane().deliveries.at(0);
    EXPECT_EQ(Settled::done, send(claim));
}

TEST_P(StoreSuite, ASuccessorIsNotSentPastWhatWasGivenBack) {
    deliverable("a/1");
    deliverable("a/2");
    const auto lane = claimLane();
    store_->release(std::vector{ClaimId{lane.deliveries[0].id, lane.deliveries[0].epoch}});
    EXPECT_EQ(Settled::lost, send(lane.deliveries[1]));
}

TEST_P(StoreSuite, InFlightBeforeACrashIsUncertainAndSentAgain) {
    const auto one = deliverable("a/1"), two = deliverable("a/2");
    const auto lane = claimLane();
    send(lane.deliveries[0]);
    crash();
    EXPECT_EQ(DeliveryState::uncertain, stateOf(lane.deliveries[0].message));
    EXPECT_EQ(DeliveryState::queued, stateOf(lane.deliveries[1].message));
    const auto again = claimLane();
    EXPECT_THAT(idsOf(again), ElementsAre(one, two)) << "in the same order";
    EXPECT_EQ(lane.deliveries[0].body.view(), again.deliveries[0].body.view());
    EXPECT_EQ(lane.deliveries[0].controlId, again.deliveries[0].controlId);
    EXPECT_EQ(Settled::done, send(again.deliveries[0]));
    EXPECT_THAT(timeline(again.deliveries[0].message),
                ElementsAre("received", "translated", "queued", "inflight", "uncertain", "queued",
                            "inflight"));
}

TEST_P(StoreSuite, ALostLeaseMakesUncertainWhatWasInFlight) {
    const auto one = deliverable("a/1"), two = deliverable("a/2");
    const auto lane = store_->claimLanes("there", 1, 10, {Milliseconds(1'000), {}}).at(0);
    send(lane.deliveries[0]);
    clock_.pass(Milliseconds(999));
    EXPECT_THAT(idsOf(claimLane()), IsEmpty());
    clock_.pass(Milliseconds(1));
    const auto other = claimLane();
    EXPECT_THAT(idsOf(other), ElementsAre(one, two));
    EXPECT_EQ(DeliveryState::uncertain, stateOf(lane.deliveries[0].message));
    EXPECT_GT(other.deliveries[0].epoch, lane.deliveries[0].epoch);
    EXPECT_EQ(Settled::lost, settle(lane.deliveries[0], DeliveryState::delivered));
    EXPECT_EQ(Settled::lost, send(lane.deliveries[1]));
    EXPECT_EQ(Settled::done, send(other.deliveries[0]));
    EXPECT_EQ(Settled::done, settle(other.deliveries[0], DeliveryState::delivered));
}

TEST_P(StoreSuite, AnUncertainOneWaitsAndIsSentAgain) {
    const auto one = deliverable("a/1");
    deliverable("a/2");
    const auto lane = claimLane(1);
    send(lane.deliveries[0]);
    auto outcome = outcomeOf(lane.deliveries[0], DeliveryState::uncertain);
    outcome.retryAt = clock_.now() + Milliseconds(10);
    store_->settle(std::vector{outcome});
    EXPECT_EQ(DeliveryState::uncertain, stateOf(lane.deliveries[0].message));
    EXPECT_THAT(idsOf(claimLane()), IsEmpty());
    clock_.pass(Milliseconds(10));
    const auto again = claimLane(1);
    EXPECT_THAT(idsOf(again), ElementsAre(one));
    EXPECT_EQ(Settled::done, send(again.deliveries[0]));
    EXPECT_EQ(Settled::done, settle(again.deliveries[0], DeliveryState::delivered));
}

TEST_P(StoreSuite, AnUncertainOneThatIsHeldStopsItsLane) {
    const auto one = deliverable("a/1"), two = deliverable("a/2");
    const auto lane = claimLane(1);
    send(lane.deliveries[0]);
    auto outcome = outcomeOf(lane.deliveries[0], DeliveryState::uncertain);
    outcome.hold = true;
    store_->settle(std::vector{outcome});
    EXPECT_THAT(idsOf(claimLane()), IsEmpty());
    crash();
    EXPECT_THAT(idsOf(claimLane()), IsEmpty());
    EXPECT_FALSE(store_->replay(std::vector{one}, "anne").at(0));
    EXPECT_THAT(idsOf(claimLane()), ElementsAre(one, two)) << "it kept its place";
}

TEST_P(StoreSuite, WhatIsSetAsideLetsItsLaneGoOn) {
    const auto one = deliverable("a/1"), two = deliverable("a/2");
    const auto lane = claimLane(1);
    send(lane.deliveries[0]);
    auto outcome = outcomeOf(lane.deliveries[0], DeliveryState::setAside);
    outcome.reason = {"refused", "refusé"};
    outcome.answer = Answer{Bytes::copy("no"), "AE"};
    store_->settle(std::vector{outcome});
    const auto view = *store_->show(lane.deliveries[0].message);
    EXPECT_EQ(DeliveryState::setAside, view.deliveries[0].state);
    EXPECT_EQ(outcome.reason, view.deliveries[0].reason);
    EXPECT_EQ("AE", view.deliveries[0].answer->summary);
    EXPECT_THAT(idsOf(claimLane()), ElementsAre(two));
    crash();
    EXPECT_THAT(idsOf(claimLane()), ElementsAre(two));
}

TEST_P(StoreSuite, WhatIsSetAsideAndBlocksStopsItsLane) {
    const auto one = deliverable("a/1"), two = deliverable("a/2");
    const auto lane = claimLane(1);
    send(lane.deliveries[0]);
    auto outcome = outcomeOf(lane.deliveries[0], DeliveryState::setAside);
    outcome.blocks = true;
    store_->settle(std::vector{outcome});
    EXPECT_THAT(idsOf(claimLane()), IsEmpty());
    crash();
    EXPECT_THAT(idsOf(claimLane()), IsEmpty());
    EXPECT_FALSE(store_->close(std::vector{one}, "not needed", "anne").at(0));
    EXPECT_THAT(idsOf(claimLane()), ElementsAre(two));
}

TEST_P(StoreSuite, WhatThePolicyRefusesIsClosedUnsent) {
    deliverable("a/1");
    const auto two = deliverable("a/2");
    const auto lane = claimLane(1);
    auto outcome = outcomeOf(lane.deliveries[0], DeliveryState::closed);
    outcome.reason = {"the patient refused", "le patient a refusé"};
    EXPECT_THAT(store_->settle(std::vector{outcome}), ElementsAre(Settled::done));
    EXPECT_THAT(timeline(lane.deliveries[0].message),
                ElementsAre("received", "translated", "queued", "closed"));
    EXPECT_THAT(idsOf(claimLane()), ElementsAre(two));
}

TEST_P(StoreSuite, WhatWasPutInFlightAndNotSentCanBeClosed) {
    deliverable("a/1");
    const auto claim = claimLane().deliveries.at(0);
    send(claim);
    EXPECT_EQ(Settled::done, settle(claim, DeliveryState::closed));
    EXPECT_THAT(timeline(claim.message),
                ElementsAre("received", "translated", "queued", "inflight", "queued", "closed"));
}

TEST_P(StoreSuite, AChangeThatIsNotAllowedIsRefused) {
    const auto id = deliverable("a/1");
    const auto claim = claimLane().deliveries.at(0);
    EXPECT_THROW(settle(claim, DeliveryState::delivered), Error) << "it was never sent";
    EXPECT_EQ(DeliveryState::queued, stateOf(claim.message));
    EXPECT_EQ(Settled::done, send(claim)) << "and its claim still holds";
    EXPECT_EQ(Settled::lost, store_->inflight(std::vector{ClaimId{"nonsense", claim.epoch}}).at(0));
    EXPECT_EQ(Settled::done, settle(claim, DeliveryState::delivered));
    EXPECT_EQ(id, store_->show(claim.message)->deliveries[0].id);
}

TEST_P(StoreSuite, CountsAreExactAndOutliveACrash) {
    for (const char* text : {"a/1", "a/2", "b/1"}) deliverable(text);
    put("c/1");
    auto lane = claimLane(1);
    send(lane.deliveries[0]);
    settle(lane.deliveries[0], DeliveryState::delivered);
    clock_.pass(Milliseconds(60'000));
    deliverable("d/1", "late");
    for (int i = 0; i < 2; ++i) {
        auto counts = store_->counts();
        EXPECT_EQ(1u, counts.messages["feed"]["received"]);
        EXPECT_EQ(4u, counts.messages["feed"]["translated"]);
        EXPECT_EQ(1u, counts.deliveries["there"]["delivered"]);
        EXPECT_EQ(3u, counts.deliveries["there"]["queued"]);
        EXPECT_EQ(0u, counts.deliveries["there"].count("inflight"));
        EXPECT_EQ(clock_.now() - Milliseconds(60'000), counts.oldestWaiting["there"]);
        crash();
    }
}

}  // namespace store_suite
