/// Laid out instead of sent: offer(), offered(), pickedUp(), expire().
#include <gmock/gmock.h>

#include "gateway/error.h"
#include "store/store_suite.h"

namespace store_suite {

using namespace gateway;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

OfferedClaim laid(const DeliveryClaim& claim, Time until = {}) {
    return {{claim.id, claim.epoch}, until};
}

PickUp pickUp(const std::string& id, DeliveryState state = DeliveryState::delivered) {
    PickUp one;
    one.id = id;
    one.state = state;
    one.by = "anne";
    one.answer = Answer{Bytes::copy("signed"), "200"};
    return one;
}

std::vector<std::string> idsOf(const std::vector<OfferedDelivery>& all) {
    std::vector<std::string> ids;
    for (const auto& one : all) ids.push_back(one.id);
    return ids;
}

/// All that is queued in that lane, laid out.
std::vector<std::string> layOut(Store& store, const LaneClaim& lane, Time until = {}) {
    std::vector<OfferedClaim> batch;
    std::vector<std::string> ids;
    for (const auto& claim : lane.deliveries) {
        batch.push_back(laid(claim, until));
        ids.push_back(claim.id);
    }
    for (const Settled settled : store.offer(batch)) EXPECT_EQ(Settled::done, settled);
    return ids;
}

}  // namespace

TEST_P(StoreSuite, WhatIsOfferedWaitsInOrderAndItsLaneGoesOn) {
    const auto one = deliverable("a/1"), two = deliverable("a/2");
    layOut(*store_, claimLane(1));
    EXPECT_EQ(DeliveryState::offered, stateOf(store_->list({}).back().id));
    layOut(*store_, claimLane());
    EXPECT_THAT(idsOf(store_->offered("there", "", 10)), ElementsAre(one, two));
    EXPECT_THAT(idsOf(store_->offered("there", one, 10)), ElementsAre(two));
    EXPECT_THAT(idsOf(store_->offered("there", "", 1)), ElementsAre(one));
    EXPECT_THAT(store_->offered("elsewhere", "", 10), IsEmpty());
    EXPECT_THROW(store_->offered("there", "nonsense", 10), Error);
    EXPECT_THAT(claimLane().deliveries, IsEmpty());
    const OfferedDelivery offered = store_->offered("there", "", 1).front();
    EXPECT_EQ("partner-of-there", offered.partner);
    EXPECT_EQ("text/plain", offered.mediaType);
    EXPECT_EQ(clock_.now(), offered.since);
    EXPECT_EQ(Time{}, offered.until);
    EXPECT_EQ("to lane: a/1", store_->body(one)->view());
    EXPECT_EQ(2u, store_->counts().deliveries["there"]["offered"]);
    Filter filter;
    filter.state = "offered";
    EXPECT_EQ(2u, store_->list(filter).size());
}

TEST_P(StoreSuite, WhatIsOfferedOutlivesACrash) {
    const auto one = deliverable("a/1"), two = deliverable("a/2");
    layOut(*store_, claimLane(), clock_.now() + 5s);
    crash();
    EXPECT_THAT(idsOf(store_->offered("there", "", 10)), ElementsAre(one, two));
    EXPECT_THAT(claimLane().deliveries, IsEmpty());
    clock_.pass(6s);
    EXPECT_EQ(2u, store_->expire(clock_.now(), {}, 10));
}

TEST_P(StoreSuite, AClaimThatDoesNotHoldOffersNothing) {
    deliverable("a/1");
    deliverable("a/2");
    const auto lane = claimLane();
    EXPECT_THAT(store_->offer(std::vector{laid(lane.deliveries[1])}), ElementsAre(Settled::done))
        << "what stands before it is its owner's too";
    store_->release(std::vector{ClaimId{lane.deliveries[0].id, lane.deliveries[0].epoch}});
    EXPECT_THAT(store_->offer(std::vector{laid(lane.deliveries[0])}), ElementsAre(Settled::lost));
    EXPECT_THAT(store_->offer(std::vector{laid(lane.deliveries[1])}), ElementsAre(Settled::lost));
    EXPECT_EQ(1u, store_->offered("there", "", 10).size());
}

