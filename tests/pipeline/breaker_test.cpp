#include "pipeline/breaker.h"

namespace {
using namespace gateway;
using namespace std::chrono_literals;

TEST(Backoff, GrowsAndStaysBelowTheMostWithItsJitter) {
    EXPECT_GE(backoff(1, 1000ms, 60'000ms), 800ms);
    EXPECT_LE(backoff(1, 1000ms, 60'000ms), 1200ms);
    EXPECT_GE(backoff(4, 1000ms, 60'000ms), 6400ms);
    EXPECT_LE(backoff(4'000'000'000u, 1000ms, 60'000ms), 72'000ms);
}

TEST(Breaker, LetsOneProbeThroughAndAllOnceItClosed) {
    Breaker breaker;
    EXPECT_TRUE(breaker.waitUntilAllowed());
    breaker.open(1ms, 1ms);
    EXPECT_TRUE(breaker.isOpen());
    EXPECT_TRUE(breaker.waitUntilAllowed());  // the probe
    std::atomic<bool> passed{false};
    std::thread other([&] { passed = breaker.waitUntilAllowed(); });
    breaker.close();
    other.join();
    EXPECT_TRUE(passed);
    EXPECT_FALSE(breaker.isOpen());
}

TEST(Breaker, StopWakesWhoWaits) {
    Breaker breaker;
    breaker.open(1h, 1h);
    std::thread waiting([&] { EXPECT_FALSE(breaker.waitUntilAllowed()); });
    breaker.stop();
    waiting.join();
}

}  // namespace
