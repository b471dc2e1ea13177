#include "plan/calendar.h"

#include <charconv>

namespace care_circle::calendar {
namespace {

using namespace std::chrono;

std::optional<unsigned> number(std::string_view digits) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size()) return {};
    return value;
}

int two(std::string_view text, std::size_t at) {
    int value = 0;
    if (at + 2 <= text.size()) std::from_chars(text.data() + at, text.data() + at + 2, value);
    return value;
}

}  // namespace

std::optional<Day> read(std::string_view text) {
    if (text.size() < 10 || text[4] != '-' || text[7] != '-') return {};
    const auto y = number(text.substr(0, 4)), m = number(text.substr(5, 2)),
               d = number(text.substr(8, 2));
    if (!y || !m || !d) return {};
    const year_month_day date{year(static_cast<int>(*y)), month(*m), day(*d)};
    if (!date.ok()) return {};
    return Day(date);
}

std::optional<std::int64_t> secondsOf(std::string_view text) {
    const auto day = read(text);
    if (!day) return {};
    const std::int64_t begin = duration_cast<seconds>(day->time_since_epoch()).count();
    if (text.size() < 16 || text[10] != 'T') return begin;
    const std::int64_t time = two(text, 11) * 3600 + two(text, 14) * 60 + two(text, 17);
    const std::size_t sign = text.find_first_of("+-", 16);
    if (sign == text.npos) return begin + time;
    const std::int64_t offset = two(text, sign + 1) * 3600 + two(text, sign + 4) * 60;
    return begin + time + (text[sign] == '-' ? offset : -offset);
}

bool isBefore(std::string_view instant, std::string_view other) {
    const auto mine = secondsOf(instant), its = secondsOf(other);
    return mine && its ? *mine < *its : instant < other;
}

std::string write(Day day) { return gateway::toText(begin(day)).substr(0, 10); }

Day dayOf(gateway::Time at) { return floor<days>(at); }

Day later(Day from, unsigned months_) {
    const year_month_day date = year_month_day(from) + months(static_cast<int>(months_));
    return date.ok() ? Day(date) : Day(date.year() / date.month() / last);
}

gateway::Time begin(Day day) { return gateway::Time(day.time_since_epoch()); }

}  // namespace care_circle::calendar
