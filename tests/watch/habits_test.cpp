/// When a source usually speaks.
#include "watch/habits.h"

#include <gtest/gtest.h>

namespace {
using namespace gateway;

constexpr std::int64_t kWeek = 168;

/// Ten arrivals an hour from 8 to 18 on five days of the week, for so many weeks from hour 0 on.
Habit officeHours(int weeks) {
    Habit habit;
    for (std::int64_t hour = 0; hour < weeks * kWeek; ++hour) {
        const std::int64_t day = hour / 24 % 7, of = hour % 24;
        habit.add(hour, day < 5 && of >= 8 && of < 18 ? 10 : 0);
    }
    return habit;
}

TEST(Habits, SilenceAtAnUsualHourIsNoticed) {
    const Habit habit = officeHours(4);
    const std::int64_t monday = 4 * kWeek;
    EXPECT_FALSE(habit.silence(monday + 9, 0)) << "one usual hour of silence is not enough";
    const auto silence = habit.silence(monday + 10, 0);
    ASSERT_TRUE(silence);
    EXPECT_EQ(20u, silence->usual);
    EXPECT_EQ(3, silence->weeks);
}

TEST(Habits, SilenceAtNightAndAtTheWeekendIsUsual) {
    const Habit habit = officeHours(4);
    const std::int64_t friday = 3 * kWeek + 4 * 24 + 18;
    for (std::int64_t hour = friday; hour < 4 * kWeek + 9; ++hour)
        EXPECT_FALSE(habit.silence(hour, 0)) << hour - friday << " hours after friday 18:00";
}

TEST(Habits, NothingIsSaidBeforeThreeWeeksAreKnown) {
    EXPECT_FALSE(officeHours(2).silence(2 * kWeek + 12, 0));
    EXPECT_FALSE(officeHours(3).silence(3 * kWeek + 12, 0)) << "its silence began in the third";
    EXPECT_TRUE(officeHours(4).silence(4 * kWeek + 12, 0));
}

TEST(Habits, WhenTheGatewayDidNotListenIsNoSilenceOfTheSource) {
    const Habit habit = officeHours(4);
    const std::int64_t monday = 4 * kWeek;
    EXPECT_FALSE(habit.silence(monday + 11, monday + 9));
    EXPECT_TRUE(habit.silence(monday + 14, monday + 9));
}

TEST(Habits, AClockThatWasWrongForAWhileLeavesNoHoursToCome) {
    Habit habit = officeHours(4);
    const std::int64_t monday = 4 * kWeek;
    habit.add(monday + 9 + 24, 5);  // the clock was a day ahead
    habit.add(monday + 9, 0);
    EXPECT_TRUE(habit.silence(monday + 11, 0));
    Habit fresh;
    fresh.add(100 * kWeek, 1);
    for (std::int64_t hour = 0; hour < 4 * kWeek; ++hour)
        fresh.add(hour, hour % 24 >= 8 && hour % 24 < 18 ? 10 : 0);
    EXPECT_TRUE(fresh.silence(4 * kWeek + 12, 0)) << "what is known begins when it began";
}

TEST(Habits, OneHolidayAmongTheWeeksDoesNotHideIt) {
    Habit habit;
    for (std::int64_t hour = 0; hour < 5 * kWeek; ++hour) {
        const bool holiday = hour / kWeek == 3;
        habit.add(hour, !holiday && hour % 24 >= 8 && hour % 24 < 18 ? 10 : 0);
    }
    EXPECT_TRUE(habit.silence(5 * kWeek + 12, 0));
}

TEST(Habits, SeldomMessagesMakeNoHabit) {
    Habit habit;
    for (std::int64_t hour = 0; hour < 5 * kWeek; ++hour)
        habit.add(hour, hour % kWeek == 9 ? 2 : 0);
    EXPECT_FALSE(habit.silence(5 * kWeek + 20, 0));
}

TEST(Habits, SixWeeksAreKeptAndReadBack) {
    Habit habit = officeHours(12);
    const std::string text = habit.text();
    EXPECT_LT(text.size(), 8'000u);
    const Habit again = Habit::parsed(text);
    EXPECT_EQ(text, again.text());
    EXPECT_TRUE(again.silence(12 * kWeek + 12, 0));
    EXPECT_EQ("", Habit::parsed("no habit").text());
    EXPECT_EQ("5 6:7", Habit::parsed("5 6:7 8:").text());
}

TEST(Habits, AnHourIsOfThisMachinesZone) {
    setenv("TZ", "Europe/Paris", 1);
    tzset();
    const Time summer = timeFromText("2026-10-19T06:00:00.000Z");
    const Time winter = timeFromText("2026-10-26T07:00:00.000Z");
    EXPECT_EQ(kWeek, localHour(winter) - localHour(summer)) << "over the end of summer time";
    unsetenv("TZ");
    tzset();
}

}  // namespace
