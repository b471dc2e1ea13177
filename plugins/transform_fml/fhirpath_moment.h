/// @file  Dates, times and instants that may be known in part only: "2015", "2015-02-04T14:34".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fhirpath_decimal.h"
#include "gateway/time.h"

namespace fhirpath {

struct Moment {
    enum class Kind : std::uint8_t { date, dateTime, time };
    enum class Precision : std::uint8_t { year, month, day, hour, minute, second, fraction };

    Kind kind = Kind::date;
    Precision precision = Precision::year;
    std::uint8_t month = 1, day = 1, hour = 0, minute = 0, second = 0;
    std::uint8_t fractionDigits = 0;  ///< as written, 9 at most
    bool hasOffset = false;
    bool zulu = false;  ///< the offset was written as Z
    std::int16_t year = 1;
    std::int16_t offset = 0;  ///< minutes east of Greenwich
    std::uint32_t nanos = 0;

    /// Reads what FHIRPath and FHIR write, without '@': "2015-02", "2015-02-04T14:34:28.1+02:00",
    /// and for times "14:34" or "T14:34". A date is also a dateTime, of a date's precision. Nothing
    /// when the text is none of that kind or names no day of the calendar.
    static std::optional<Moment> parse(std::string_view text, Kind kind);
    /// Reads what HL7 v2 and CDA write: "2015", "201502041434", "20150204143428.1+0200"; a time of
    /// day may be cut off after the hours. Nothing as for parse().
    static std::optional<Moment> parseCompact(std::string_view text);
    /// The instant as clocks in `zone` show it, to the millisecond; UTC when the zone is not known.
    static Moment of(gateway::Time time, const std::string& zone);

    /// Taken as local time in `zone` when it has a time of day but no offset; stays without one
    /// when the zone is not known.
    void locate(const std::string& zone);
    std::string text() const;
    Moment as(Kind other) const;  ///< date ⇄ dateTime; time of day of a dateTime
    /// Digits that are known: 4 for a year, 17 for a dateTime to the millisecond.
    int digits() const;
    std::size_t hash() const;
};

enum class Order : std::int8_t { less, equal, greater, unknown };

/// Unknown when the precision, or an offset that only one of them has, leaves it open. With a
/// `zone` (IANA name; may be empty) what has no offset is taken as local time there.
Order compare(const Moment& a, const Moment& b, const std::string& zone);

enum class CalendarUnit : std::uint8_t {
    year,
    month,
    week,
    day,
    hour,
    minute,
    second,
    millisecond
};

/// The calendar duration of a word ("month", "months") or, where UCUM means the same, of its code
/// ("d", "s").
std::optional<CalendarUnit> calendarUnit(std::string_view word);
/// Whether it is the word of a calendar duration ("day"), not a code of UCUM ("d", "min").
bool isCalendarWord(std::string_view unit);

/// `moment` later by that amount (earlier if negative), by calendar: the last day of a month stays
/// inside the month; finer than the moment's precision counts whole units of that precision.
/// Nothing when it leaves the years 1 to 9999.
std::optional<Moment> later(const Moment& moment, Decimal amount, CalendarUnit unit);

/// Days from 1970-01-01 to its date.
std::int64_t daysSinceEpoch(const Moment& moment);

/// The earliest or latest moment of `digits` digits that `moment` may mean; nothing when there is
/// none.
std::optional<Moment> boundary(const Moment& moment, bool high, int digits);

}  // namespace fhirpath
