/// retranslate(): a delivery set aside is made anew under another id, and both point to each other.
#include <gmock/gmock.h>

#include "store/store_suite.h"

namespace store_suite {

using namespace gateway;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

/// A delivery that its partner refused, and the one that is made instead.
class Again {
public:
    explicit Again(std::unique_ptr<Store>& store) : store_(store) {}

    /// Of the delivery that is queued: set aside. @return its message
    std::string setAside(const std::string& id, bool blocks = false) {
        old = id;
        const auto claim = store_->claimLanes("there", 1, 1, {}).at(0).deliveries.at(0);
        store_->inflight(std::vector{ClaimId{claim.id, claim.epoch}});
        Outcome outcome;
        outcome.id = claim.id;
        outcome.epoch = claim.epoch;
        outcome.state = DeliveryState::setAside;
        outcome.blocks = blocks;
        outcome.reason = {"they said no", "ils ont dit non"};
        outcome.answer = Answer{Bytes::copy("no"), "AE"};
        EXPECT_EQ(Settled::done, store_->settle(std::vector{outcome}).at(0));
        return claim.message;
    }
    std::optional<Reason> ask() { return store_->retranslate(std::vector{old}, "anne").front(); }
    /// What a translator makes of it.
    Settled make(const MessageClaim& claim, DeliveryState state = DeliveryState::queued) {
        Translation translation;
        translation.id = claim.id;
        translation.epoch = claim.epoch;
        translation.deliveries = {newDelivery(*store_, "lane", "made anew")};
        translation.deliveries[0].instead = claim.held.at(0);
        translation.deliveries[0].state = state;
        if (state == DeliveryState::held)
            translation.deliveries[0].reason = {"no row", "aucune ligne"};
        made = translation.deliveries[0].id;
        return store_->translated(std::vector{translation}).at(0);
    }
    DeliveryView view(const std::string& message, const std::string& id) {
        const auto shown = store_->show(message);
        for (const DeliveryView& one : shown->deliveries)
            if (one.id == id) return one;
        return {};
    }

    std::string old, made;

private:
    std::unique_ptr<Store>& store_;
};

}  // namespace

TEST_P(StoreSuite, MadeAnewIsAnotherDeliveryAndTheOldOneIsClosedAndPointsToIt) {
    Again again(store_);
    const auto message = again.setAside(deliverable("a/1"));
    EXPECT_FALSE(again.ask());
    crash();  // what was asked for is not forgotten
    const auto claim = claimOne();
    EXPECT_EQ(message, claim.id);
    EXPECT_THAT(claim.held, ElementsAre(again.old));
    EXPECT_TRUE(claim.replay);
    EXPECT_EQ(Settled::done, again.make(claim));
    EXPECT_EQ(DeliveryState::closed, again.view(message, again.old).state);
    EXPECT_THAT(again.view(message, again.old).reason.en, HasSubstr(again.made));
    EXPECT_THAT(again.view(message, again.old).reason.fr, HasSubstr(again.made));
    const auto lane = claimLane();
    ASSERT_EQ(1u, lane.deliveries.size());
    EXPECT_EQ(again.made, lane.deliveries[0].id);
    EXPECT_EQ("made anew", lane.deliveries[0].body.view());
    EXPECT_EQ(0u, lane.deliveries[0].attempts);
    std::string points;
    const std::optional<MessageView> shown = store_->show(message);
    for (const EventView& event : shown->timeline)
        if (event.delivery == again.made) points += event.text.en + "|" + event.text.fr;
    EXPECT_THAT(points, HasSubstr("instead of " + again.old));
    EXPECT_THAT(points, HasSubstr("à la place de " + again.old));
    EXPECT_TRUE(store_->replay(std::vector{again.old}, "anne").front()) << "it is closed";
}

TEST_P(StoreSuite, MadeAnewKeepsThePlaceOfWhatBlockedItsLane) {
    Again again(store_);
    again.setAside(deliverable("a/1"), true);
    const auto behind = deliverable("a/2");
    EXPECT_THAT(claimLane().deliveries, IsEmpty());
    again.ask();
    again.make(claimOne());
    for (int times = 0; times < 2; ++times) {
        const auto lane = claimLane();
        ASSERT_EQ(2u, lane.deliveries.size());
        EXPECT_EQ(again.made, lane.deliveries[0].id);
        EXPECT_EQ(behind, lane.deliveries[1].id);
        crash();
    }
}

TEST_P(StoreSuite, MadeAnewThatCannotBeMadeLeavesTheOldOneAsItWas) {
    Again again(store_);
    const auto message = again.setAside(deliverable("a/1"));
    again.ask();
    EXPECT_EQ(Settled::done, again.make(claimOne(), DeliveryState::held));
    EXPECT_EQ(1u, store_->show(message)->deliveries.size());
    EXPECT_EQ(DeliveryState::setAside, again.view(message, again.old).state);
    EXPECT_EQ("they said no", again.view(message, again.old).reason.en);
    const EventView last = store_->show(message)->timeline.back();
    EXPECT_THAT(last.text.en, HasSubstr("no row"));
    EXPECT_THAT(last.text.fr, HasSubstr("aucune ligne"));
    EXPECT_THAT(claim(), IsEmpty());
    EXPECT_FALSE(store_->replay(std::vector{again.old}, "anne").front())
        << "the same bytes may still go";
}

TEST_P(StoreSuite, MadeAnewThatNoRouteMakesAnyMoreIsSaid) {
    Again again(store_);
    const auto message = again.setAside(deliverable("a/1"));
    again.ask();
    Translation nothing;
    const auto claim = claimOne();
    nothing.id = claim.id;
    nothing.epoch = claim.epoch;
    EXPECT_EQ(Settled::done, store_->translated(std::vector{nothing}).at(0));
    EXPECT_EQ(DeliveryState::setAside, again.view(message, again.old).state);
    EXPECT_THAT(store_->show(message)->timeline.back().text.en, HasSubstr("not translated anew"));
    EXPECT_THAT(this->claim(), IsEmpty());
}

TEST_P(StoreSuite, MadeAnewAPersonWhoDecidesOtherwiseMeanwhileIsRight) {
    Again again(store_);
    for (const bool close : {true, false}) {
        const auto message = again.setAside(deliverable(close ? "a/1" : "b/1"));
        again.ask();
        EXPECT_TRUE(again.ask()) << "twice";
        const auto claim = claimOne();
        if (close)
            store_->close(std::vector{again.old}, "why", "bert");
        else
            store_->replay(std::vector{again.old}, "bert");
        EXPECT_EQ(Settled::done, again.make(claim));
        EXPECT_EQ(1u, store_->show(message)->deliveries.size());
        EXPECT_EQ(close ? DeliveryState::closed : DeliveryState::queued,
                  again.view(message, again.old).state);
    }
}

TEST_P(StoreSuite, MadeAnewNotOfWhatPerhapsArrivedNorOfWhatIsNotKept) {
    Again again(store_);
    const auto id = deliverable("a/1");
    const auto claim = claimLane().deliveries.at(0);
    send(claim);
    settle(claim, DeliveryState::uncertain);
    const auto why = store_->retranslate(std::vector{id}, "anne").front();
    ASSERT_TRUE(why);
    EXPECT_THAT(why->en, HasSubstr("perhaps"));
    EXPECT_FALSE(why->fr.empty());
    EXPECT_TRUE(store_->retranslate(std::vector<std::string>{"nothing"}, "anne").front());
}

}  // namespace store_suite
