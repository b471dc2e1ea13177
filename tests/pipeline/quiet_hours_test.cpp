#include "pipeline/quiet_hours.h"

namespace {
using namespace gateway;
using namespace std::chrono_literals;

constexpr std::array<bool, 7> kWeek{true, true, true, true, true, false, false};
constexpr std::array<bool, 7> kWeekend{false, false, false, false, false, true, true};
constexpr std::array<bool, 7> kDaily{true, true, true, true, true, true, true};

Time utc(const std::string& text) { return timeFromText(text + ":00.000Z"); }

std::string untilOf(const QuietHours& quiet, const std::string& now) {
    const auto until = quiet.until(utc(now));
    return until ? toText(*until).substr(0, 16) : "";
}

TEST(QuietHours, GoOverMidnight) {
    const QuietHours quiet({{kWeek, 22h, 6h}}, "Europe/Paris");
    // 2027-01-04 is a Monday; Paris is an hour ahead.
    EXPECT_EQ("", untilOf(quiet, "2027-01-04T20:59"));
    EXPECT_EQ("2027-01-05T05:00", untilOf(quiet, "2027-01-04T21:00"));
    EXPECT_EQ("2027-01-05T05:00", untilOf(quiet, "2027-01-05T04:59"));
    EXPECT_EQ("", untilOf(quiet, "2027-01-05T05:00"));
    EXPECT_EQ("2027-01-09T05:00", untilOf(quiet, "2027-01-09T01:00")) << "Friday's night";
    EXPECT_EQ("", untilOf(quiet, "2027-01-09T22:00")) << "Saturday's night";
    EXPECT_EQ("", untilOf(quiet, "2027-01-04T03:00")) << "Sunday's night";
}

TEST(QuietHours, ThatTouchAreOne) {
    const QuietHours quiet({{kWeek, 20h, 7h}, {kWeekend, 0h, 24h}}, "UTC");
    EXPECT_EQ("2027-01-11T00:00", untilOf(quiet, "2027-01-09T12:00"));
    EXPECT_EQ("2027-01-11T00:00", untilOf(quiet, "2027-01-08T20:00"));
    EXPECT_EQ("2027-01-12T07:00", untilOf(quiet, "2027-01-11T23:00"));
    EXPECT_EQ("", untilOf(quiet, "2027-01-11T00:00"));
}

TEST(QuietHours, WhenTheClocksGoForward) {
    // Paris, 2027-03-28: 02:00 becomes 03:00, which is 01:00 UTC.
    EXPECT_EQ("2027-03-28T04:00",
              untilOf(QuietHours({{kDaily, 22h, 6h}}, "Europe/Paris"), "2027-03-28T00:30"));
    const QuietHours toAHole({{kDaily, 22h, 2h + 30min}}, "Europe/Paris");
    EXPECT_EQ("2027-03-28T01:00", untilOf(toAHole, "2027-03-28T00:59"));
    EXPECT_EQ("", untilOf(toAHole, "2027-03-28T01:00"));
    const QuietHours fromAHole({{kDaily, 2h + 30min, 4h}}, "Europe/Paris");
    EXPECT_EQ("", untilOf(fromAHole, "2027-03-28T00:59"));
    EXPECT_EQ("2027-03-28T02:00", untilOf(fromAHole, "2027-03-28T01:00"));
}

TEST(QuietHours, WhenTheClocksGoBack) {
    // Paris, 2027-10-31: 03:00 becomes 02:00 at 01:00 UTC; 02:30 is at 00:30 and at 01:30.
    EXPECT_EQ("2027-10-31T05:00",
              untilOf(QuietHours({{kDaily, 22h, 6h}}, "Europe/Paris"), "2027-10-30T21:00"));
    const QuietHours toTwice({{kDaily, 22h, 2h + 30min}}, "Europe/Paris");
    EXPECT_EQ("2027-10-31T01:30", untilOf(toTwice, "2027-10-31T00:45"));
    EXPECT_EQ("", untilOf(toTwice, "2027-10-31T01:30"));
    const QuietHours fromTwice({{kDaily, 2h + 30min, 4h}}, "Europe/Paris");
    EXPECT_EQ("", untilOf(fromTwice, "2027-10-31T00:29"));
    EXPECT_EQ("2027-10-31T03:00", untilOf(fromTwice, "2027-10-31T00:30"));
    EXPECT_EQ("2027-10-31T03:00", untilOf(fromTwice, "2027-10-31T01:10"));
}

TEST(QuietHours, ThatLeaveNothing) {
    EXPECT_TRUE(QuietHours({{kDaily, 0h, 24h}}, "UTC").always());
    EXPECT_TRUE(QuietHours({{kDaily, 8h, 20h}, {kDaily, 20h, 8h}}, "UTC").always());
    EXPECT_FALSE(QuietHours({{kDaily, 8h, 20h}, {kDaily, 20h, 7h + 59min}}, "UTC").always());
    EXPECT_FALSE(QuietHours().always());
    EXPECT_FALSE(QuietHours().until(utc("2027-01-04T20:59")));
}

TEST(QuietHours, AreShownOnTheClockOfTheirZone) {
    const QuietHours quiet({{kDaily, 22h, 6h}}, "Europe/Paris");
    EXPECT_EQ("06:00", quiet.shown(utc("2027-01-05T05:00"), utc("2027-01-05T01:00")));
    EXPECT_EQ("06:00", quiet.shown(utc("2027-01-05T05:00"), utc("2027-01-04T21:00")));
    EXPECT_EQ("06:00 (2027-01-05)", quiet.shown(utc("2027-01-05T05:00"), utc("2027-01-04T05:00")));
    EXPECT_TRUE(quiet.zoneIsKnown());
    EXPECT_FALSE(QuietHours({}, "Europe/Atlantide").zoneIsKnown());
}

}  // namespace
