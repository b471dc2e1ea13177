#include "pipeline/gate.h"

#include <thread>

#include "fake_clock.h"

namespace {
using namespace gateway;
using namespace std::chrono_literals;
using pipeline_test::FakeClock;

const Patience kPatience{1000ms, 60'000ms};
const Reason kDown{"connection refused", "connexion refusée"};

class GateTest : public testing::Test {
protected:
    /// How long wait() takes.
    Milliseconds waited() {
        const Time before = clock_.now();
        while (!gate_.wait()) {
        }
        return clock_.now() - before;
    }

    FakeClock clock_{timeFromText("2027-01-04T12:00:00.000Z")};
    Gate gate_{clock_};
};

TEST_F(GateTest, LetsNobodyButAProbeThroughWhileItIsBroken) {
    EXPECT_EQ(0ms, waited());
    auto pass = gate_.wait();
    const Gate::Pass::Failed failed = pass->failed(kPatience, 0ms, kDown);
    EXPECT_TRUE(failed.tell);
    EXPECT_TRUE(gate_.broken());
    EXPECT_EQ(kDown, gate_.view().why);
    EXPECT_EQ(failed.next, gate_.view().next);
    auto probe = gate_.wait();
    ASSERT_TRUE(probe);
    EXPECT_EQ(failed.next, clock_.now());
    EXPECT_FALSE(gate_.wait()) << "its time is over, and the probe is still away";
    EXPECT_FALSE(probe->failed(kPatience, 0ms, kDown).tell) << "one cause is told once";
    EXPECT_TRUE(probe->failed(kPatience, 0ms, Reason("wrong certificate")).tell);
    probe.reset();
    auto next = gate_.wait();
    EXPECT_TRUE(next->answered());
    EXPECT_FALSE(gate_.broken());
    EXPECT_EQ(0ms, waited());
    EXPECT_TRUE(next->failed(kPatience, 0ms, kDown).tell) << "it was well in between";
}

TEST_F(GateTest, AProbeThatTellsNothingIsGivenBack) {
    gate_.wait()->failed(kPatience, 0ms, kDown);
    waited();
    EXPECT_EQ(0ms, waited()) << "the first was dropped unused";
    {
        auto probe = gate_.wait();
        auto moved = std::move(*probe);
    }
    EXPECT_EQ(0ms, waited());
    try {
        auto probe = gate_.wait();
        throw std::runtime_error("the store is gone");
    } catch (const std::runtime_error&) {
        EXPECT_EQ(0ms, waited());
    }
}

TEST_F(GateTest, TellsWhoDoesNotWaitWhenItOpens) {
    Clock::Steady opens{};
    gate_.pass(opens)->failed(kPatience, 0ms, kDown);
    EXPECT_FALSE(gate_.pass(opens));
    EXPECT_GT(opens, clock_.steady());
    clock_.pass(std::chrono::ceil<Milliseconds>(opens - clock_.steady()));
    auto probe = gate_.pass(opens);
    EXPECT_TRUE(probe);
    EXPECT_FALSE(gate_.pass(opens));
    EXPECT_EQ(Clock::Steady::max(), opens) << "somebody else has the probe";
    probe.reset();
    EXPECT_TRUE(gate_.pass(opens));
}

TEST_F(GateTest, WhoWasUnderWayDoesNotTakeTheProbeAway) {
    auto first = gate_.wait(), late = gate_.wait();
    first->failed(kPatience, 0ms, kDown);
    auto probe = gate_.wait();
    late->failed(kPatience, 0ms, kDown);
    late.reset();
    EXPECT_FALSE(gate_.wait()) << "the probe is still away";
}

TEST_F(GateTest, WaitsForTheEndOfTheQuietTime) {
    std::array<bool, 7> daily;
    daily.fill(true);
    gate_.follow(QuietHours({{daily, 13h, 15h + 30min}}, "UTC"), {});
    EXPECT_EQ(0ms, waited());
    clock_.pass(2h);
    EXPECT_TRUE(gate_.quiet());
    EXPECT_EQ(90min, waited());
    EXPECT_FALSE(gate_.quiet());
    clock_.putRight(-1h);
    EXPECT_TRUE(gate_.quiet()) << "the time of day counts";
    gate_.follow({}, {});
    EXPECT_FALSE(gate_.quiet()) << "a reload counts at once";
}

TEST_F(GateTest, KeepsThePace) {
    const auto pace = std::make_shared<Pace>();
    pace->limit({20, 1000ms});
    gate_.follow({}, {pace});
    std::vector<Time> sent;
    for (int i = 0; i < 200; ++i) {
        waited();
        ASSERT_EQ(1u, gate_.room(128));
        ASSERT_TRUE(gate_.take(1));
        sent.push_back(clock_.now());
    }
    for (std::size_t i = 20; i < sent.size(); ++i)
        EXPECT_GE(sent[i] - sent[i - 20], 1000ms) << "at most 20 in any second";
    EXPECT_LT(sent.back() - sent.front(), 10'500ms) << "and not much less";
}

TEST_F(GateTest, FastPacesGoInSmallHeaps) {
    const auto pace = std::make_shared<Pace>();
    pace->limit({10'000, 1000ms});
    gate_.follow({}, {pace});
    std::size_t sent = 0;
    for (const Time before = clock_.now(); clock_.now() < before + 1000ms; waited()) {
        const std::size_t heap = gate_.room(128);
        ASSERT_LE(heap, 128u);
        ASSERT_TRUE(gate_.take(heap));
        sent += heap;
    }
    EXPECT_GT(sent, 9'000u);
    EXPECT_LE(sent, 10'000u);
}

TEST_F(GateTest, DestinationsShareTheirPartnersPace) {
    const auto shared = std::make_shared<Pace>();
    shared->limit({1, 1000ms});
    Gate other(clock_);
    gate_.follow({}, {shared});
    other.follow({}, {shared});
    EXPECT_TRUE(gate_.take(1));
    EXPECT_EQ(0u, other.room(1));
    EXPECT_FALSE(other.take(1));
    while (!other.wait()) {
    }
    EXPECT_TRUE(other.take(1));
    EXPECT_FALSE(gate_.take(1));
}

TEST_F(GateTest, TheNextProbeKeepsThePaceAndTheQuietTimeToo) {
    const auto pace = std::make_shared<Pace>();
    pace->limit({1, 60'000ms});
    gate_.follow({}, {pace});
    auto pass = gate_.wait();
    gate_.take(1);
    pass->failed(kPatience, 0ms, kDown);
    EXPECT_GE(gate_.view().next, clock_.now() + 61s);
    std::array<bool, 7> daily;
    daily.fill(true);
    gate_.follow(QuietHours({{daily, 11h, 15h}}, "UTC"), {pace});
    EXPECT_EQ(gate_.view().next, timeFromText("2027-01-04T15:00:00.000Z"));
}

TEST_F(GateTest, AFasterPaceHoldsAtOnce) {
    const auto pace = std::make_shared<Pace>();
    pace->limit({1, 60'000ms});
    gate_.follow({}, {pace});
    gate_.take(1);
    pace->limit({10, 1000ms});
    EXPECT_LE(waited(), 110ms);
}

TEST(Gate, StopAndFollowWakeWhoWaits) {
    Gate gate(Clock::real());
    gate.wait()->failed({1h, 1h}, 0ms, kDown);
    std::atomic<int> woken{0};
    std::thread waiting([&] {
        EXPECT_FALSE(gate.wait());
        ++woken;
    });
    while (woken == 0) gate.follow({}, {});
    waiting.join();
    std::thread again([&] { EXPECT_FALSE(gate.wait()); });
    gate.stop();
    again.join();
}

}  // namespace
