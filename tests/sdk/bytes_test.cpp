#include "gateway/bytes.h"

#include <gtest/gtest.h>

namespace {
using namespace gateway;

const Bytes kLarge(std::string(100'000, 'x'));

TEST(Sink, SharesLargeBytesThatAreAlone) {
    Sink out;
    out.reserve(10);
    out << kLarge;
    const Bytes taken = out.take();
    EXPECT_EQ(kLarge.view().data(), taken.view().data());
    EXPECT_EQ(kLarge.size(), taken.size());
    EXPECT_TRUE(out.take().empty());
}

TEST(Sink, CopiesThemOnceSomethingStandsBeside) {
    const std::string x(kLarge.view());
    Sink before, behind, twice;
    before << 'a' << kLarge;
    behind << kLarge << "b" << kLarge << 'c';
    twice << kLarge << kLarge;
    EXPECT_EQ("a" + x, before.take().view());
    EXPECT_EQ(x + "b" + x + "c", behind.text());
    EXPECT_EQ(x + "b" + x + "c", behind.take().view());
    EXPECT_EQ(x + x, twice.take().view());
}

TEST(Sink, KeepsNoLargeWholeAliveForAPart) {
    Sink out;
    out << kLarge.part({0, 5});
    const Bytes taken = out.take();
    EXPECT_EQ("xxxxx", taken.view());
    EXPECT_NE(kLarge.view().data(), taken.view().data());
}

TEST(Sink, MayBeReadBetweenTwoWritings) {
    Sink out;
    out << kLarge;
    EXPECT_EQ(kLarge.view(), out.text());
    out << "end";
    EXPECT_EQ(std::string(kLarge.view()) + "end", out.take().view());
}

}  // namespace
