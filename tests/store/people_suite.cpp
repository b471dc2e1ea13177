/// What people ask and decide: list, replay, close.
#include <gmock/gmock.h>

#include "store/store_suite.h"

namespace store_suite {

using namespace gateway;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

std::vector<std::string> idsOf(const std::vector<MessageView>& views) {
    std::vector<std::string> ids;
    for (const auto& view : views) ids.push_back(view.id);
    return ids;
}

Outcome refusal(const DeliveryClaim& claim) {
    Outcome outcome;
    outcome.id = claim.id;
    outcome.epoch = claim.epoch;
    outcome.state = DeliveryState::setAside;
    return outcome;
}

}  // namespace

TEST_P(StoreSuite, MessagesAreListedNewestFirstAndPageByPage) {
    std::vector<std::string> ids;
    for (int i = 0; i < 5; ++i) ids.push_back(put("a/" + std::to_string(i)));
    Filter filter;
    filter.most = 2;
    EXPECT_THAT(idsOf(store_->list(filter)), ElementsAre(ids[4], ids[3]));
    filter.before = ids[3];
    EXPECT_THAT(idsOf(store_->list(filter)), ElementsAre(ids[2], ids[1]));
    filter.before = ids[0];
    EXPECT_THAT(store_->list(filter), IsEmpty());
}

TEST_P(StoreSuite, AListGoesOnOverManyThatDoNotFit) {
    Incoming other = incoming("x");
    other.source = "other";
    const auto wanted = store_->put(std::vector{other}).at(0).id;
    store_->put(std::vector<Incoming>(600, incoming("y")));
    Filter filter;
    filter.source = "other";
    EXPECT_THAT(idsOf(store_->list(filter)), ElementsAre(wanted));
}

