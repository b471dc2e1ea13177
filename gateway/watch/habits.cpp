#include "watch/habits.h"

#include <algorithm>
#include <charconv>
#include <ctime>

namespace gateway {
namespace {

constexpr std::int64_t kWeek = 168, kWeeks = 6, kLeastWeeks = 3;
/// Usual ones that passed in silence: one alone may be summer time, or a late start.
constexpr std::int64_t kLeastHours = 2;
constexpr std::uint64_t kLeastUsual = 5;

}  // namespace

std::int64_t localHour(Time time) {
    const std::time_t seconds =
        std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
    std::tm local{};
    ::localtime_r(&seconds, &local);
    const std::int64_t all = seconds + local.tm_gmtoff;
    return all / 3600 - (all % 3600 < 0 ? 1 : 0);
}

void Habit::add(std::int64_t hour, std::uint64_t arrivals) {
    // The clock may have been put back: what was noted of hours to come never was.
    if (!since_ || *since_ > hour) since_ = hour;
    arrivals_.erase(arrivals_.upper_bound(hour), arrivals_.end());
    if (arrivals > 0) arrivals_[hour] += arrivals;
    arrivals_.erase(arrivals_.begin(), arrivals_.lower_bound(hour - kWeeks * kWeek - kWeek));
}

std::optional<Habit::Silence> Habit::silence(std::int64_t now, std::int64_t up) const {
    if (!since_) return {};
    const std::int64_t last = arrivals_.empty() ? *since_ : arrivals_.rbegin()->first;
    const std::int64_t from = std::max({last, up, now - kWeek - 1}) + 1;
    Silence silence{std::max<std::int64_t>(0, now - from), 0, 0};
    std::int64_t without = 0;
    for (std::int64_t week = 1; week <= kWeeks; ++week) {
        const std::int64_t then = from - week * kWeek;
        if (then < *since_) break;
        std::int64_t hours = 0;
        for (auto one = arrivals_.lower_bound(then);
             one != arrivals_.end() && one->first < then + silence.hours; ++one)
            ++hours, silence.usual += one->second;
        ++silence.weeks;
        if (hours < kLeastHours) ++without;
    }
    if (silence.weeks < kLeastWeeks || without > (silence.weeks > kLeastWeeks ? 1 : 0)) return {};
    silence.usual /= static_cast<std::uint64_t>(silence.weeks);
    if (silence.usual < kLeastUsual) return {};
    return silence;
}

std::string Habit::text() const {
    std::string text = since_ ? std::to_string(*since_) : std::string();
    for (const auto& [hour, arrivals] : arrivals_)
        text += " " + std::to_string(hour) + ":" + std::to_string(arrivals);
    return text;
}

Habit Habit::parsed(std::string_view text) {
    Habit habit;
    const char* at = text.data();
    const char* const end = at + text.size();
    const auto number = [&](auto& into) {
        const auto read = std::from_chars(at, end, into);
        const bool good = read.ec == std::errc();
        at = read.ptr;
        return good;
    };
    std::int64_t hour = 0;
    std::uint64_t arrivals = 0;
    if (!number(hour)) return habit;
    habit.since_ = hour;
    while (at != end && *at++ == ' ' && number(hour) && at != end && *at++ == ':' &&
           number(arrivals))
        habit.arrivals_[hour] = arrivals;
    return habit;
}

}  // namespace gateway
