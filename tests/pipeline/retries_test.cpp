/// Partners that are away, over time: with a clock of its own, so that a weekend takes seconds.
#include <thread>

#include "fake_clock.h"
#include "fixture.h"
#include "gateway/deferred.h"

namespace {
using namespace pipeline_test;

class RetriesTest : public PipelineTest {
protected:
    RetriesTest() {
        pipeline_.reset();
        store_.reset();
        SqliteOptions options;
        options.path = folder_ + "/slow.db";
        options.clock = [this] { return clock_.now(); };
        store_ = openSqliteStore(options, &log_);
        PipelineOptions with;
        with.clock = &clock_;
        with.lease = 24h;
        pipeline_ = std::make_unique<Pipeline>(*store_, log_, with);
    }
    ~RetriesTest() override { pipeline_.reset(); }

    /// Answers with that until then, and notes each try.
    FakePartner::Script awayFor(Milliseconds time, std::function<void()> fails) {
        return [this, until = clock_.now() + time, fails](const Delivery&) -> Answer {
            {
                const std::lock_guard lock(mutex_);
                tries_.push_back(clock_.now());
            }
            if (clock_.now() < until) fails();
            return {Bytes::copy("ok"), "AA"};
        };
    }
    std::vector<Time> tries() {
        const std::lock_guard lock(mutex_);
        return tries_;
    }
    std::uint64_t inState(const std::string& state) {
        std::uint64_t count = 0;
        const Counts counts = store_->counts();
        for (const auto& [name, states] : counts.deliveries)
            if (const auto found = states.find(state); found != states.end())
                count += found->second;
        return count;
    }