TEST_P(StoreSuite, ListsAreFiltered) {
    const auto delivered = put("a/1");
    translate(claimOne());
    const auto claim = claimLane().deliveries.at(0);
    send(claim);
    settle(claim, DeliveryState::delivered);
    const auto waiting = put("a/2");
    Incoming late = incoming("b/1");
    late.received += Milliseconds(10'000);
    late.source = "other";
    const auto other = store_->put(std::vector{late}).at(0).id;

    Filter filter;
    filter.state = "delivered";
    EXPECT_THAT(idsOf(store_->list(filter)), ElementsAre(delivered));
    filter.state = "received";
    EXPECT_THAT(idsOf(store_->list(filter)), ElementsAre(other, waiting));
    filter.source = "other";
    EXPECT_THAT(idsOf(store_->list(filter)), ElementsAre(other));
    filter = {};
    filter.partner = "partner-of-there";
    EXPECT_THAT(idsOf(store_->list(filter)), ElementsAre(delivered));
    filter = {};
    filter.since = late.received;
    EXPECT_THAT(idsOf(store_->list(filter)), ElementsAre(other));
    filter = {};
    filter.state = "nonsense";
    EXPECT_THAT(store_->list(filter), IsEmpty());
}

TEST_P(StoreSuite, WhatIsAskedOfADeliveryIsAskedOfOneAndTheSame) {
    const auto id = put("a/1");
    translate(claimOne(), {"x"}, "there");
    const auto two = put("b/1");
    Translation both;
    const auto message = claimOne();
    both.id = two;
    both.epoch = message.epoch;
    both.state = MessageState::translated;
    both.deliveries = {newDelivery(*store_, "y", "1", "there"),
                       newDelivery(*store_, "y", "1", "elsewhere")};
    store_->translated(std::vector{both});
    const auto lane = claimLane(100, "elsewhere").deliveries.at(0);
    send(lane);
    Outcome refused = refusal(lane);
    refused.reason = {"no such ward", "service inconnu"};
    store_->settle(std::vector{refused});

    const auto found = [&](const char* state, const char* partner, const char* why) {
        Filter filter;
        if (*state) filter.state = state;
        if (*partner) filter.partner = partner;
        if (*why) filter.why = why;
        return idsOf(store_->list(filter));
    };
    EXPECT_THAT(found("set-aside", "partner-of-elsewhere", ""), ElementsAre(two));
    EXPECT_THAT(found("set-aside", "partner-of-there", ""), IsEmpty())
        << "what is set aside goes to another";
    EXPECT_THAT(found("queued", "partner-of-there", ""), ElementsAre(two, id));
    EXPECT_THAT(found("", "partner-of-elsewhere", "no such ward"), ElementsAre(two));
    EXPECT_THAT(found("", "partner-of-there", "service inconnu"), IsEmpty());
    EXPECT_THAT(found("queued", "", "no such ward"), IsEmpty());
    EXPECT_THAT(found("translated", "", "no such ward"), ElementsAre(two));
    EXPECT_THAT(found("translated", "partner-of-there", ""), ElementsAre(two, id));
}

TEST_P(StoreSuite, APageAfterNoMessageIsNoEmptyPage) {
    put("a/1");
    Filter filter;
    filter.before = "MISTYPED";
    EXPECT_THROW(store_->list(filter), Error);
}

TEST_P(StoreSuite, AListFindsWhatWaitsForAPerson) {
    put("a/1");
    const auto held = put("a/2");
    auto claims = store_->claimMessages(10, {});
    translate(claims[0]);
    Translation translation;
    translation.id = claims[1].id;
    translation.epoch = claims[1].epoch;
    translation.state = MessageState::held;
    store_->translated(std::vector{translation});
    const auto claim = claimLane().deliveries.at(0);
    send(claim);
    store_->settle(std::vector{refusal(claim)});
    Filter filter;
    filter.state = "held";
    EXPECT_THAT(idsOf(store_->list(filter)), ElementsAre(held));
    filter.state = "set-aside";
    EXPECT_THAT(idsOf(store_->list(filter)), ElementsAre(claim.message));
    EXPECT_EQ(DeliveryState::setAside, store_->list(filter)[0].deliveries.at(0).state);
}

/// Beyond 10,000 what waits is not sorted for each page but looked for from the newest.
TEST_P(StoreSuite, WhereMuchWaitsListsOfItArePagesToo) {
    constexpr int kMuch = 10'010;
    std::vector<Incoming> batch;
    for (int n = 0; n < kMuch; ++n)
        batch.push_back(incoming("k" + std::to_string(n) + "/" + std::to_string(n)));
    store_->put(batch);
    const auto claims = store_->claimMessages(3, {});
    std::vector<Translation> translations(3);
    for (std::size_t i = 0; i < 3; ++i) {
        translations[i].id = claims[i].id;
        translations[i].epoch = claims[i].epoch;
        translations[i].deliveries.resize(i == 0 ? kMuch : 1);
        const auto ids = store_->reserve(translations[i].deliveries.size());
        for (std::size_t d = 0; d < ids.size(); ++d) {
            NewDelivery& one = translations[i].deliveries[d];
            one.id = one.controlId = ids[d];
            one.partner = "partner-of-there";
            one.destination = "there";
            one.lane = ids[d];
        }
    }
    translations[1].deliveries[0].state = DeliveryState::held;
    store_->translated(translations);
    for (const char* const partner : {"", "partner-of-there", "nobody"}) {
        Filter queued;
        queued.state = "queued";
        if (*partner) queued.partner = partner;
        std::vector<std::string> found, expected;
        for (const MessageView& view : store_->list(queued)) found.push_back(view.id);
        if (partner != std::string("nobody")) expected = {claims[2].id, claims[0].id};
        EXPECT_EQ(expected, found) << partner;
    }
    Filter received;
    received.state = "received";
    received.most = 400;
    std::size_t count = 0;
    for (auto page = store_->list(received); !page.empty(); page = store_->list(received)) {
        count += page.size();
        received.before = page.back().id;
    }
    EXPECT_EQ(kMuch - 3u, count);
}

TEST_P(StoreSuite, EachFilterFindsPageByPageWhatOneFindsLookingAtAll) {
    constexpr int kMessages = 700;  // more than a page of each
    std::vector<Incoming> batch;
    for (int n = 0; n < kMessages; ++n)
        batch.push_back(incoming("k" + std::to_string(n) + "/" + std::to_string(n)));
    store_->put(batch);
    std::vector<Translation> translations;
    for (const auto& claim : store_->claimMessages(kMessages - 10, {})) {
        Translation& one = translations.emplace_back();
        one.id = claim.id;
        one.epoch = claim.epoch;
        const std::size_t n = translations.size();
        if (n % 9 == 0)
            one.state = MessageState::held;
        else
            one.deliveries = {newDelivery(*store_, "lane" + std::to_string(n), "x")};
        if (n % 11 == 0 && !one.deliveries.empty()) one.deliveries[0].state = DeliveryState::held;
    }
    store_->translated(translations);
    int n = 0;
    for (const auto& lane : store_->claimLanes("there", 500, 1, {})) {
        send(lane.deliveries[0]);
        if (++n % 50 == 0) continue;  // stays in flight
        settle(lane.deliveries[0], n % 4 == 0 ? DeliveryState::setAside : DeliveryState::delivered);
    }
    Filter all;
    all.most = kMessages;
    const auto everything = store_->list(all);
    ASSERT_EQ(static_cast<std::size_t>(kMessages), everything.size());
    const auto partner = [](const MessageView& view) {
        return view.deliveries.empty() ? std::string() : view.deliveries[0].partner;
    };
    for (const char* const state : {"", "received", "translated", "held", "queued", "inflight",
                                    "delivered", "set-aside", "closed", "nonsense"})
        for (const char* const to : {"", "partner-of-there", "nobody"})
            for (const char* const source : {"", "feed", "nowhere"}) {
                std::vector<std::string> expected, found;
                for (const MessageView& view : everything)
                    if ((!*state || toText(view.state) == state ||
                         (!view.deliveries.empty() && toText(view.deliveries[0].state) == state)) &&
                        (!*to || partner(view) == to) && (!*source || view.source == source))
                        expected.push_back(view.id);
                Filter filter;
                if (*state) filter.state = state;
                if (*to) filter.partner = to;
                if (*source) filter.source = source;
                filter.most = 60;
                for (auto page = store_->list(filter); !page.empty(); page = store_->list(filter)) {
                    for (const MessageView& view : page) found.push_back(view.id);
                    filter.before = found.back();
                }
                EXPECT_EQ(expected, found)
                    << "state " << state << ", partner " << to << ", source " << source;
            }
}

TEST_P(StoreSuite, AReplayedMessageIsTranslatedAgain) {
    const auto id = put("a/1");
    auto claim = claimOne();
    Translation translation;
    translation.id = id;
    translation.epoch = claim.epoch;
    translation.state = MessageState::held;
    translation.reason = {"why", "pourquoi"};
    store_->translated(std::vector{translation});
    EXPECT_FALSE(store_->replay(std::vector{id}, "anne").at(0));
    EXPECT_TRUE(store_->show(id)->reason.empty());
    crash();
    claim = claimOne();
    EXPECT_EQ(id, claim.id);
    EXPECT_TRUE(claim.replay);
    EXPECT_THAT(claim.held, IsEmpty());
    translate(claim);
    EXPECT_THAT(timeline(id),
                ElementsAre("received", "held", "replay", "received", "translated", "queued"));
    EXPECT_EQ("by anne", store_->show(id)->timeline[2].text.en);
    EXPECT_THAT(store_->replay(std::vector{id}, "anne").at(0).value().en,
                HasSubstr("is translated"));
}

TEST_P(StoreSuite, AReplayedDeliveryGoesToTheEndOfItsLane) {
    const auto one = deliverable("a/1"), two = deliverable("a/2");
    const auto lane = claimLane(1);
    send(lane.deliveries[0]);
    store_->settle(std::vector{refusal(lane.deliveries[0])});
    EXPECT_FALSE(store_->replay(std::vector{one}, "anne").at(0));
    crash();
    const auto again = claimLane();
    ASSERT_EQ(2u, again.deliveries.size());
    EXPECT_EQ(two, again.deliveries[0].id);
    EXPECT_EQ(one, again.deliveries[1].id);
    EXPECT_EQ(lane.deliveries[0].body.view(), again.deliveries[1].body.view());
    EXPECT_THAT(timeline(again.deliveries[1].message),
                ElementsAre("received", "translated", "queued", "inflight", "set-aside", "replay",
                            "queued"));
}

TEST_P(StoreSuite, AReplayAfterSomethingNewerSaysSoOnBothTimelines) {
    const auto one = deliverable("a/1");
    deliverable("a/2");
    auto claim = claimLane(1).deliveries.at(0);
    const auto message = claim.message;
    send(claim);
    store_->settle(std::vector{refusal(claim)});
    claim = claimLane(1).deliveries.at(0);
    send(claim);
    settle(claim, DeliveryState::delivered);
    EXPECT_FALSE(store_->replay(std::vector{one}, "anne").at(0));
    EXPECT_THAT(store_->show(message)->timeline.back().text.en, HasSubstr(claim.id));
    EXPECT_THAT(store_->show(claim.message)->timeline.back().text.en, HasSubstr(one));
}

TEST_P(StoreSuite, WhatIsUnderWayCannotBeReplayedOrClosed) {
    const auto id = deliverable("a/1");
    const auto claim = claimLane().deliveries.at(0);
    EXPECT_THAT(store_->replay(std::vector{id}, "anne").at(0).value().en, HasSubstr("is queued"));
    send(claim);
    EXPECT_THAT(store_->close(std::vector{id}, "why", "anne").at(0).value().en,
                HasSubstr("being sent"));
    settle(claim, DeliveryState::delivered);
    EXPECT_THAT(store_->close(std::vector{id}, "why", "anne").at(0).value().en,
                HasSubstr("is delivered"));
}

TEST_P(StoreSuite, EveryIdHasItsOwnResult) {
    const auto id = put("a/1");
    Translation translation;
    translation.id = id;
    translation.epoch = claimOne().epoch;
    translation.state = MessageState::held;
    store_->translated(std::vector{translation});
    const auto results = store_->close(std::vector<std::string>{"nonsense", id}, "why", "anne");
    EXPECT_EQ("unknown id", results[0].value().en);
    EXPECT_FALSE(results[1]);
    EXPECT_EQ(MessageState::closed, stateOfMessage(id));
    EXPECT_EQ("why (by anne)", store_->show(id)->reason.en);
}

TEST_P(StoreSuite, AQueuedDeliveryThatIsClosedIsNotSent) {
    const auto one = deliverable("a/1"), two = deliverable("a/2");
    const auto lane = claimLane();
    EXPECT_FALSE(store_->close(std::vector{one}, "why", "anne").at(0));
    EXPECT_EQ(Settled::lost, send(lane.deliveries[0]));
    EXPECT_EQ(Settled::done, send(lane.deliveries[1]));
    EXPECT_EQ(two, lane.deliveries[1].id);
}

TEST_P(StoreSuite, AHeldDeliveryThatIsClosedIsNotMadeAgain) {
    put("a/1");
    const auto claim = claimOne();
    Translation translation;
    translation.id = claim.id;
    translation.epoch = claim.epoch;
    translation.deliveries = {newDelivery(*store_, "lane", "")};
    translation.deliveries[0].state = DeliveryState::held;
    store_->translated(std::vector{translation});
    const std::vector ids{translation.deliveries[0].id};
    EXPECT_FALSE(store_->replay(ids, "anne").at(0));
    EXPECT_FALSE(store_->close(ids, "why", "anne").at(0));
    EXPECT_THAT(store_->claimMessages(10, {}), IsEmpty());
}

TEST_P(StoreSuite, AHeldDeliveryThatIsClosedWhileItIsMadeAgainStaysClosed) {
    put("a/1");
    auto claim = claimOne();
    Translation translation;
    translation.id = claim.id;
    translation.epoch = claim.epoch;
    translation.deliveries = {newDelivery(*store_, "lane", "")};
    translation.deliveries[0].state = DeliveryState::held;
    store_->translated(std::vector{translation});
    const std::vector ids{translation.deliveries[0].id};
    store_->replay(ids, "anne");
    translation.epoch = claimOne().epoch;
    EXPECT_FALSE(store_->close(ids, "why", "anne").at(0));
    translation.deliveries[0].state = DeliveryState::queued;
    EXPECT_THAT(store_->translated(std::vector{translation}), ElementsAre(Settled::done));
    EXPECT_EQ(DeliveryState::closed, stateOf(claim.id));
    EXPECT_THAT(claimLane().deliveries, IsEmpty());
    EXPECT_THAT(store_->claimMessages(10, {}), IsEmpty());
}

}  // namespace store_suite
