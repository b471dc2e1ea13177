#include "fixture.h"

namespace {
using namespace pipeline_test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSubsetOf;

TEST_F(PipelineTest, AcceptsTranslatesDeliversToEveryDestination) {
    run(setup({"a", "b"}));
    const std::string id = acceptId("k:one\n");
    EXPECT_TRUE(reach(id, Stage::delivered).reached);
    EXPECT_THAT(partners_["a"]->wait(1), ElementsAre("k:one\n"));
    EXPECT_THAT(partners_["b"]->wait(1), ElementsAre("k:one\n"));
    const MessageView message = store_->show(id).value();
    EXPECT_EQ(MessageState::translated, message.state);
    ASSERT_EQ(2u, message.deliveries.size());
    EXPECT_EQ(DeliveryState::delivered, message.deliveries[0].state);
    EXPECT_EQ("AA", message.deliveries[0].answer.value().summary);
    EXPECT_EQ("test", message.configVersion);
}

TEST_F(PipelineTest, WhatNoMapTouchesLeavesAsItsCodecWritesIt) {
    support::Plugins plugins{{"codec_hl7v2"}};
    const std::shared_ptr<const Codec> codec = plugins.codec("hl7v2");
    const auto with = setup({"a"});
    with->sources["in"].codec = {"hl7v2", codec};
    with->destinations["a/d"].codec = {"hl7v2", codec};
    run(with);
    const std::string head = "MSH|^~\\&|A|B|C|D|20260101||ADT^A01|";
    accept(head + "1|P|2.5||\nPID|1||7^^||\n");
    EXPECT_THAT(partners_["a"]->wait(1), testing::ElementsAre(head + "1|P|2.5||\rPID|1||7^^||\r"));
    accept(head + "2|P|2.5||\rPID|1||7^^||\r");
    EXPECT_EQ(head + "2|P|2.5||\rPID|1||7^^||\r", partners_["a"]->wait(2).back());
}

TEST_F(PipelineTest, AMessageOfANetworkGoesThroughTheMapsAsTheNetworkHasThem) {
    const auto with = setup({"a"});
    const auto shared = std::make_shared<FakeMap>("k:shared", "shared");
    const auto theirs = std::make_shared<FakeMap>("k:theirs", "theirs");
    const auto route = std::make_shared<FakeMap>("k:route");
    with->sources["in"].network = "relai";
    with->routes[0].map = {"up", std::make_shared<FakeMap>(""), {{"relai", route}}};
    with->destinations["a/d"].map = {"down", shared, {{"relai", theirs}, {"autre", shared}}};
    run(with);
    const auto holds = [&](const std::string& text) {
        const std::string id = acceptId(text + "\n");
        reach(id, Stage::translated);
        const MessageView message = store_->show(id).value();
        return message.reason.en + "|" +
               (message.deliveries.empty() ? "" : message.deliveries[0].reason.en);
    };
    EXPECT_THAT(holds("k:route"), HasSubstr("map up: line 1: cannot be carried|"));
    EXPECT_THAT(holds("k:theirs"), HasSubstr("|map down: line 1: cannot be carried"));
    EXPECT_EQ("|", holds("k:shared"));
    EXPECT_EQ("down@theirs", MadeBy::of(store_->list({}).front().deliveries.at(0).mapVersion).maps);
}

TEST_F(PipelineTest, RefusesWhatItCannotReadWhileTheSenderListens) {
    run(setup({"a"}));
    const Accepted accepted = accept("DUPONT without end");
    ASSERT_TRUE(accepted.messages.front().error);
    EXPECT_EQ(Fault::malformed, accepted.messages.front().error->fault);
    EXPECT_EQ(std::string::npos,
              std::string(accepted.messages.front().error->what()).find("DUPONT"));
    EXPECT_TRUE(store_->list({}).empty());
    acceptId("k:1\n");  // the refusal is written by then: it went before
    EXPECT_EQ(1u, store_->counts().refused);
}

TEST_F(PipelineTest, HoldsWhatNobodyWaitsFor) {
    run(setup({"a"}));
    const std::string id = accept("no end", false).messages.front().receipt.value().id;
    const MessageView message = store_->show(id).value();
    EXPECT_EQ(MessageState::held, message.state);
    EXPECT_THAT(message.reason.fr, HasSubstr("illisible"));
}

TEST_F(PipelineTest, KeepsTheOrderOfEachKey) {
    run(setup({"a"}));
    std::vector<std::string> expected[3];
    for (int n = 0; n < 300; ++n) {
        const std::string key(1, static_cast<char>('x' + n % 3));
        expected[n % 3].push_back(key + ":" + std::to_string(n) + "\n");
        acceptId(expected[n % 3].back());
    }
    std::vector<std::string> got[3];
    for (const std::string& body : partners_["a"]->wait(300)) got[body[0] - 'x'].push_back(body);
    for (int key = 0; key < 3; ++key) EXPECT_EQ(expected[key], got[key]);
}

TEST_F(PipelineTest, AnUnavailablePartnerDelaysNobodyElseAndItsLaneWaitsInOrder) {
    auto with = setup({"down", "up"});
    partners_["down"]->answer([](const Delivery&) -> Answer {
        throw Error(Fault::unavailable, "down:1", "connection refused");
    });
    run(with);
    for (int n = 0; n < 20; ++n) acceptId("k:" + std::to_string(n) + "\n");
    EXPECT_EQ(20u, partners_["up"]->wait(20).size());
    partners_["down"]->waitForTries(3);
    EXPECT_TRUE(partners_["down"]->ids().empty());
    partners_["down"]->answer(nullptr);
    const std::vector<std::string> got = partners_["down"]->wait(20);
    ASSERT_EQ(20u, got.size());
    for (std::size_t n = 0; n < 20; ++n) EXPECT_EQ("k:" + std::to_string(n) + "\n", got[n]);
}

TEST_F(PipelineTest, WhatAPartnerRefusesIsSetAsideAndTheLaneGoesOn) {
    auto with = setup({"a"});
    partners_["a"]->answer([](const Delivery& delivery) -> Answer {
        if (delivery.body.view() == "k:bad\n")
            throw Refused("peer", "answered AE", {Bytes::copy("the peer's words"), "AE"});
        return {Bytes::copy("ok"), "AA"};
    });
    run(with);
    const std::string bad = acceptId("k:bad\n"), good = acceptId("k:good\n");
    EXPECT_TRUE(reach(bad, Stage::delivered).refused);
    EXPECT_THAT(partners_["a"]->wait(1), ElementsAre("k:good\n"));
    const DeliveryView delivery = store_->show(bad).value().deliveries.front();
    EXPECT_EQ(DeliveryState::setAside, delivery.state);
    EXPECT_EQ("the peer's words", delivery.answer.value().body.view());
    partners_["a"]->answer(nullptr);
    const std::vector<std::string> ids{delivery.id};
    EXPECT_FALSE(store_->replay(ids, "test").front());
    EXPECT_THAT(partners_["a"]->wait(2), ElementsAre("k:good\n", "k:bad\n"));
}

TEST_F(PipelineTest, APausedSourceIsToldToTryLater) {
    run(setup({"a"}));
    pipeline_->pause({"in", true, "anne", "maintenance", {}});
    const Accepted refused = accept("k:1\n");
    ASSERT_TRUE(refused.messages.front().error);
    EXPECT_EQ(Fault::unavailable, refused.messages.front().error->fault);
    EXPECT_THAT(refused.messages.front().error->reason().fr, HasSubstr("en pause"));
    EXPECT_TRUE(store_->list({}).empty());
    EXPECT_EQ(0u, store_->counts().refused) << "nobody is refused, only asked to wait";
    pipeline_->resume("in", "anne");
    acceptId("k:1\n");
    EXPECT_THAT(partners_["a"]->wait(1), ElementsAre("k:1\n"));
}

TEST_F(PipelineTest, APausedDestinationGetsNothingAndKeepsItsOrder) {
    run(setup({"a", "b"}));
    pipeline_->pause({"a/d", false, "anne", "maintenance", {}});
    for (int n = 0; n < 5; ++n) acceptId("k:" + std::to_string(n) + "\n");
    EXPECT_EQ(5u, partners_["b"]->wait(5).size());
    EXPECT_TRUE(partners_["a"]->ids().empty());
    for (const MessageView& message : store_->list({}))
        for (const DeliveryView& delivery : message.deliveries) {
            const bool waits = delivery.partner == "a";
            EXPECT_EQ(waits ? 0u : 1u, delivery.attempts);
        }
    pipeline_->resume("a/d", "anne");
    EXPECT_THAT(partners_["a"]->wait(5), ElementsAre("k:0\n", "k:1\n", "k:2\n", "k:3\n", "k:4\n"));
}

TEST_F(PipelineTest, AProbeIsLostNeitherByAPauseNorByAReloadNorByTheStore) {
    run(setup({"a"}));
    partners_["a"]->answer([](const Delivery&) -> Answer {
        throw Error(Fault::unavailable, "a:1", "connection refused");
    });
    const std::string id = acceptId("k:1\n");
    int tries = 2;
    const auto goesOn = [&] {
        partners_["a"]->waitForTries(tries);
        return ++tries;
    };
    goesOn();
    for (int i = 0; i < 3; ++i) {
        pipeline_->pause({"a/d", false, "anne", "maintenance", {}});
        pipeline_->resume("a/d", "anne");
        tries += 2;  // what was under way may end
        goesOn();
        auto other = setup({"a"});
        other->destinations["a/d"].concurrency = static_cast<unsigned>(1 + i);
        pipeline_->use(other);
        tries += 2;
        goesOn();
        store_->wake();
        goesOn();
    }
    partners_["a"]->answer(nullptr);
    EXPECT_TRUE(reach(id, Stage::delivered).reached);
}

std::size_t threads() {
    const std::filesystem::directory_iterator all("/proc/self/task"), end;
    return static_cast<std::size_t>(std::distance(all, end));
}

TEST_F(PipelineTest, WorkersComeWithTheWorkUpToTheConcurrencyAndGoWithIt) {
    auto with = setup({"a", "b"});
    for (auto& [name, destination] : with->destinations) destination.concurrency = 16;
    std::mutex mutex;
    std::condition_variable changed;
    unsigned together = 0, most = 0;
    bool go = false;
    partners_["a"]->answer([&](const Delivery&) -> Answer {
        std::unique_lock lock(mutex);
        most = std::max(most, ++together);
        changed.notify_all();
        changed.wait(lock, [&] { return go; });
        --together;
        return {Bytes::copy("ok"), "AA"};
    });
    run(with);
    const std::size_t idle = threads();
    // More than a worker takes at once.
    for (int n = 0; n < 300; ++n) acceptId(std::to_string(n) + ":x\n");
    {
        std::unique_lock lock(mutex);
        EXPECT_TRUE(changed.wait_for(lock, 20s, [&] { return most == 16; })) << most;
        go = true;
        changed.notify_all();
    }
    EXPECT_EQ(300u, partners_["a"]->wait(300).size());
    EXPECT_EQ(300u, partners_["b"]->wait(300).size());
    EXPECT_EQ(16u, most);
    for (const Time end = currentTime() + 30s; threads() > idle && currentTime() < end;)
        std::this_thread::yield();
    EXPECT_LE(threads(), idle);
}

/// Waits until no more than so many threads are there.
bool fewThreads(std::size_t most) {
    for (const Time end = currentTime() + 30s; threads() > most && currentTime() < end;)
        std::this_thread::yield();
    return threads() <= most;
}

TEST_F(PipelineTest, DestinationsWithoutWorkHaveNoThreads) {
    constexpr int kMany = 200;
    std::vector<std::string> names;
    for (int n = 0; n < kMany; ++n) names.push_back("p" + std::to_string(n));
    const std::size_t before = threads();
    run(setup(names));
    const std::size_t idle = threads();
    EXPECT_LT(idle, before + 20);
    for (int round = 0; round < 2; ++round) {
        for (int n = 0; n < 5; ++n) acceptId("k:" + std::to_string(5 * round + n) + "\n");
        for (const std::string& name : names) {
            const std::vector<std::string> got = partners_[name]->wait(5u * (round + 1));
            ASSERT_EQ(5u * (round + 1), got.size()) << name;
            for (std::size_t n = 0; n < got.size(); ++n)
                EXPECT_EQ("k:" + std::to_string(n) + "\n", got[n]) << name;
        }
        EXPECT_TRUE(fewThreads(idle)) << threads() << " threads, round " << round;
    }
}

TEST_F(PipelineTest, DestinationsThatAreAwayHaveNoThreadsEither) {
    std::vector<std::string> names;
    for (int n = 0; n < 100; ++n) names.push_back("p" + std::to_string(n));
    auto with = setup(names);
    std::atomic<bool> back{false};
    for (auto& [name, destination] : with->destinations) {
        destination.patience = {3s, 3s};
        partners_[destination.partner]->answer([&](const Delivery&) -> Answer {
            if (!back) throw Error(Fault::unavailable, "p:1", "connection refused");
            return {Bytes::copy("ok"), "AA"};
        });
    }
    run(with);
    const std::size_t idle = threads();
    const std::string id = acceptId("k:1\n");
    for (const std::string& name : names) partners_[name]->waitForTries(1);
    EXPECT_TRUE(fewThreads(idle)) << threads();
    back = true;
    EXPECT_TRUE(reach(id, Stage::delivered).reached);
}

TEST_F(PipelineTest, ALaneIsNotHeldUpByABusyOneThoughNobodyWaitedForIt) {
    auto with = setup({"a"});
    std::mutex mutex;
    std::condition_variable changed;
    bool go = false;
    partners_["a"]->answer([&](const Delivery& delivery) -> Answer {
        std::unique_lock lock(mutex);
        if (delivery.body.view() == "slow:1\n") changed.wait(lock, [&] { return go; });
        return {Bytes::copy("ok"), "AA"};
    });
    run(with);
    const std::size_t idle = threads();
    const std::string slow = acceptId("slow:1\n");
    partners_["a"]->waitForTries(1);
    EXPECT_TRUE(fewThreads(idle + 1));
    EXPECT_TRUE(reach(acceptId("other:1\n"), Stage::delivered).reached);
    {
        const std::lock_guard lock(mutex);
        go = true;
    }
    changed.notify_all();
    EXPECT_TRUE(reach(slow, Stage::delivered).reached);
}

TEST_F(PipelineTest, WhatNobodyTellsTheDispatcherOfIsFoundTooWhereNobodyWaits) {
    partners_["a"] = std::make_shared<FakePartner>();
    partners_["a"]->answer([](const Delivery&) -> Answer {
        throw Refused("a:1", "AE", {Bytes::copy("no"), "AE"});
    });
    run(setup({"a"}));
    const std::size_t idle = threads();
    const std::string id = acceptId("k:1\n");
    EXPECT_TRUE(reach(id, Stage::delivered).refused);
    EXPECT_TRUE(fewThreads(idle));
    partners_["a"]->answer(nullptr);
    const std::string delivery = store_->show(id)->deliveries.front().id;
    EXPECT_FALSE(store_->replay(std::vector{delivery}, "anne").front());
    EXPECT_EQ(1u, partners_["a"]->wait(1).size());
}

TEST_F(PipelineTest, WhatIsUncertainIsSentAgainUnderTheSameIdBeforeAnythingNewer) {
    auto with = setup({"a"});
    std::mutex mutex;
    std::vector<std::string> sent, bodies;
    partners_["a"]->answer([&](const Delivery& delivery) -> Answer {
        const std::lock_guard lock(mutex);
        sent.push_back(delivery.controlId);
        bodies.emplace_back(delivery.body.view());
        if (sent.size() == 1) throw Error(Fault::uncertain, "peer", "no answer in time");
        return {Bytes::copy("ok"), "AA"};
    });
    run(with);
    acceptId("k:1\n");
    acceptId("k:2\n");
    partners_["a"]->wait(2);
    const std::lock_guard lock(mutex);
    ASSERT_EQ(3u, sent.size());
    EXPECT_EQ(sent[0], sent[1]);
    EXPECT_THAT(bodies, ElementsAre("k:1\n", "k:1\n", "k:2\n"));
}

TEST_F(PipelineTest, WhatNoRouteTakesIsHeldAndReplayedUnderANewConfiguration) {
    auto with = setup({"a"});
    with->routes.front().when =
        std::make_shared<FakeExpression>([](Node) { return std::string("false"); });
    run(with);
    const std::string id = acceptId("k:1\n");
    const Progress progress = reach(id, Stage::translated);
    EXPECT_TRUE(progress.refused);
    EXPECT_THAT(progress.reason.en, HasSubstr("'when' is not met"));
    EXPECT_THAT(progress.reason.fr, HasSubstr("n'est pas remplie"));
    pipeline_->use(setup({"a"}));
    const std::vector<std::string> ids{id};
    EXPECT_FALSE(store_->replay(ids, "test").front());
    EXPECT_THAT(partners_["a"]->wait(1), ElementsAre("k:1\n"));
}

TEST_F(PipelineTest, OneRecipientsFailingMapHoldsThatDeliveryAlone) {
    auto with = setup({"a", "b"});
    with->destinations["a/d"].map = {"to-a", std::make_shared<FakeMap>("k:1")};
    run(with);
    const std::string id = acceptId("k:1\n");
    EXPECT_THAT(partners_["b"]->wait(1), ElementsAre("k:1\n"));
    reach(id, Stage::translated);
    const MessageView message = store_->show(id).value();
    EXPECT_EQ(MessageState::translated, message.state);
    std::string held;
    for (const DeliveryView& delivery : message.deliveries)
        if (delivery.state == DeliveryState::held) held = delivery.id;
    ASSERT_FALSE(held.empty());
    auto mended = setup({"a", "b"});
    mended->destinations["a/d"].map = {"to-a", std::make_shared<FakeMap>("")};
    pipeline_->use(mended);
    const std::vector<std::string> ids{held};
    EXPECT_FALSE(store_->replay(ids, "test").front());
    EXPECT_THAT(partners_["a"]->wait(1), ElementsAre("k:1\n"));
    EXPECT_EQ(1u, partners_["b"]->wait(1).size());
}

TEST_F(PipelineTest, AMapMayDeliverWhatHasErrorsAndTheTimelineTellsThem) {
    auto with = setup({"a"});
    const auto up = std::make_shared<FakeMap>("k:1"), down = std::make_shared<FakeMap>("k:1");
    up->deliverWithErrors();
    down->deliverWithErrors();
    with->routes[0].map = {"up", up};
    with->destinations["a/d"].map = {"to-a", down};
    run(with);
    const std::string id = acceptId("k:1\n");
    EXPECT_THAT(partners_["a"]->wait(1), ElementsAre("k:1\n"));
    reach(id, Stage::translated);
    std::string told;
    const MessageView message = store_->show(id).value();
    for (const EventView& event : message.timeline)
        told += event.text.en + "|" + event.text.fr + "\n";
    EXPECT_THAT(told,
                HasSubstr("up: line 1: cannot be carried|up : ligne 1 : ne peut être repris"));
    EXPECT_THAT(told, HasSubstr("to-a: line 1: cannot be carried"));
}

/// A recipient that is refused once the second edition is known.
class FakePolicy final : public Policy {
public:
    Decisions decide(const Document& pivot, const Context&, const Directory&,
                     const Register&) const override {
        Decisions decisions;
        const bool refuses = pivot.root().firstChild().text() == "k:refuses a";
        const bool damaged = pivot.root().firstChild().text() == "k:damaged";
        decisions.plan = damaged ? "damaged" : "plan";
        decisions.edition = refuses ? "2" : "1";
        decisions.recipients.push_back({"a", "a", !refuses, {}, {"because", "parce que"}});
        decisions.recipients.push_back({"b", "b", true, {}, {"member", "membre"}});
        if (damaged) return decisions;
        RegisterEntry entry;
        entry.key = "plan";
        entry.edition = decisions.edition;
        if (refuses) entry.barred = {"a"};
        decisions.changes.push_back({entry, refuses ? 2 : 1});
        return decisions;
    }
    Decision recheck(const DeliveryHead& delivery, const Directory&,
                     const Register& plans) const override {
        if (delivery.plan == "damaged")
            throw Error(Fault::internal, "register", {"it is damaged", "il est endommagé"});
        if (fails) throw std::logic_error("a mistake of its own");
        if (away.exchange(false))
            throw Error(Fault::unavailable, "register", {"not now", "pas maintenant"});
        Decision decision;
        const auto entry = plans.find(delivery.plan);
        decision.send = !entry || std::find(entry->barred.begin(), entry->barred.end(),
                                            delivery.partner) == entry->barred.end();
        decision.reason = {"refused since", "refusé depuis"};
        return decision;
    }
    std::atomic<bool> fails{false};         ///< when it is asked again
    mutable std::atomic<bool> away{false};  ///< the same, once
};

TEST_F(PipelineTest, ALaterRefusalReachesWhatWaits) {
    auto with = setup({"a", "b"});
    const auto policy = std::make_shared<FakePolicy>();
    with->routes.front().to.clear();
    with->routes.front().policy = policy;
    with->recheck = policy;
    with->destinations["a/d"].concurrency = 1;
    partners_["a"]->answer([](const Delivery&) -> Answer {
        throw Error(Fault::unavailable, "a:1", "connection refused");
    });
    run(with);
    const std::string first = acceptId("k:first\n");
    partners_["a"]->waitForTries(1);
    const std::string second = acceptId("k:refuses a\n");
    partners_["b"]->wait(2);
    partners_["a"]->answer(nullptr);
    EXPECT_TRUE(reach(first, Stage::delivered).reached);
    const MessageView waiting = store_->show(first).value();
    for (const DeliveryView& delivery : waiting.deliveries)
        EXPECT_EQ(delivery.partner == "a" ? DeliveryState::closed : DeliveryState::delivered,
                  delivery.state);
    EXPECT_TRUE(partners_["a"]->ids().empty());
    EXPECT_THAT(states(second), testing::Contains("left-out"));
    // The worker that was let through to try the partner again found nothing that it may send: the
    // next one must be let through too.
    EXPECT_TRUE(reach(acceptId("k:third\n"), Stage::delivered).reached);
}

TEST_F(PipelineTest, WhatThePolicyCannotJudgeIsSetAsideAndItsLaneGoesOn) {
    auto with = setup({"a", "b"});
    const auto policy = std::make_shared<FakePolicy>();
    with->routes.front().to.clear();
    with->routes.front().policy = policy;
    with->recheck = policy;
    run(with);
    const std::string damaged = acceptId("k:damaged\n"), next = acceptId("k:next\n");
    EXPECT_TRUE(reach(next, Stage::delivered).reached);
    const MessageView view = store_->show(damaged).value();
    EXPECT_EQ(2u, view.deliveries.size());
    for (const DeliveryView& one : view.deliveries) {
        EXPECT_EQ(DeliveryState::setAside, one.state);
        EXPECT_EQ("the policy could not be asked: it is damaged", one.reason.en);
    }
    EXPECT_EQ(1u, partners_["a"]->ids().size());
}

TEST_F(PipelineTest, APolicyThatFailsWhenAskedAgainStopsNobody) {
    auto with = setup({"a", "b"});
    const auto policy = std::make_shared<FakePolicy>();
    with->routes.front().to.clear();
    with->routes.front().policy = policy;
    with->recheck = policy;
    policy->fails = true;
    run(with);
    const std::string id = acceptId("k:first\n");
    EXPECT_TRUE(reach(id, Stage::delivered).refused);
    EXPECT_EQ("the policy could not be asked: internal failure",
              store_->show(id)->deliveries.front().reason.en);
    policy->fails = false;
    policy->away = true;  // the lease of what was claimed then is a minute
    EXPECT_TRUE(reach(acceptId("k:next\n"), Stage::delivered).reached);
}

TEST_F(PipelineTest, WhatWasAcceptedIsDeliveredAfterARestart) {
    auto with = setup({"a"});
    partners_["a"]->answer([](const Delivery&) -> Answer {
        throw Error(Fault::unavailable, "a:1", "connection refused");
    });
    run(with);
    for (int n = 0; n < 10; ++n) acceptId("k:" + std::to_string(n) + "\n");
    pipeline_->stop();
    pipeline_.reset();
    store_.reset();
    partners_["a"]->answer(nullptr);
    open();
    run(setup({"a"}));
    EXPECT_EQ(10u, partners_["a"]->wait(10).size());
}

TEST_F(PipelineTest, WhatWasInFlightAtACrashWaitsForAPersonWhereDoubtIsHeld) {
    auto with = setup({"a"});
    with->destinations["a/d"].holdUncertain = true;
    partners_["a"]->answer([](const Delivery&) -> Answer {
        throw Error(Fault::unavailable, "a:1", "connection refused");
    });
    run(with);
    const std::string first = acceptId("k:1\n"), second = acceptId("k:2\n");
    EXPECT_TRUE(reach(first, Stage::translated).reached);
    EXPECT_TRUE(reach(second, Stage::translated).reached);
    pipeline_->stop();
    pipeline_.reset();
    // A sender that dies with the first in flight.
    LaneClaim lane;
    while (lane.deliveries.empty())
        for (LaneClaim& claimed : store_->claimLanes("a/d", 1, 1, Lease{60s, 1s}))
            lane = std::move(claimed);
    const ClaimId claim{lane.deliveries[0].id, lane.deliveries[0].epoch};
    EXPECT_EQ(Settled::done, store_->inflight(std::span(&claim, 1)).front());
    store_.reset();
    partners_["a"]->answer(nullptr);
    open();
    run(with);
    const auto held = [&] {
        const auto timeline = store_->show(first)->timeline;
        return timeline.back().what == "uncertain" &&
               timeline.back().text.en.find("person") != std::string::npos;
    };
    const Time late = currentTime() + 20s;
    while (!held() && currentTime() < late) std::this_thread::yield();
    ASSERT_TRUE(held());
    EXPECT_TRUE(partners_["a"]->ids().empty());
    EXPECT_FALSE(store_->replay(std::vector{claim.id}, "test").front());
    EXPECT_THAT(partners_["a"]->wait(2), ElementsAre("k:1\n", "k:2\n"));
}

}  // namespace