    FakeClock clock_{timeFromText("2027-01-08T17:00:00.000Z")};
    std::mutex mutex_;  ///< guards the rest
    std::vector<Time> tries_;
    std::string turns_;  ///< who was sent something
};

void refuseConnection() { throw Error(Fault::unavailable, "a:1", "connection refused"); }

TEST_F(RetriesTest, AWeekendsOutageSetsNothingAside) {
    auto with = setup({"a"});
    with->destinations["a/d"].patience = {1s, 900s};
    with->destinations["a/d"].concurrency = 1;
    partners_["a"]->answer(awayFor(62h, refuseConnection));
    run(with);
    for (int n = 0; n < 40; ++n) acceptId(std::to_string(n % 10) + ":" + std::to_string(n) + "\n");
    const std::vector<std::string> got = partners_["a"]->wait(40);
    ASSERT_EQ(40u, got.size());
    for (int key = 0; key < 10; ++key) {
        std::vector<std::string> lane, expected;
        for (const std::string& body : got)
            if (body[0] - '0' == key) lane.push_back(body);
        for (int n = key; n < 40; n += 10)
            expected.push_back(std::to_string(key) + ":" + std::to_string(n) + "\n");
        EXPECT_EQ(expected, lane);
    }
    EXPECT_EQ(0u, inState("set-aside"));
    const std::vector<Time> all = tries();
    // 62 h in steps of about a quarter of an hour.
    EXPECT_GT(all.size(), 220u);
    EXPECT_LT(all.size(), 320u);
    EXPECT_TRUE(log_.has("available-again"));
}

TEST_F(RetriesTest, AHundredLanesAskOnceWhetherItIsBack) {
    auto with = setup({"a"});
    with->destinations["a/d"].patience = {10s, 16s};
    with->destinations["a/d"].concurrency = 16;
    clock_.giveOthers(2ms);
    partners_["a"]->answer(awayFor(20min, refuseConnection));
    run(with);
    for (int n = 0; n < 100; ++n) acceptId(std::to_string(n) + ":x\n");
    EXPECT_EQ(100u, partners_["a"]->wait(100).size());
    const std::vector<Time> all = tries();
    // Workers that were under way at the first failure may have asked too.
    std::size_t together = 1;
    while (together < all.size() && all[together] - all[together - 1] < 8s) ++together;
    EXPECT_LE(together, 16u);
    const Time back = all.front() + 20min;
    std::size_t probes = 0;
    for (std::size_t i = together; i < all.size() && all[i] < back; ++i, ++probes)
        EXPECT_GE(all[i] - all[i - 1], 8s) << "try " << i;
    EXPECT_GT(probes, 50u);
    EXPECT_LT(probes, 110u);
}

TEST_F(RetriesTest, APartnerThatSaysWhenIsNotAskedBefore) {
    auto with = setup({"a"});
    with->destinations["a/d"].patience = {1s, 60s};
    with->destinations["a/d"].concurrency = 1;
    partners_["a"]->answer(awayFor(3h, [] { throw Later("a:1", "answers HTTP 503", 30min); }));
    run(with);
    for (int n = 0; n < 20; ++n) acceptId(std::to_string(n) + ":x\n");
    EXPECT_EQ(20u, partners_["a"]->wait(20).size());
    const std::vector<Time> all = tries();
    for (std::size_t i = 1; all[i] < all.front() + 3h; ++i) EXPECT_GE(all[i] - all[i - 1], 30min);
}

TEST_F(RetriesTest, TheWordsOfEachTryStandOnTheTimeline) {
    auto with = setup({"a"});
    with->destinations["a/d"].patience = {1s, 60s};
    with->destinations["a/d"].concurrency = 1;
    partners_["a"]->answer(awayFor(10s, [] {
        throw Deferred("a:1", "answers HTTP 503", Milliseconds(0),
                       {Bytes::copy("the peer's words"), "503"});
    }));
    run(with);
    const std::string id = acceptId("k:1\n");
    EXPECT_TRUE(reach(id, Stage::delivered).reached);
    std::size_t words = 0;
    const MessageView message = *store_->show(id);
    for (const EventView& event : message.timeline)
        words += (event.text.en + event.text.fr).find("the peer's words") != std::string::npos;
    EXPECT_EQ(tries().size() - 1, words);
    EXPECT_GT(words, 2u);
}

TEST_F(RetriesTest, WhoTakesAndNeverAnswersIsLeftAloneToo) {
    auto with = setup({"a"});
    with->destinations["a/d"].patience = {1s, 60s};
    with->destinations["a/d"].concurrency = 1;
    partners_["a"]->answer(
        awayFor(1h, [] { throw Error(Fault::uncertain, "a:1", "no answer in time"); }));
    run(with);
    for (int n = 0; n < 50; ++n) acceptId(std::to_string(n) + ":x\n");
    EXPECT_EQ(50u, partners_["a"]->wait(50).size());
    EXPECT_LT(tries().size(), 50u + 3u + 120u) << "one probe a minute, not fifty";
}

TEST_F(RetriesTest, GivesUpOnlyWhereItIsTold) {
    auto with = setup({"a"});
    with->destinations["a/d"].patience = {1s, 300s};
    with->destinations["a/d"].concurrency = 1;
    with->destinations["a/d"].giveUpAfter = 2h;
    partners_["a"]->answer(awayFor(1000h, refuseConnection));
    run(with);
    const std::string id = acceptId("k:1\n"), next = acceptId("k:2\n");
    EXPECT_TRUE(reach(id, Stage::delivered).refused);
    EXPECT_TRUE(reach(next, Stage::delivered).refused);
    const DeliveryView delivery = store_->show(id)->deliveries.front();
    EXPECT_EQ(DeliveryState::setAside, delivery.state);
    EXPECT_THAT(delivery.reason.en, testing::HasSubstr("given up"));
    EXPECT_THAT(delivery.reason.fr, testing::HasSubstr("abandonné"));
    const std::vector<Time> all = tries();
    EXPECT_GE(all.back() - all.front(), 2h);
    EXPECT_GE(all.back() - all[all.size() - 2], 240s) << "it is still broken: no burst";
}

TEST_F(RetriesTest, WhatIsGivenUpIsGivenUpTogether) {
    auto with = setup({"a"});
    with->destinations["a/d"].patience = {1s, 300s};
    with->destinations["a/d"].concurrency = 1;
    with->destinations["a/d"].giveUpAfter = 2h;
    partners_["a"]->answer(awayFor(1000h, refuseConnection));
    run(with);
    pipeline_->pause({"a/d", false, "anne", "", {}});
    std::vector<std::string> all;
    for (int n = 0; n < 100; ++n)
        all.push_back(acceptId(std::to_string(n % 50) + ":" + std::to_string(n) + "\n"));
    for (const std::string& id : all) reach(id, Stage::translated);
    const Time before = clock_.now();
    pipeline_->resume("a/d", "anne");
    for (const std::string& id : all) EXPECT_TRUE(reach(id, Stage::delivered).refused);
    EXPECT_LT(clock_.now() - before, 2h + 20min);
    for (const std::string& id : all) {
        const MessageView message = *store_->show(id);
        EXPECT_EQ(DeliveryState::setAside, message.deliveries.front().state);
        EXPECT_LT(message.timeline.size(), 100u) << "what waits is not shown as given back";
    }
}

TEST_F(RetriesTest, WhatIsTakenAndNeverAnsweredIsGivenUpTooWhereItIsTold) {
    auto with = setup({"a"});
    with->destinations["a/d"].patience = {1s, 300s};
    with->destinations["a/d"].concurrency = 1;
    with->destinations["a/d"].giveUpAfter = 2h;
    partners_["a"]->answer(
        awayFor(1000h, [] { throw Error(Fault::uncertain, "a:1", "no answer in time"); }));
    run(with);
    const std::string id = acceptId("k:1\n");
    Progress given;
    for (int n = 0; n < 200 && !given.refused; ++n, clock_.pass(5min))
        given = pipeline_->inbox().wait(id, Stage::delivered, currentTime() + 100ms);
    EXPECT_TRUE(given.refused);
    const DeliveryView delivery = store_->show(id)->deliveries.front();
    EXPECT_EQ(DeliveryState::setAside, delivery.state);
    EXPECT_THAT(delivery.reason.en,
                testing::AllOf(testing::HasSubstr("given up"), testing::HasSubstr("no answer")));
    const std::vector<Time> all = tries();
    EXPECT_GE(all.back() - all.front(), 2h);
}

TEST_F(RetriesTest, AReloadAsksOnceMoreAtOnceButNotBeforeThePartnerWants) {
    auto with = setup({"a", "b"});
    const auto mended = setup({"a", "b"});
    for (const auto& one : {with, mended})
        for (auto& [name, destination] : one->destinations) {
            destination.patience = {10h, 10h};
            destination.concurrency = 1;  // else another may be under way already
        }
    std::atomic<bool> away{true};
    std::atomic<int> asked{0};
    const Time begin = clock_.now();
    partners_["a"]->answer([&](const Delivery&) -> Answer {
        if (away) refuseConnection();
        return {Bytes::copy("ok"), "AA"};
    });
    partners_["b"]->answer([&](const Delivery&) -> Answer {
        if (asked++ == 0) throw Later("b:1", "answers HTTP 503", 2h);
        EXPECT_GE(clock_.now() - begin, 2h);
        return {Bytes::copy("ok"), "AA"};
    });
    clock_.giveOthers(100h);  // time stands still
    run(with);
    acceptId("k:1\n");
    const Time most = currentTime() + 20s;
    for (const char* const name : {"a/d", "b/d"})
        while (!pipeline_->gates().at(name).broken && currentTime() < most)
            std::this_thread::yield();
    EXPECT_TRUE(reach(acceptId("other:1\n"), Stage::translated).reached);
    away = false;
    clock_.pass(10min);
    pipeline_->use(mended);
    EXPECT_EQ(1u, partners_["a"]->wait(1).size());
    clock_.pass(3h);
    pipeline_->use(with);
    EXPECT_EQ(1u, partners_["b"]->wait(1).size());
}

TEST_F(RetriesTest, WhatNobodyWasAskedForTellsNothingOfThePartner) {
    auto with = setup({"a"});
    with->destinations["a/d"].patience = {1s, 60s};
    with->destinations["a/d"].concurrency = 1;
    const Time back = clock_.now() + 10min;
    partners_["a"]->answer([this, back](const Delivery& delivery) -> Answer {
        if (delivery.body.view() == "bad:x\n")
            throw Error(Fault::rejected, "a:1", "MLLP cannot carry it");
        {
            const std::lock_guard lock(mutex_);
            tries_.push_back(clock_.now());
        }
        if (clock_.now() < back) refuseConnection();
        return {Bytes::copy("ok"), "AA"};
    });
    run(with);
    for (int n = 0; n < 5; ++n) acceptId(std::to_string(n) + ":x\n");
    const std::string bad = acceptId("bad:x\n");
    EXPECT_TRUE(reach(bad, Stage::delivered).refused);
    EXPECT_EQ(5u, partners_["a"]->wait(5).size());
    const std::vector<Time> all = tries();
    for (std::size_t i = 1; i < all.size() && all[i] < back; ++i)
        EXPECT_GE(all[i] - all[i - 1], 800ms);
}

TEST_F(RetriesTest, NothingGoesOutInQuietHoursAndAllGoesAfterThem) {
    auto with = setup({"a", "b"});
    std::array<bool, 7> daily;
    daily.fill(true);
    // Paris is an hour ahead: it is 18:00.
    with->destinations["a/d"].concurrency = 1;
    with->destinations["b/d"].concurrency = 1;
    with->destinations["a/d"].quiet = QuietHours({{daily, 17h, 19h}}, "Europe/Paris");
    partners_["a"]->answer(awayFor(0ms, refuseConnection));
    run(with);
    for (int n = 0; n < 10; ++n) acceptId("k:" + std::to_string(n) + "\n");
    EXPECT_EQ(10u, partners_["a"]->wait(10).size());
    EXPECT_EQ(timeFromText("2027-01-08T18:00:00.000Z"), tries().front());
    EXPECT_EQ(10u, partners_["b"]->wait(10).size());
}

TEST_F(RetriesTest, DestinationsOfAPartnerTakeTheTurnsOfItsRateByTurns) {
    auto with = setup({"a", "b"});
    for (auto& [name, destination] : with->destinations) {
        destination.partner = "a";
        destination.partnerRate = Rate{1, 60s};
        destination.concurrency = 1;
        partners_[name.substr(0, 1)]->answer([this, name = name](const Delivery&) -> Answer {
            const std::lock_guard lock(mutex_);
            turns_ += name[0];
            return {Bytes::copy("ok"), "AA"};
        });
    }
    run(with);
    for (int n = 0; n < 10; ++n) acceptId(std::to_string(n) + ":x\n");
    EXPECT_EQ(10u, partners_["a"]->wait(10).size());
    EXPECT_EQ(10u, partners_["b"]->wait(10).size());
    const std::lock_guard lock(mutex_);
    const auto half = turns_.begin() + 10;
    EXPECT_NEAR(5, static_cast<int>(std::count(turns_.begin(), half, 'a')), 2) << turns_;
}

TEST_F(RetriesTest, AReloadChangesTheRateAtOnce) {
    run(setup({"a"}));
    auto slower = setup({"a"});
    slower->destinations["a/d"].concurrency = 1;
    slower->destinations["a/d"].rate = Rate{1, 60s};
    pipeline_->use(slower);
    partners_["a"]->answer(awayFor(0ms, refuseConnection));
    for (int n = 0; n < 5; ++n) acceptId(std::to_string(n) + ":x\n");
    EXPECT_EQ(5u, partners_["a"]->wait(5).size());
    const std::vector<Time> all = tries();
    for (std::size_t i = 1; i < all.size(); ++i) EXPECT_GE(all[i] - all[i - 1], 60s);
}

}  // namespace
