/// @file  Days, as plans and facts write them: 2026-04-12.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/time.h"

namespace care_circle::calendar {

using Day = std::chrono::sys_days;

/// The date that a text begins with; nothing when the calendar has no such day.
std::optional<Day> read(std::string_view text);
std::string write(Day day);
Day dayOf(gateway::Time at);
/// The same day so many months later, the last of its month where that one has fewer.
Day later(Day day, unsigned months);
/// Its first instant (UTC: in France an hour or two later).
gateway::Time begin(Day day);

}  // namespace care_circle::calendar
