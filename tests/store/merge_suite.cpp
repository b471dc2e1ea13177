/// Deliveries of a message with several order keys stand in several lanes.
#include <gmock/gmock.h>

#include <map>

#include "store/store_suite.h"

namespace store_suite {

using namespace gateway;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

namespace {

/// Deliveries of one and of several lanes, and who has them in hand.
class Lanes {
public:
    explicit Lanes(std::unique_ptr<Store>& store) : store_(store) {}

    /// A message of that lane, of `others` too when it is a merge. @return its delivery
    std::string in(const std::string& lane, const std::vector<std::string>& others = {}) {
        store_->put(std::vector{incoming(lane + "/" + std::to_string(++number_))});
        const auto claim = store_->claimMessages(1, {}).at(0);
        Translation translation;
        translation.id = claim.id;
        translation.epoch = claim.epoch;
        translation.deliveries = {newDelivery(*store_, lane, "x")};
        translation.deliveries[0].otherLanes = others;
        const std::string id = translation.deliveries[0].id;
        EXPECT_EQ(Settled::done, store_->translated(std::vector{translation}).at(0));
        return id;
    }
    std::vector<std::string> claimed() {
        std::vector<std::string> ids;
        for (auto& lane : store_->claimLanes("there", 10, 10, {}))
            for (auto& one : lane.deliveries) {
                ids.push_back(one.id);
                claims_[one.id] = one;
            }
        return ids;
    }
    ClaimId claimOf(const std::string& id) const { return {id, claims_.at(id).epoch}; }
    void send(const std::string& id) {
        EXPECT_EQ(Settled::done, store_->inflight(std::vector{claimOf(id)}).at(0));
    }
    void finish(const std::string& id, DeliveryState state = DeliveryState::delivered,
                bool blocks = false) {
        send(id);
        Outcome outcome;
        outcome.id = id;
        outcome.epoch = claims_.at(id).epoch;
        outcome.state = state;
        outcome.blocks = blocks;
        EXPECT_EQ(Settled::done, store_->settle(std::vector{outcome}).at(0));
    }

private:
    std::unique_ptr<Store>& store_;
    int number_ = 0;
    std::map<std::string, DeliveryClaim> claims_;
};

}  // namespace

TEST_P(StoreSuite, AMergeWaitsUntilItIsFirstInEachLaneAndHoldsBackWhatFollowsInEach) {
    Lanes lanes(store_);
    const auto a = lanes.in("a"), b = lanes.in("b"), merge = lanes.in("a", {"b"}),
               afterA = lanes.in("a"), afterB = lanes.in("b");
    EXPECT_THAT(lanes.claimed(), UnorderedElementsAre(a, b));
    lanes.finish(b);
    EXPECT_THAT(lanes.claimed(), IsEmpty()) << "a is still before the merge";
    lanes.finish(a);
    EXPECT_THAT(lanes.claimed(), ElementsAre(merge));
    EXPECT_THAT(lanes.claimed(), IsEmpty()) << "the merge holds both lanes";
    lanes.finish(merge);
    EXPECT_THAT(lanes.claimed(), UnorderedElementsAre(afterA, afterB));
}

TEST_P(StoreSuite, TwoMergesInOppositeOrderOfLanesDoNotWaitForEachOther) {
    Lanes lanes(store_);
    const auto one = lanes.in("a", {"b"}), two = lanes.in("b", {"a", "c"}),
               last = lanes.in("c", {"a"});
    EXPECT_THAT(lanes.claimed(), ElementsAre(one));
    lanes.finish(one);
    EXPECT_THAT(lanes.claimed(), ElementsAre(two));
    lanes.finish(two);
    EXPECT_THAT(lanes.claimed(), ElementsAre(last));
    lanes.finish(last);
    const auto next = lanes.in("a");
    EXPECT_THAT(lanes.claimed(), ElementsAre(next));
}

TEST_P(StoreSuite, AMergeGivenBackItKeepsItsPlaceInEachLane) {
    Lanes lanes(store_);
    const auto merge = lanes.in("a", {"b"}), afterB = lanes.in("b");
    ASSERT_THAT(lanes.claimed(), ElementsAre(merge));
    store_->release(std::vector{lanes.claimOf(merge)});
    ASSERT_THAT(lanes.claimed(), ElementsAre(merge));
    lanes.finish(merge, DeliveryState::queued);
    ASSERT_THAT(lanes.claimed(), ElementsAre(merge));
    lanes.finish(merge);
    EXPECT_THAT(lanes.claimed(), ElementsAre(afterB));
}

TEST_P(StoreSuite, AMergeStandsInItsLanesAfterACrashToo) {
    Lanes lanes(store_);
    const auto a = lanes.in("a"), merge = lanes.in("b", {"a"}), afterB = lanes.in("b");
    crash();
    EXPECT_THAT(lanes.claimed(), ElementsAre(a));
    lanes.finish(a);
    EXPECT_THAT(lanes.claimed(), ElementsAre(merge));
    lanes.send(merge);
    crash();
    EXPECT_THAT(lanes.claimed(), ElementsAre(merge)) << "perhaps sent: before all that follow";
    lanes.finish(merge);
    EXPECT_THAT(lanes.claimed(), ElementsAre(afterB));
}

TEST_P(StoreSuite, AMergeSetAsideAndReplayedItGoesToTheEndOfEachLane) {
    Lanes lanes(store_);
    const auto merge = lanes.in("a", {"b"}), afterB = lanes.in("b");
    lanes.claimed();
    lanes.finish(merge, DeliveryState::setAside);
    EXPECT_FALSE(store_->replay(std::vector{merge}, "anne").front());
    const auto last = lanes.in("b");
    EXPECT_THAT(lanes.claimed(), ElementsAre(afterB));
    lanes.finish(afterB);
    EXPECT_THAT(lanes.claimed(), ElementsAre(merge));
    lanes.finish(merge);
    EXPECT_THAT(lanes.claimed(), ElementsAre(last));
}

TEST_P(StoreSuite, AMergeReplayedAfterSomethingNewerOfAnyOfItsLanesSaysSo) {
    Lanes lanes(store_);
    const auto merge = lanes.in("a", {"b"});
    const auto afterB = lanes.in("b");
    const auto notes = [&](const std::string& delivery) {
        std::string all;
        for (const MessageView& one : store_->list({})) {
            const auto view = store_->show(one.id);
            for (const EventView& event : view->timeline)
                if (event.delivery == delivery && event.what == "note") all += event.text.en;
        }
        return all;
    };
    lanes.claimed();
    lanes.finish(merge, DeliveryState::setAside);
    lanes.claimed();
    lanes.finish(afterB);
    EXPECT_FALSE(store_->replay(std::vector{merge}, "anne").front());
    EXPECT_THAT(notes(merge), testing::HasSubstr(afterB));
    EXPECT_THAT(notes(afterB), testing::HasSubstr(merge));
    // The other way round: something of one lane alone, after a merge has passed it.
    const auto alone = lanes.in("c");
    lanes.claimed();
    lanes.finish(merge);
    lanes.finish(alone, DeliveryState::setAside);
    const auto passes = lanes.in("a", {"c"});
    lanes.claimed();
    lanes.finish(passes);
    EXPECT_FALSE(store_->replay(std::vector{alone}, "anne").front());
    EXPECT_THAT(notes(alone), testing::HasSubstr(passes));
}

TEST_P(StoreSuite, AMergeClosedItLetsGoOfEachLane) {
    Lanes lanes(store_);
    const auto a = lanes.in("a"), merge = lanes.in("a", {"b"}), afterB = lanes.in("b");
    EXPECT_FALSE(store_->close(std::vector{merge}, "why", "anne").front());
    EXPECT_THAT(lanes.claimed(), UnorderedElementsAre(a, afterB));
}

TEST_P(StoreSuite, AMergeBlockedItBlocksEachLane) {
    Lanes lanes(store_);
    const auto merge = lanes.in("a", {"b"}), afterA = lanes.in("a"), afterB = lanes.in("b"),
               c = lanes.in("c");
    ASSERT_THAT(lanes.claimed(), UnorderedElementsAre(merge, c));
    lanes.finish(merge, DeliveryState::setAside, true);
    EXPECT_THAT(lanes.claimed(), IsEmpty());
    crash();
    EXPECT_THAT(lanes.claimed(), ElementsAre(c));
    EXPECT_FALSE(store_->replay(std::vector{merge}, "anne").front());
    EXPECT_THAT(lanes.claimed(), ElementsAre(merge)) << "nothing has passed it";
    lanes.finish(merge);
    EXPECT_THAT(lanes.claimed(), UnorderedElementsAre(afterA, afterB));
}

TEST_P(StoreSuite, AMergeALostLeaseGivesAllItsLanesBack) {
    Lanes lanes(store_);
    const auto merge = lanes.in("a", {"b"}), afterB = lanes.in("b");
    ASSERT_EQ(1u, store_->claimLanes("there", 1, 1, {std::chrono::seconds(1), {}}).size());
    clock_.pass(std::chrono::seconds(2));
    EXPECT_THAT(lanes.claimed(), ElementsAre(merge));
    lanes.finish(merge);
    EXPECT_THAT(lanes.claimed(), ElementsAre(afterB));
}

}  // namespace store_suite
