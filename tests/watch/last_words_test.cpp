/// What a gateway says that ends by a fault of its own.
#include <gmock/gmock.h>

#include <stdexcept>
#include <thread>

#include "cli/privileges.h"

namespace {
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(LastWords, NameTheFaultAndNothingThatItHeld) {
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    EXPECT_DEATH(
        {
            gateway::keepMemoryPrivate();
            std::thread([] { throw std::out_of_range("MARKED^PATIENT"); }).join();
        },
        AllOf(HasSubstr(R"("event":"ended-by-a-fault","what":"std::out_of_range"})"),
              Not(HasSubstr("MARKED"))));
}

TEST(LastWords, WithoutAnExceptionToo) {
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    EXPECT_DEATH(
        {
            gateway::keepMemoryPrivate();
            std::terminate();
        },
        HasSubstr(R"("what":"no exception")"));
}

}  // namespace
