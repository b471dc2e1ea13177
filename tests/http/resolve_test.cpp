/// A host with several addresses.
#include "net/resolve.h"

#include <gmock/gmock.h>

namespace {
using namespace gateway;
using namespace std::chrono_literals;

TEST(Addresses, OneThatIsSilentLeavesTimeForTheOthers) {
    const std::chrono::steady_clock::time_point now{1000s};
    EXPECT_EQ(now + 10s, net::turn(now, now + 30s, 3));
    EXPECT_EQ(now + 10s, net::turn(now, now + 20s, 2));
    EXPECT_EQ(now + 10s, net::turn(now, now + 10s, 1)) << "the last has all that is left";
    EXPECT_EQ(now - 1s, net::turn(now, now - 1s, 3));
}

}  // namespace
