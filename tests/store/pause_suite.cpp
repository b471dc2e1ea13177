/// What runs the store by a person's will: pauses; and what people look for.
#include <gmock/gmock.h>

#include "store/store_suite.h"

namespace store_suite {

using namespace gateway;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

namespace {

Pause pauseOf(const std::string& end, bool source = false) {
    return {end, source, "anne", "maintenance window", Time(Milliseconds(1))};
}

Filter called(const std::string& controlId) {
    Filter filter;
    filter.controlId = controlId;
    return filter;
}

Filter about(const std::string& subject) {
    Filter filter;
    filter.subject = subject;
    return filter;
}

std::vector<std::string> idsOf(const std::vector<MessageView>& views) {
    std::vector<std::string> ids;
    for (const auto& view : views) ids.push_back(view.id);
    return ids;
}

Outcome refusedBy(const DeliveryClaim& claim, const std::string& summary,
                  const std::string& words) {
    Outcome outcome;
    outcome.id = claim.id;
    outcome.epoch = claim.epoch;
    outcome.state = DeliveryState::setAside;
    outcome.answer = Answer{Bytes(words), summary};
    outcome.reason = {"refused", "refusé"};
    return outcome;
}

}  // namespace

TEST_P(StoreSuite, APausedDestinationGivesNothingOutUntilItIsResumed) {
    deliverable("a/1");
    store_->pause(pauseOf("there"));
    EXPECT_THAT(claimLane().deliveries, IsEmpty());
    reopen();
    EXPECT_THAT(claimLane().deliveries, IsEmpty()) << "a pause is durable";
    store_->resume("there", "anne");
    EXPECT_THAT(claimLane().deliveries, SizeIs(1));
}

TEST_P(StoreSuite, APauseOfOneDestinationDoesNotStopAnother) {
    const auto message = put("a/1");
    store_->pause(pauseOf("there"));
    translate(claimOne(), {"lane"}, "elsewhere");
    EXPECT_THAT(claimLane(1, "elsewhere").deliveries, SizeIs(1));
}

TEST_P(StoreSuite, WhatIsInFlightWhenItIsPausedIsSettledAndWhatFollowsWaits) {
    deliverable("a/1");
    deliverable("a/2");
    const auto lane = claimLane(1);
    const auto& first = lane.deliveries.at(0);
    ASSERT_EQ(Settled::done, send(first));
    store_->pause(pauseOf("there"));
    EXPECT_EQ(Settled::done, settle(first, DeliveryState::delivered));
    EXPECT_THAT(claimLane().deliveries, IsEmpty());
    store_->resume("there", "anne");
    EXPECT_THAT(claimLane().deliveries, SizeIs(1));
}

TEST_P(StoreSuite, APausedDestinationWaitsWithoutTurningRound) {
    // What may be tried again at once is nobody's reason to look again and again.
    const auto id = deliverable("a/1");
    const auto claim = claimLane().deliveries.at(0);
    send(claim);
    Outcome later;
    later.id = claim.id;
    later.epoch = claim.epoch;
    later.state = DeliveryState::queued;
    later.retryAt = clock_.now() + Milliseconds(1);
    store_->settle(std::span(&later, 1));
    clock_.pass(Milliseconds(1000));
    store_->pause(pauseOf("there"));
    EXPECT_THAT(store_->claimLanes("there", 1, 1, Lease{Milliseconds(1000), Milliseconds(20)}),
                IsEmpty());
}

TEST_P(StoreSuite, PausesSayWhoWhenAndWhy) {
    EXPECT_THAT(store_->pauses(), IsEmpty());
    store_->pause(pauseOf("there"));
    store_->pause(pauseOf("chu-adt", true));
    reopen();
    const auto all = store_->pauses();
    ASSERT_THAT(all, SizeIs(2));
    EXPECT_EQ("chu-adt", all[0].end);
    EXPECT_TRUE(all[0].source);
    EXPECT_EQ("there", all[1].end);
    EXPECT_FALSE(all[1].source);
    EXPECT_EQ("anne", all[1].by);
    EXPECT_EQ("maintenance window", all[1].why);
    EXPECT_EQ(clock_.now(), all[1].at) << "the store's time, not the caller's";
    store_->resume("chu-adt", "anne");
    store_->resume("there", "anne");
    store_->resume("there", "anne");
    EXPECT_THAT(store_->pauses(), IsEmpty());
}

TEST_P(StoreSuite, APausedAgainTakesTheLaterReason) {
    store_->pause(pauseOf("there"));
    Pause later = pauseOf("there");
    later.why = "longer than planned";
    store_->pause(later);
    ASSERT_THAT(store_->pauses(), SizeIs(1));
    EXPECT_EQ("longer than planned", store_->pauses()[0].why);
}

TEST_P(StoreSuite, MessagesAreFoundByAPersonsIdentifier) {
    Incoming one = incoming("a/1"), other = incoming("b/1"), both = incoming("c/1");
    one.subjects = {"ins|199000000000001"};
    other.subjects = {"ins|199000000000002"};
    both.subjects = {"ins|199000000000001", "ins|199000000000002"};
    const auto stored = store_->put(std::vector{one, other, both});
    EXPECT_THAT(idsOf(store_->list(about("ins|199000000000001"))),
                ElementsAre(stored[2].id, stored[0].id));
    EXPECT_THAT(store_->list(about("ins|19900000000000")), IsEmpty()) << "whole, or not at all";
    Filter source = about("ins|199000000000001");
    source.source = "another";
    EXPECT_THAT(store_->list(source), IsEmpty());
    Filter before = about("ins|199000000000001");
    before.before = stored[2].id;
    EXPECT_THAT(idsOf(store_->list(before)), ElementsAre(stored[0].id));
}

TEST_P(StoreSuite, MessagesAreFoundByTheirControlIdAndThatOfTheirDeliveries) {
    Incoming in = incoming("a/1");
    in.controlId = "MSG00001";
    in.subjects = {"ins|199000000000001"};
    const auto id = store_->put(std::span(&in, 1)).at(0).id;
    EXPECT_THAT(idsOf(store_->list(called("MSG00001"))), ElementsAre(id));
    EXPECT_THAT(store_->list(called("MSG0000")), IsEmpty());
    Filter both = called("MSG00001");
    both.subject = "ins|199000000000001";
    EXPECT_THAT(idsOf(store_->list(both)), ElementsAre(id));
    both.subject = "ins|199000000000002";
    EXPECT_THAT(store_->list(both), IsEmpty());

    const auto claim = delivered("b/1");
    EXPECT_THAT(idsOf(store_->list(called(claim.id))), ElementsAre(claim.message));
    const auto sent = deliveredUnchanged("THEIRS-7");
    EXPECT_THAT(idsOf(store_->list(called("THEIRS-7"))), ElementsAre(sent.at(0).message));
}

TEST_P(StoreSuite, ManyMessagesOfOnePersonOrIdAreAllFound) {
    constexpr std::size_t kMany = 300;
    deliveredUnchanged("7");  // the oldest
    for (const std::vector<std::string>& subjects :
         {std::vector<std::string>{"ins|199000000000001", "ins|199000000000001"}, {}}) {
        std::vector<Incoming> batch;
        for (std::size_t i = 0; i < kMany; ++i) {
            Incoming& in = batch.emplace_back(incoming("b/1"));
            in.subjects = subjects;
            if (subjects.empty()) in.controlId = "7";
        }
        store_->put(batch);
    }
    Filter person = about("ins|199000000000001"), id = called("7");
    person.most = id.most = 2 * kMany;
    EXPECT_EQ(kMany, store_->list(person).size()) << "each names the person twice";
    EXPECT_EQ(kMany + 1, store_->list(id).size()) << "with the one that was sent under it";
}

TEST_P(StoreSuite, ListsAreFilteredByTheCauseInEitherLanguage) {
    Incoming held = incoming("a/1");
    held.state = MessageState::held;
    held.reason = {"no map is named", "aucune transformation n'est nommée"};
    const auto id = store_->put(std::span(&held, 1)).at(0).id;
    Filter filter;
    filter.state = "held";
    filter.why = "no map";
    EXPECT_THAT(idsOf(store_->list(filter)), ElementsAre(id));
    filter.why = "transformation";
    EXPECT_THAT(idsOf(store_->list(filter)), ElementsAre(id));
    filter.why = "cannot be read";
    EXPECT_THAT(store_->list(filter), IsEmpty());
}

TEST_P(StoreSuite, PausesThatAreOverAreToldNewestFirst) {
    EXPECT_THAT(store_->pastPauses(10), IsEmpty());
    store_->pause({"there", false, "anne", "moving", {}});
    const Time began = clock_.now();
    clock_.pass(Milliseconds(1'000));
    EXPECT_THAT(store_->pastPauses(10), IsEmpty()) << "it is still in force";
    store_->resume("there", "bert");
    clock_.pass(Milliseconds(1'000));
    store_->pause({"feed", true, "carla", "", {}});
    store_->pause({"feed", true, "dan", "again", {}});  // takes the place of hers
    store_->resume("feed", "emma");
    reopen();
    const auto past = store_->pastPauses(10);
    ASSERT_EQ(3u, past.size());
    EXPECT_EQ("emma", past[0].endedBy);
    EXPECT_EQ("dan", past[0].pause.by);
    EXPECT_TRUE(past[0].pause.source);
    EXPECT_EQ("dan", past[1].endedBy);
    EXPECT_EQ("there", past[2].pause.end);
    EXPECT_EQ("moving", past[2].pause.why);
    EXPECT_EQ(began, past[2].pause.at);
    EXPECT_EQ(began + Milliseconds(1'000), past[2].until);
    EXPECT_EQ(1u, store_->pastPauses(1).size());
}

TEST_P(StoreSuite, EachTryKeepsThePartnersOwnWords) {
    const auto delivery = deliverable("a/1");
    std::string message;
    for (const char* const words : {"first refusal", "second refusal"}) {
        const auto claim = claimLane().deliveries.at(0);
        message = claim.message;
        send(claim);
        const Outcome outcome = refusedBy(claim, "AE", words);
        ASSERT_EQ(Settled::done, store_->settle(std::span(&outcome, 1)).at(0));
        ASSERT_FALSE(store_->replay(std::vector{claim.id}, "anne").at(0));
    }
    reopen();
    std::vector<std::string> said;
    const MessageView view = store_->show(message).value();
    for (const EventView& event : view.timeline)
        if (event.what == "answer") said.push_back(event.text.en);
    EXPECT_THAT(said, ElementsAre("AE: first refusal", "AE: second refusal"));
}

}  // namespace store_suite
