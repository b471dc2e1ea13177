/// @file  Dates and numbers as people type them.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "plan/calendar.h"

namespace care_circle {

using calendar::Day;

/// 2026-04-12, 12/04/2026, 12.4.2026, 12042026.
std::optional<Day> dayAsTyped(std::string_view text);
/// The date of an instant (UTC: in France an hour or two later).
Day dateOf(gateway::Time at);

/// Whether it has the form of an INS, whatever its key: 13 or 15 characters, gaps apart.
bool looksLikeIns(std::string_view text);
/// Its 15 characters, the key reckoned where it is left out; nothing when it is wrong.
std::optional<std::string> insAsTyped(std::string_view text);

}  // namespace care_circle
