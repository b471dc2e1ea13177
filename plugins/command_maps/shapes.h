/// @file  What values look like.
#pragma once

#include <string>
#include <string_view>

#include "fields.h"

namespace maps {

/// How a date is written, in the words of a sheet: "JJ/MM/AAAA" (French) or "DD/MM/YYYY"; empty
/// when it is no date, or ISO already.
std::string dateFormat(std::string_view value, gateway::Spoken language);
bool isIsoDate(std::string_view value);
bool isIsoInstant(std::string_view value);
bool isYesOrNo(std::string_view value);
bool isNumber(std::string_view value, bool comma);
std::size_t digits(std::string_view value);

/// Whether a value may be meant for a field of that type.
bool fits(std::string_view value, ValueType type);

}  // namespace maps
