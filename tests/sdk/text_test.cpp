#include "gateway/error.h"
#include "gateway/time.h"

namespace {
using namespace gateway;

TEST(TimeText, GoesThereAndBack) {
    for (const char* text :
         {"1970-01-01T00:00:00.000Z", "2025-03-18T08:42:10.007Z", "2024-02-29T23:59:59.999Z"})
        EXPECT_EQ(text, toText(timeFromText(text)));
    EXPECT_EQ("2025-03-18T00:00:00.000Z", toText(timeFromText("2025-03-18")));
    EXPECT_THROW(timeFromText("2025-02-30T00:00:00Z"), Error);
    EXPECT_THROW(timeFromText("yesterday"), Error);
}

}  // namespace
