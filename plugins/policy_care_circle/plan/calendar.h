/// @file  Days, as plans and facts write them: 2026-04-12.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/time.h"

namespace care_circle::calendar {

using Day = std::chrono::sys_days;

/// The date that a text begins with; nothing when the calendar has no such day.
std::optional<Day> read(std::string_view text);
std::string write(Day day);
/// Seconds since 1970 of a date, or an instant with its offset.
std::optional<std::int64_t> secondsOf(std::string_view text);
/// Whether an instant is before another one, whatever their offsets.
bool isBefore(std::string_view instant, std::string_view other);
Day dayOf(gateway::Time at);
/// The same day so many months later, the last of its month where that one has fewer.
Day later(Day day, unsigned months);
/// Its first instant (UTC: in France an hour or two later).
gateway::Time begin(Day day);

}  // namespace care_circle::calendar
