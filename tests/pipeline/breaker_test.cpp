#include "pipeline/breaker.h"

namespace {
using namespace gateway;
using namespace std::chrono_literals;
using Steady = Clock::Steady;

const Patience kPatience{1000ms, 60'000ms};

TEST(Backoff, GrowsAndStaysBelowTheMostWithItsJitter) {
    for (int i = 0; i < 100; ++i) {
        EXPECT_GE(backoff(1, kPatience), 800ms);
        EXPECT_LE(backoff(1, kPatience), 1200ms);
        EXPECT_GE(backoff(4, kPatience), 6400ms);
        EXPECT_LE(backoff(4, kPatience), 9600ms);
        EXPECT_LE(backoff(4'000'000'000u, kPatience), 72'000ms);
    }
}

TEST(Backoff, IsNotTheSameForAll) {
    std::set<std::int64_t> seen;
    for (int i = 0; i < 50; ++i) seen.insert(backoff(7, kPatience).count());
    EXPECT_GT(seen.size(), 10u);
}

TEST(Breaker, LetsOneProbeThroughAndAllOnceItClosed) {
    Breaker breaker;
    Steady now(1h);
    EXPECT_FALSE(breaker.enter()) << "no probe where nothing is broken";
    EXPECT_TRUE(breaker.failed(now, kPatience, 0ms));
    EXPECT_FALSE(breaker.lets(now));
    now = breaker.until();
    EXPECT_TRUE(breaker.lets(now));
    EXPECT_TRUE(breaker.enter());
    EXPECT_FALSE(breaker.lets(now)) << "one at a time";
    breaker.leave();
    EXPECT_TRUE(breaker.lets(now));
    EXPECT_TRUE(breaker.answered());
    EXPECT_FALSE(breaker.answered());
    EXPECT_TRUE(breaker.lets(now));
}

TEST(Breaker, ItsNextProbeCanBeHurriedButForWhatItWasAsked) {
    Breaker breaker;
    const Steady now(1h);
    breaker.hurry(now, true);
    EXPECT_FALSE(breaker.isOpen());
    breaker.failed(now, {10h, 10h}, 0ms);
    breaker.hurry(now + 1s, false);
    EXPECT_TRUE(breaker.lets(now + 1s));
    breaker.failed(now + 1s, {10h, 10h}, 2h);
    breaker.hurry(now + 2s, false);
    EXPECT_FALSE(breaker.lets(now + 2s));
    breaker.hurry(now + 2s, true);
    EXPECT_TRUE(breaker.lets(now + 2s));
}

TEST(Breaker, WorkersThatFindTheSameFaultCountAsOne) {
    Breaker breaker;
    const Steady now(1h);
    breaker.failed(now, kPatience, 0ms);
    const Steady until = breaker.until();
    for (int i = 0; i < 20; ++i) EXPECT_FALSE(breaker.failed(now + 1ms, kPatience, 0ms));
    EXPECT_EQ(1u, breaker.failures());
    EXPECT_EQ(until, breaker.until());
    breaker.failed(until, kPatience, 0ms);
    EXPECT_EQ(2u, breaker.failures());
}

TEST(Breaker, WaitsAtLeastAsLongAsItIsAsked) {
    for (int i = 0; i < 100; ++i) {
        Breaker breaker;
        const Steady now(1h);
        breaker.failed(now, kPatience, 90s);
        EXPECT_GE(breaker.until(), now + 90s);
        EXPECT_LE(breaker.until(), now + 90s + 12s);
        breaker.failed(now, kPatience, 10s);
        EXPECT_GE(breaker.until(), now + 90s) << "a shorter wish does not shorten the first";
        breaker.failed(now, kPatience, 600s);
        EXPECT_GE(breaker.until(), now + 600s) << "a longer one counts, though it was open";
    }
}

TEST(Breaker, IsNotAskedToWaitForEver) {
    Breaker breaker;
    const Steady now(1h);
    breaker.failed(now, kPatience, 8'760h);
    EXPECT_LE(breaker.until(), now + 24h + 12s);
}

TEST(Breaker, OpensWhenNothingIsAnsweredThreeTimesRunning) {
    Breaker breaker;
    const Steady now(1h);
    EXPECT_FALSE(breaker.doubted(now, kPatience));
    EXPECT_FALSE(breaker.doubted(now, kPatience));
    breaker.answered();
    EXPECT_FALSE(breaker.doubted(now, kPatience));
    EXPECT_FALSE(breaker.doubted(now, kPatience));
    EXPECT_FALSE(breaker.isOpen());
    EXPECT_TRUE(breaker.doubted(now, kPatience));
    EXPECT_TRUE(breaker.isOpen());
    const Steady probe = breaker.until();
    breaker.enter();
    breaker.doubted(probe, kPatience);
    EXPECT_EQ(2u, breaker.failures()) << "a probe without an answer is a failure";
    EXPECT_GT(breaker.until(), probe);
}

}  // namespace
