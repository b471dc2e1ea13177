/// @file  The transforms toDate, toDateTime, toTime and their unix… kin: texts in foreign formats
/// to dates as FHIR writes them. Format codes as HL7's mapping language has them: yyyy yy MMMM MMM
/// MM M dd d HH H hh h mm m ss s S… a Z; what is no code stands for itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fml {

/// Whether the format can give a value of that type: "date", "dateTime" or "time".
bool isFormat(std::string_view format, std::string_view type);

/// Nothing when the text does not have the format, or names no day of the calendar.
/// @param format  empty: as FHIR writes the type
/// @param zone  IANA name, for a dateTime without an offset
std::optional<std::string> momentOf(std::string_view text, std::string_view format,
                                    std::string_view type, const std::string& zone);

/// Minutes east of Greenwich: "+01:00", "-0500", "Z".
std::optional<int> offsetMinutes(std::string_view text);

/// Seconds since 1970-01-01 as a value of that type; nothing when they are no whole number.
std::optional<std::string> unixMomentOf(std::string_view seconds, std::string_view type,
                                        int offset);

}  // namespace fml