TEST_P(StoreSuite, WhatIsPickedUpIsDeliveredOnceWithItsProof) {
    const auto id = deliverable("a/1");
    const auto message = store_->list({}).front().id;
    EXPECT_TRUE(store_->pickedUp(std::vector{pickUp(id)}).front()) << "not offered yet";
    layOut(*store_, claimLane());
    EXPECT_FALSE(store_->pickedUp(std::vector{pickUp(id)}).front());
    const auto again = store_->pickedUp(std::vector{pickUp(id)}).front();
    ASSERT_TRUE(again);
    EXPECT_THAT(again->en, HasSubstr("delivered"));
    EXPECT_FALSE(again->fr.empty());
    EXPECT_THAT(store_->offered("there", "", 10), IsEmpty());
    crash();
    const auto view = store_->show(message);
    EXPECT_EQ(DeliveryState::delivered, view->deliveries[0].state);
    EXPECT_EQ("signed", view->deliveries[0].answer->body.view());
    EXPECT_THAT(timeline(message),
                ElementsAre("received", "translated", "queued", "offered", "delivered"));
    EXPECT_THAT(view->timeline.back().text.en, HasSubstr("anne"));
    EXPECT_THAT(view->timeline.back().text.fr, HasSubstr("retiré par anne"));
}

TEST_P(StoreSuite, APickUpThatIsRefusedIsSetAsideAndReplayedToTheEndOfItsLane) {
    const auto id = deliverable("a/1");
    const auto message = store_->list({}).front().id;
    layOut(*store_, claimLane());
    PickUp no = pickUp(id, DeliveryState::setAside);
    no.reason = {"not ours", "pas pour nous"};
    EXPECT_FALSE(store_->pickedUp(std::vector{no}).front());
    EXPECT_EQ(DeliveryState::setAside, stateOf(message));
    EXPECT_EQ("not ours (by anne)", store_->show(message)->deliveries[0].reason.en);
    EXPECT_THAT(timeline(message),
                ElementsAre("received", "translated", "queued", "offered", "answer", "set-aside"));
    EXPECT_FALSE(store_->replay(std::vector{id}, "anne").front());
    EXPECT_THAT(layOut(*store_, claimLane()), ElementsAre(id));
}

TEST_P(StoreSuite, AMailboxThatIsPausedLetsNothingExpireAndGivesTheTimeBack) {
    deliverable("a/1");
    layOut(*store_, claimLane(), clock_.now() + 10s);
    deliverable("b/1");
    layOut(*store_, claimLane());  // for ever
    clock_.pass(4s);
    store_->pause({"there", false, "anne", "moving", {}});
    clock_.pass(60s);
    EXPECT_EQ(0u, store_->expire(clock_.now(), {}, 10));
    store_->resume("there", "anne");
    clock_.pass(5s);
    EXPECT_EQ(0u, store_->expire(clock_.now(), {}, 10)) << "nobody could fetch it meanwhile";
    EXPECT_EQ(Time{}, store_->offered("there", "", 10).back().until);
    clock_.pass(2s);
    EXPECT_EQ(1u, store_->expire(clock_.now(), {}, 10));
}

TEST_P(StoreSuite, WhatNobodyPicksUpInTimeIsSetAsideOnceWithAReasonInBothLanguages) {
    const auto one = deliverable("a/1");
    const auto message = store_->list({}).front().id;
    layOut(*store_, claimLane(), clock_.now() + 10s);
    const auto other = deliverable("b/1");
    layOut(*store_, claimLane());  // for ever
    EXPECT_EQ(0u, store_->expire(clock_.now(), {}, 10));
    clock_.pass(10s);
    EXPECT_EQ(1u, store_->expire(clock_.now(), {}, 10));
    EXPECT_EQ(0u, store_->expire(clock_.now(), {}, 10));
    EXPECT_EQ(DeliveryState::setAside, stateOf(message));
    const Reason why = store_->show(message)->deliveries[0].reason;
    EXPECT_THAT(why.en, HasSubstr("nobody picked it up"));
    EXPECT_THAT(why.fr, HasSubstr("personne"));
    EXPECT_THAT(idsOf(store_->offered("there", "", 10)), ElementsAre(other));
    EXPECT_TRUE(store_->pickedUp(std::vector{pickUp(one)}).front()) << "too late";
}

