/// The register: what a policy remembers of plans, revisions, and the ends of what still waits.
#include <gmock/gmock.h>

#include "gateway/error.h"
#include "store/store_suite.h"

namespace store_suite {

using namespace gateway;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

namespace {

const Reason kWhy{"the plan is closed", "le plan est clos"};

RegisterChange changeOf(const std::string& key, std::optional<std::uint64_t> expected = {}) {
    RegisterChange change;
    change.entry.key = key;
    change.entry.network = key.substr(0, key.find('/'));
    change.entry.edition = "1";
    change.entry.state = "open";
    change.expected = expected;
    return change;
}

Translation resultOf(const MessageClaim& claim, std::vector<RegisterChange> changes = {}) {
    Translation translation;
    translation.id = claim.id;
    translation.epoch = claim.epoch;
    translation.changes = std::move(changes);
    return translation;
}

std::vector<std::string> keysOf(const std::vector<RegisterEntry>& entries) {
    std::vector<std::string> keys;
    for (const RegisterEntry& entry : entries) keys.push_back(entry.key);
    return keys;
}

DeliveryEnd endOf(const std::string& plan, DeliveryState state = DeliveryState::closed) {
    DeliveryEnd end;
    end.plan = plan;
    end.state = state;
    end.reason = kWhy;
    return end;
}

}  // namespace

std::string RegisterSuite::bring(std::vector<RegisterChange> changes,
                                 std::vector<DeliveryEnd> ends) {
    put("");
    Translation result = resultOf(claimOne(), std::move(changes));
    result.ends = std::move(ends);
    EXPECT_THAT(store_->translated(std::vector{result}), ElementsAre(Settled::done));
    return result.id;
}

std::string RegisterSuite::planned(const std::string& plan, const std::string& lane,
                                   const std::string& destination, const std::string& edition,
                                   DeliveryState state) {
    put("");
    Translation result = resultOf(claimOne());
    result.deliveries = {newDelivery(*store_, lane, "of " + plan, destination)};
    NewDelivery& made = result.deliveries[0];
    made.plan = plan;
    made.edition = edition;
    made.state = state;
    EXPECT_THAT(store_->translated(std::vector{result}), ElementsAre(Settled::done));
    messages_[made.id] = result.id;
    return made.id;
}

std::string RegisterSuite::offeredOne(const std::string& plan, const std::string& edition) {
    const std::string id = planned(plan, "box " + edition, "box", edition);
    const auto lane = claimLane(1, "box");
    const ClaimId claim{lane.deliveries.at(0).id, lane.deliveries.at(0).epoch};
    EXPECT_THAT(store_->offer(std::vector{OfferedClaim{claim, {}}}), ElementsAre(Settled::done));
    return id;
}

void RegisterSuite::sendAndSettle(const std::string& destination, DeliveryState state,
                                  bool blocks) {
    const auto claim = claimLane(1, destination).deliveries.at(0);
    ASSERT_EQ(Settled::done, send(claim));
    Outcome outcome;
    outcome.id = claim.id;
    outcome.epoch = claim.epoch;
    outcome.state = state;
    outcome.blocks = blocks;
    ASSERT_THAT(store_->settle(std::vector{outcome}), ElementsAre(Settled::done));
}

std::uint64_t RegisterSuite::revision(const std::string& key) {
    const auto entry = store_->plans().find(key);
    return entry ? entry->revision : 0;
}

void RegisterSuite::expectNoGap() {
    std::optional<Reconciled> all;
    for (int slices = 0; slices < 20; ++slices) all = store_->reconcile();
    ASSERT_TRUE(all);
    for (const auto* const ends : {&all->sources, &all->destinations})
        for (const auto& [name, account] : *ends) EXPECT_EQ(0, account.gap()) << name;
}

TEST_P(RegisterSuite, KeepsFactsInTheirOrderAndWhatMadeThem) {
    RegisterChange change = changeOf("net/4");
    change.entry.facts = {{"gp", "Dr Rosiers"}, {"member", "anne"}, {"member", ""}, {"", "x"}};
    const std::string first = bring({change});
    crash();
    auto entry = store_->plans().find("net/4");
    ASSERT_TRUE(entry);
    EXPECT_EQ(change.entry.facts, entry->facts);
    EXPECT_EQ("Dr Rosiers", entry->fact("gp"));
    EXPECT_EQ(first, entry->message);
    EXPECT_EQ(clock_.now(), entry->changed);
    EXPECT_EQ(1u, entry->revision);

    clock_.pass(Milliseconds(7));
    change.entry.facts.clear();
    change.entry.network = "other";
    change.entry.due = clock_.now();
    const std::string second = bring({change});
    reopen();
    entry = store_->plans().find("net/4");
    EXPECT_THAT(entry->facts, IsEmpty());
    EXPECT_EQ(second, entry->message);
    EXPECT_EQ(clock_.now(), entry->changed);
    EXPECT_EQ(2u, entry->revision);
    EXPECT_THAT(keysOf(store_->plans().ofNetwork("other", 9)), ElementsAre("net/4"));
    EXPECT_THAT(store_->plans().ofNetwork("net", 9), IsEmpty());
    EXPECT_EQ(1u, store_->plans().dueBefore(clock_.now() + Milliseconds(1), 9).size());
}

TEST_P(RegisterSuite, IsFoundBySubjectsAndLabelsInPages) {
    std::vector<RegisterChange> changes;
    for (const char* const key : {"net/3", "net/1", "other/2"}) {
        RegisterChange& change = changes.emplace_back(changeOf(key));
        change.entry.subjects = {"ins|" + std::string(key), "shared"};
        change.entry.labels = {"coordinator|anne", "shared"};
    }
    bring(changes);
    crash();
    const Register& plans = store_->plans();
    EXPECT_THAT(keysOf(plans.known("ins|net/1", 9)), ElementsAre("net/1"));
    EXPECT_THAT(keysOf(plans.known("coordinator|anne", 9)),
                ElementsAre("net/1", "net/3", "other/2"));
    EXPECT_THAT(keysOf(plans.known("shared", 2)), ElementsAre("net/1", "net/3"));
    EXPECT_THAT(keysOf(plans.known("shared", 2, "net/3")), ElementsAre("other/2"));
    EXPECT_THAT(plans.known("nobody", 9), IsEmpty());
    EXPECT_THAT(plans.known("shared", 9)[0].labels, IsEmpty()) << "nobody can read them";
    EXPECT_THAT(keysOf(plans.ofNetwork("net", 1)), ElementsAre("net/1"));
    EXPECT_THAT(keysOf(plans.ofNetwork("net", 9, "net/1")), ElementsAre("net/3"));
    EXPECT_THAT(keysOf(plans.ofNetwork("", 2)), ElementsAre("net/1", "net/3"));
    EXPECT_THAT(keysOf(plans.ofNetwork("", 9, "net/3")), ElementsAre("other/2"));
}

TEST_P(RegisterSuite, WhatIsNamedAnewIsFoundByThatAlone) {
    RegisterChange change = changeOf("net/1");
    change.entry.subjects = {"ins|1", "local|1"};
    change.entry.labels = {"open|net", "sector|north"};
    bring({change});
    change.entry.subjects = {"ins|1", "local|2"};
    change.entry.labels = {};
    bring({change});
    const Register& plans = store_->plans();
    EXPECT_THAT(keysOf(plans.known("ins|1", 9)), ElementsAre("net/1"));
    EXPECT_THAT(keysOf(plans.known("local|2", 9)), ElementsAre("net/1"));
    for (const char* const gone : {"local|1", "open|net", "sector|north"})
        EXPECT_THAT(plans.known(gone, 9), IsEmpty()) << gone;
}

TEST_P(RegisterSuite, WhatWasReadAndIsWrittenBackIsStillFound) {
    RegisterChange change = changeOf("net/1");
    change.entry.subjects = {"ins|1"};
    change.entry.labels = {"open|net"};
    bring({change});
    const auto writeBack = [&](std::vector<std::string> labels) {
        RegisterChange back;
        back.entry = *store_->plans().find("net/1");
        back.entry.labels = std::move(labels);
        back.expected = back.entry.revision;
        bring({back});
    };
    writeBack({});
    EXPECT_EQ(1u, store_->plans().known("ins|1", 9).size());
    EXPECT_EQ(1u, store_->plans().known("open|net", 9).size());
    writeBack({"closed|net"});
    EXPECT_EQ(1u, store_->plans().known("ins|1", 9).size());
    EXPECT_EQ(1u, store_->plans().known("closed|net", 9).size());
    EXPECT_THAT(store_->plans().known("open|net", 9), IsEmpty());
}

TEST_P(RegisterSuite, OfWhatIsRemovedNothingStays) {
    RegisterChange change = changeOf("net/1");
    change.entry.subjects = {"ins|1"};
    change.entry.labels = {"open|net"};
    change.entry.due = clock_.now();
    change.order = 5;
    planned("net/1", "a");
    bring({change});
    sendAndSettle("there", DeliveryState::delivered);
    ASSERT_EQ(1u, store_->plans().receipts("net/1").size());

    RegisterChange remove = changeOf("net/1", 1);
    remove.remove = true;
    remove.order = 4;
    bring({remove});
    EXPECT_EQ(1u, revision("net/1")) << "an older edition takes nothing away";
    remove.order = 5;
    bring({remove});
    crash();
    const Register& plans = store_->plans();
    EXPECT_FALSE(plans.find("net/1"));
    EXPECT_THAT(plans.known("ins|1", 9), IsEmpty());
    EXPECT_THAT(plans.known("open|net", 9), IsEmpty());
    EXPECT_THAT(plans.ofNetwork("", 9), IsEmpty());
    EXPECT_THAT(plans.dueBefore(clock_.now() + Milliseconds(1), 9), IsEmpty());
    EXPECT_THAT(plans.receipts("net/1"), IsEmpty());
    remove.expected = 0;
    bring({remove});
    bring({changeOf("net/1", 0)});
    EXPECT_EQ(1u, revision("net/1"));
}

// What was read and has changed since.
// --------------------------------------------------------------------------------------------------

TEST_P(RegisterSuite, OfAnOvertakenTranslationNothingIsCommitted) {
    planned("net/1", "old");
    const std::string first = put("a/1"), second = put("b/1");
    const auto claims = store_->claimMessages(9, {});
    Translation won = resultOf(claims[0], {changeOf("net/1", 0)});
    Translation late = resultOf(claims[1], {changeOf("net/2"), changeOf("net/1", 0)});
    late.deliveries = {newDelivery(*store_, "b", "late")};
    late.notes = {{"pharmacy", {"refused", "refus"}}};
    late.ends = {endOf("net/1")};
    EXPECT_THAT(store_->translated(std::vector{won, late}),
                ElementsAre(Settled::done, Settled::overtaken));
    EXPECT_EQ(MessageState::translated, stateOfMessage(first));
    EXPECT_EQ(MessageState::received, stateOfMessage(second));
    EXPECT_THAT(timeline(second), ElementsAre("received"));
    EXPECT_THAT(store_->show(second)->deliveries, IsEmpty());
    EXPECT_FALSE(store_->plans().find("net/2"));
    EXPECT_EQ(1u, store_->plans().waiting("net/1").size());
    EXPECT_EQ(0u, store_->counts().leftOut);
    EXPECT_THAT(claim(), IsEmpty()) << "it is still in its translator's hands";
    expectNoGap();

    late.changes.back().expected = revision("net/1");
    EXPECT_THAT(store_->translated(std::vector{late}), ElementsAre(Settled::done));
    EXPECT_EQ(2u, revision("net/1"));
    EXPECT_EQ(1u, store_->show(second)->deliveries.size());
    EXPECT_THAT(store_->plans().waiting("net/1"), IsEmpty());
    expectNoGap();
}

TEST_P(RegisterSuite, WhatComesBehindAnOvertakenOneWaitsForIt) {
    bring({changeOf("net/1")});
    for (const char* const text : {"c/1", "a/1", "a/2", "b/1"}) put(text);
    const auto claims = store_->claimMessages(9, {});
    ASSERT_EQ(4u, claims.size());
    std::vector<Translation> batch;
    for (const MessageClaim& claim : claims) {
        batch.push_back(resultOf(claim));
        batch.back().deliveries = {newDelivery(*store_, "lane", std::string(claim.body.view()))};
    }
    batch[1].changes = {changeOf("net/1", 0)};
    EXPECT_THAT(store_->translated(batch), ElementsAre(Settled::done, Settled::overtaken,
                                                       Settled::overtaken, Settled::overtaken));
    EXPECT_EQ(1u, claimLane().deliveries.size());
    EXPECT_EQ(4u, store_->list({}).size() - 1u);
    batch[1].changes[0].expected = 1;
    const std::vector<Translation> rest(batch.begin() + 1, batch.end());
    EXPECT_THAT(store_->translated(rest), ElementsAre(Settled::done, Settled::done, Settled::done));
    crash();
    std::vector<std::string> sent;
    for (const DeliveryClaim& one : claimLane().deliveries) sent.emplace_back(one.body.view());
    std::vector<std::string> claimed;
    for (const MessageClaim& claim : claims) claimed.emplace_back(claim.body.view());
    EXPECT_EQ(claimed, sent) << "as they were claimed";
}

TEST_P(RegisterSuite, AnOvertakenOneGoesToAnotherWhenItsLeaseIsOver) {
    bring({changeOf("net/1")});
    put("a/1");
    const auto mine = store_->claimMessages(1, {Milliseconds(1'000), {}}).at(0);
    Translation late = resultOf(mine, {changeOf("net/1", 7)});
    EXPECT_THAT(store_->translated(std::vector{late}), ElementsAre(Settled::overtaken));
    clock_.pass(Milliseconds(1'000));
    const auto other = claimOne();
    EXPECT_EQ(mine.id, other.id);
    late.changes[0].expected = 1;
    EXPECT_THAT(store_->translated(std::vector{late}), ElementsAre(Settled::lost));
    EXPECT_EQ(1u, revision("net/1"));
    crash();
    EXPECT_EQ(mine.id, claimOne().id);
}

TEST_P(RegisterSuite, ALateOldEditionIsNotOvertakenAndChangesNothing) {
    RegisterChange newer = changeOf("net/1", 0);
    newer.order = 2;
    bring({newer});
    RegisterChange older = changeOf("net/1", 1);
    older.order = 1;
    older.entry.edition = "older";
    bring({older});
    EXPECT_EQ("1", store_->plans().find("net/1")->edition);
    EXPECT_EQ(1u, revision("net/1"));
}

TEST_P(RegisterSuite, WhatTimeCausesIsCommittedWithItsMessage) {
    RegisterChange change = changeOf("net/1");
    change.entry.due = clock_.now();
    bring({change});
    Incoming in = incoming("review");
    in.repeatKey = "net/1 review";
    in.content = "review";
    in.changes = {changeOf("net/1", 1)};
    const Stored fresh = store_->put(std::vector{in}).at(0);
    EXPECT_EQ(Stored::Kind::fresh, fresh.kind);
    crash();
    EXPECT_FALSE(store_->plans().find("net/1")->due);
    EXPECT_EQ(fresh.id, store_->plans().find("net/1")->message);
    EXPECT_EQ(2u, revision("net/1"));

    EXPECT_EQ(Stored::Kind::repeat, store_->put(std::vector{in}).at(0).kind);
    in.changes[0].expected.reset();
    EXPECT_EQ(Stored::Kind::repeat, store_->put(std::vector{in}).at(0).kind);
    EXPECT_EQ(2u, revision("net/1")) << "a repeat changes nothing";

    in.repeatKey = "net/1 overdue";
    in.changes[0].expected = 1;
    Incoming other = incoming("other");
    other.changes = {changeOf("net/9", 0)};
    const auto stored = store_->put(std::vector{in, other});
    EXPECT_EQ(Stored::Kind::overtaken, stored[0].kind);
    EXPECT_EQ("", stored[0].id);
    EXPECT_EQ(Stored::Kind::fresh, stored[1].kind) << "others are taken";
    EXPECT_EQ(1u, revision("net/9"));
    EXPECT_THAT(claim(), testing::UnorderedElementsAre("review", "other"));
    in.changes[0].expected = 2;
    EXPECT_EQ(Stored::Kind::fresh, store_->put(std::vector{in}).at(0).kind) << "no repeat of it";
    expectNoGap();
}

// Ends.
// --------------------------------------------------------------------------------------------------

TEST_P(RegisterSuite, AnEndClosesWhatWaitsAndLetsTheLanesGoOn) {
    const auto queued = planned("net/1", "lane"), behind = planned("net/2", "lane");
    const auto held = planned("net/1", "h", "there", "1", DeliveryState::held);
    const auto offered = offeredOne("net/1");
    const auto aside = planned("net/1", "s", "elsewhere");
    sendAndSettle("elsewhere", DeliveryState::setAside, true);
    const auto blocked = planned("net/3", "s", "elsewhere");
    EXPECT_THAT(store_->claimLanes("elsewhere", 9, 9, {}), IsEmpty());

    bring({}, {endOf("net/1")});
    for (const auto& id : {queued, held, offered, aside}) {
        EXPECT_EQ(DeliveryState::closed, of(id));
        const auto view = *store_->show(messages_.at(id));
        EXPECT_EQ("closed", view.timeline.back().what);
        EXPECT_EQ(kWhy, view.timeline.back().text);
        EXPECT_EQ(id, view.timeline.back().delivery);
        EXPECT_EQ(kWhy, view.deliveries[0].reason);
    }
    EXPECT_THAT(store_->offered("box", "", 9), IsEmpty());
    EXPECT_EQ(behind, claimLane().deliveries.at(0).id);
    EXPECT_EQ(blocked, claimLane(9, "elsewhere").deliveries.at(0).id);
    EXPECT_THAT(store_->plans().waiting("net/1"), IsEmpty());
    EXPECT_TRUE(store_->replay(std::vector{held}, "anne").at(0)) << "nobody brings it back";
    expectNoGap();
    crash();
    EXPECT_EQ(behind, claimLane().deliveries.at(0).id);
    EXPECT_EQ(3u, store_->counts().deliveries["there"]["closed"] +
                      store_->counts().deliveries["box"]["closed"]);
    expectNoGap();
}

TEST_P(RegisterSuite, AnEndNamesPartnerAndEdition) {
    const auto one = planned("net/1", "a", "there", "1"), two = planned("net/1", "a", "there", "2");
    const auto other = planned("net/1", "b", "elsewhere", "1");
    DeliveryEnd end = endOf("net/1");
    end.partner = "partner-of-there";
    end.edition = "1";
    bring({}, {end});
    EXPECT_EQ(DeliveryState::closed, of(one));
    EXPECT_EQ(DeliveryState::queued, of(two));
    EXPECT_EQ(DeliveryState::queued, of(other));
    bring({}, {endOf("")});
    EXPECT_EQ(DeliveryState::queued, of(two)) << "no plan is no plan's";
}

TEST_P(RegisterSuite, WhatIsOnItsWayIsLeftAndWhatIsOnlyClaimedIsNotSent) {
    const auto sent = planned("net/1", "a"), claimed = planned("net/1", "b");
    const auto doubt = planned("net/1", "c"), next = planned("net/2", "b");
    std::map<std::string, DeliveryClaim> claims;
    for (const auto& lane : store_->claimLanes("there", 9, 1, {}))
        claims[lane.deliveries[0].id] = lane.deliveries[0];
    ASSERT_EQ(3u, claims.size());
    send(claims[sent]);
    send(claims[doubt]);
    settle(claims[doubt], DeliveryState::uncertain);

    bring({}, {endOf("net/1")});
    EXPECT_EQ(DeliveryState::inflight, of(sent));
    EXPECT_EQ(DeliveryState::uncertain, of(doubt));
    EXPECT_EQ(DeliveryState::closed, of(claimed));
    EXPECT_EQ(Settled::lost, send(claims[claimed])) << "the first byte is not sent";
    EXPECT_EQ(Settled::done, settle(claims[sent], DeliveryState::delivered));
    EXPECT_EQ(next, [&] {
        for (const auto& lane : store_->claimLanes("there", 9, 9, {}))
            for (const auto& one : lane.deliveries)
                if (one.id != doubt) return one.id;
        return std::string();
    }());
    expectNoGap();
}

TEST_P(RegisterSuite, AnEndSaysWhenItWasHandedOver) {
    const auto first = offeredOne("net/1", "1"), second = offeredOne("net/1", "2");
    const auto queued = planned("net/1", "a");
    DeliveryEnd end = endOf("net/1", DeliveryState::delivered);
    end.edition = "1";
    end.at = clock_.now() - Milliseconds(86'400'000);
    bring({}, {end});
    EXPECT_EQ(DeliveryState::delivered, of(first));
    EXPECT_EQ(DeliveryState::offered, of(second));
    EXPECT_EQ(DeliveryState::queued, of(queued));
    EXPECT_EQ(kWhy, store_->show(messages_[first])->timeline.back().text);
    const auto receipts = store_->plans().receipts("net/1");
    ASSERT_EQ(1u, receipts.size());
    EXPECT_EQ(end.at, receipts[0].at);
    EXPECT_EQ(first, receipts[0].delivery);
    EXPECT_EQ("partner-of-box", receipts[0].partner);
    end.edition.clear();
    end.at = {};
    bring({}, {end});
    EXPECT_EQ(DeliveryState::delivered, of(second));
    EXPECT_EQ(clock_.now(), store_->plans().receipts("net/1").back().at);
    expectNoGap();
}

TEST_P(RegisterSuite, AnEndDoesNotTouchWhatComesWithIt) {
    const auto old = planned("net/1", "a");
    put("");
    Translation result = resultOf(claimOne());
    result.ends = {endOf("net/1")};
    result.deliveries = {newDelivery(*store_, "a", "new")};
    result.deliveries[0].plan = "net/1";
    store_->translated(std::vector{result});
    EXPECT_EQ(DeliveryState::closed, of(old));
    EXPECT_EQ(DeliveryState::queued, stateOf(result.id));
    EXPECT_EQ("new", claimLane().deliveries.at(0).body.view());
}

TEST_P(RegisterSuite, WhatIsToBeMadeAgainAndEndsMeanwhileStaysClosed) {
    const auto held = planned("net/1", "a", "there", "1", DeliveryState::held);
    ASSERT_FALSE(store_->replay(std::vector{held}, "anne").at(0));
    const auto again = claimOne();
    ASSERT_THAT(again.held, ElementsAre(held));
    bring({}, {endOf("net/1")});
    Translation result = resultOf(again);
    result.deliveries = {newDelivery(*store_, "a", "again")};
    result.deliveries[0].id = held;
    store_->translated(std::vector{result});
    EXPECT_EQ(DeliveryState::closed, of(held));
    EXPECT_THAT(claimLane().deliveries, IsEmpty());
    EXPECT_THAT(claim(), IsEmpty());
    expectNoGap();
}

TEST_P(RegisterSuite, NothingElseEndsADelivery) {
    planned("net/1", "a");
    put("");
    Translation result = resultOf(claimOne());
    result.ends = {endOf("net/1", DeliveryState::setAside)};
    EXPECT_THROW(store_->translated(std::vector{result}), Error);
    EXPECT_EQ(MessageState::received, stateOfMessage(result.id));
}

TEST_P(RegisterSuite, TellsWhatWaitsOfAPlan) {
    const auto queued = planned("net/1", "a", "there", "2");
    planned("net/2", "b");
    planned("", "c");
    const Time then = clock_.now();
    clock_.pass(Milliseconds(10));
    const auto offered = offeredOne("net/1");
    planned("net/1", "d", "elsewhere");
    sendAndSettle("elsewhere", DeliveryState::delivered);
    crash();
    const auto waiting = store_->plans().waiting("net/1");
    ASSERT_EQ(2u, waiting.size());
    EXPECT_EQ(queued, waiting[0].delivery);
    EXPECT_EQ("partner-of-there", waiting[0].partner);
    EXPECT_EQ("there", waiting[0].destination);
    EXPECT_EQ("2", waiting[0].edition);
    EXPECT_EQ(DeliveryState::queued, waiting[0].state);
    EXPECT_EQ(then, waiting[0].since);
    EXPECT_EQ(offered, waiting[1].delivery);
    EXPECT_EQ(DeliveryState::offered, waiting[1].state);
    EXPECT_EQ(clock_.now(), waiting[1].since);
    EXPECT_THAT(store_->plans().waiting(""), IsEmpty());
}

TEST_P(RegisterSuite, RetentionLeavesItAndWhoGotWhat) {
    const auto of1 = planned("net/1", "a");
    planned("net/2", "b");
    RegisterChange change = changeOf("net/1");
    change.entry.facts = {{"gp", "dr-rosiers"}};
    change.entry.subjects = {"ins|1"};
    const std::string maker = bring({change});
    for (int i = 0; i < 2; ++i) sendAndSettle("there", DeliveryState::delivered);
    clock_.pass(Milliseconds(86'400'000));
    ASSERT_NE(0u, purge(Milliseconds(1'000), Milliseconds(1'000)));
    EXPECT_EQ("", store_->show(messages_[of1])->deliveries[0].plan);
    const Register& plans = store_->plans();
    ASSERT_EQ(1u, plans.known("ins|1", 9).size());
    EXPECT_EQ("dr-rosiers", plans.find("net/1")->fact("gp"));
    EXPECT_EQ(maker, plans.find("net/1")->message);
    EXPECT_EQ(1u, plans.receipts("net/1").size());
    EXPECT_THAT(plans.receipts("net/2"), IsEmpty()) << "it is not in the register";
}

}  // namespace store_suite
