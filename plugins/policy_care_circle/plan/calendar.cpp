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

std::string write(Day day) { return gateway::toText(begin(day)).substr(0, 10); }

Day dayOf(gateway::Time at) { return floor<days>(at); }

Day later(Day from, unsigned months_) {
    const year_month_day date = year_month_day(from) + months(static_cast<int>(months_));
    return date.ok() ? Day(date) : Day(date.year() / date.month() / last);
}

gateway::Time begin(Day day) { return gateway::Time(day.time_since_epoch()); }

}  // namespace care_circle::calendar