TEST_P(StoreSuite, WhatNobodyPicksUpGoesAnotherWayWhereThereIsOneAndNeverBoth) {
    const auto box = deliverable("a/1");
    const auto message = store_->list({}).front().id;
    layOut(*store_, claimLane(), clock_.now() + 10s);
    clock_.pass(10s);
    const std::vector<std::string> onward{"there"};
    EXPECT_EQ(1u, store_->expire(clock_.now(), onward, 10));
    const DeliveryView aside = store_->show(message)->deliveries.at(0);
    EXPECT_EQ(DeliveryState::setAside, aside.state);
    EXPECT_TRUE(aside.unread);
    EXPECT_THAT(aside.reason.en, HasSubstr("other way"));
    EXPECT_THAT(aside.reason.fr, HasSubstr("autre voie"));
    EXPECT_TRUE(store_->pickedUp(std::vector{pickUp(box)}).front()) << "too late";
    crash();  // before anything was made of it
    EXPECT_EQ(0u, store_->expire(clock_.now(), onward, 10));
    const MessageClaim claimed = claimOne();
    EXPECT_THAT(claimed.held, ElementsAre(box));
    Translation other;
    other.id = claimed.id;
    other.epoch = claimed.epoch;
    other.deliveries = {newDelivery(*store_, "lane", "by mail")};
    other.deliveries[0].instead = box;
    other.deliveries[0].destination = "elsewhere";
    EXPECT_EQ(Settled::done, store_->translated(std::vector{other}).at(0));
    crash();
    EXPECT_THAT(claim(), IsEmpty()) << "once";
    const auto view = store_->show(message).value();
    ASSERT_EQ(2u, view.deliveries.size());
    EXPECT_EQ(DeliveryState::closed, view.deliveries[0].state);
    EXPECT_FALSE(view.deliveries[0].unread);
    EXPECT_THAT(view.deliveries[0].reason.en, HasSubstr(view.deliveries[1].id));
    EXPECT_EQ("by mail", claimLane(100, "elsewhere").deliveries.at(0).body.view());
    EXPECT_THAT(claimLane().deliveries, IsEmpty());
    EXPECT_EQ(0u, store_->counts().deliveries["there"]["set-aside"]);
}

TEST_P(StoreSuite, WhatCannotGoItsOtherWayStaysSetAsideAsUnread) {
    const auto box = deliverable("a/1");
    const auto message = store_->list({}).front().id;
    layOut(*store_, claimLane(), clock_.now() + 10s);
    clock_.pass(10s);
    const std::vector<std::string> onward{"there"};
    store_->expire(clock_.now(), onward, 10);
    const MessageClaim claimed = claimOne();
    Translation none;
    none.id = claimed.id;
    none.epoch = claimed.epoch;
    none.deliveries = {newDelivery(*store_, "lane", {})};
    none.deliveries[0].instead = box;
    none.deliveries[0].destination = "elsewhere";
    none.deliveries[0].state = DeliveryState::held;
    none.deliveries[0].reason = {"no row", "aucune ligne"};
    EXPECT_EQ(Settled::done, store_->translated(std::vector{none}).at(0));
    const auto view = store_->show(message).value();
    ASSERT_EQ(1u, view.deliveries.size());
    EXPECT_EQ(DeliveryState::setAside, view.deliveries[0].state);
    EXPECT_TRUE(view.deliveries[0].unread);
    EXPECT_THAT(view.timeline.back().text.fr, HasSubstr("aucune ligne"));
    EXPECT_FALSE(store_->replay(std::vector{box}, "anne").front());
    EXPECT_THAT(layOut(*store_, claimLane()), ElementsAre(box)) << "laid out again";
    EXPECT_FALSE(store_->show(message)->deliveries[0].unread);
}

TEST_P(StoreSuite, OfAMailboxWithoutAnotherWayNothingGoesOn) {
    deliverable("a/1");
    layOut(*store_, claimLane(), clock_.now() + 10s);
    clock_.pass(10s);
    const std::vector<std::string> onward{"elsewhere"};
    EXPECT_EQ(1u, store_->expire(clock_.now(), onward, 10));
    EXPECT_THAT(claim(), IsEmpty());
    EXPECT_TRUE(store_->show(store_->list({}).front().id)->deliveries[0].unread);
}

TEST_P(StoreSuite, WhatIsOfferedCanBeClosedByAPersonAndByThePolicy) {
    const auto one = deliverable("a/1"), two = deliverable("b/1");
    const auto messages = store_->list({});
    layOut(*store_, claimLane());
    EXPECT_FALSE(store_->close(std::vector{one}, "moved away", "anne").front());
    PickUp no = pickUp(two, DeliveryState::closed);
    no.by.clear();
    no.answer.reset();
    no.reason = {"refused by the patient", "refusé par le patient"};
    EXPECT_FALSE(store_->pickedUp(std::vector{no}).front());
    EXPECT_EQ(DeliveryState::closed, stateOf(messages[0].id));
    EXPECT_EQ(DeliveryState::closed, stateOf(messages[1].id));
    EXPECT_EQ("refused by the patient", store_->show(messages[0].id)->deliveries[0].reason.en);
    EXPECT_THROW(store_->pickedUp(std::vector{pickUp(one, DeliveryState::queued)}), Error);
}

TEST_P(StoreSuite, APausedMailboxGivesNothingToBeLaidOut) {
    deliverable("a/1");
    store_->pause({"there", false, "anne", "moving", {}});
    EXPECT_THAT(claimLane().deliveries, IsEmpty());
    store_->resume("there", "anne");
    EXPECT_EQ(1u, claimLane().deliveries.size());
}

}  // namespace store_suite
