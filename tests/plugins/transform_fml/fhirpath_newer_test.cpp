/// Functions that FHIRPath 3.0 adds for trial use, by the examples of its specification where it
/// has some.
#include "fhirpath_fixture.h"

namespace {

TEST_F(Fhirpath, AddsUpAndFindsExtremes) {
    expect({{"(1.0 | 2.0 | 3.0 | 4.0 | 5.0).sum()", "15.0"},
            {"(1 | 2).sum()", "3"},
            {"(1.0 'mg' | 2.0 'mg').sum()", "3.0 mg"},
            {"(5.5 | 4.7 | 4.8).avg()", "5"},
            {"(5.5 'cm' | 4.7 'cm' | 4.8 'cm').avg() = 5.0 'cm'", "true"},
            {"(2 | 4 | 8 | 6).min()", "2"},
            {"(2 | 4 | 8 | 6).max()", "8"},
            {"(@2012-12-31 | @2013-01-01 | @2012-01-01).min()", "2012-01-01"},
            {"('b' | 'a').max()", "b"},
            {"(@2012 | @2012-05).min()", ""},
            {"(1 | 'a').sum()", "error"},
            {"('a' | 'b').sum()", "error"},
            {"{}.sum() | {}.avg() | {}.min() | {}.max()", ""},
            {"1.5 'mg'.ceiling()", "2 mg"},
            {"(-1.56 'mg').truncate()", "-1 mg"},
            {"1.56 'mg'.round(1)", "1.6 mg"},
            {"0.log(2)", "error"},
            {"16.log(2) = 4.0", "true"}});
}

TEST_F(Fhirpath, TakesDatesApart) {
    expect({{"@2014-01-05T10:30:00.000.yearOf()", "2014"},
            {"@2014-01-05T10:30:00.000.monthOf()", "1"},
            {"@2012.monthOf()", ""},
            {"@2014-01-05.dayOf()", "5"},
            {"@2012-01-01T16:30:40.002-07:00.hourOf()", "16"},
            {"@T16:30.minuteOf()", "30"},
            {"@T16:30.secondOf()", ""},
            {"@T16:30.yearOf()", ""},
            {"@2012-01-01T12:30:00.002-07:00.millisecondOf()", "2"},
            {"@2012-01-01T12:30:00.000-07:00.timezoneOffsetOf()", "-7.0"},
            {"@2012-01-01T12:30:00.000+08:45.timezoneOffsetOf()", "8.75"},
            {"@2012-01-01T12:30:00.000-07:00.dateOf()", "2012-01-01"},
            {"@2012-01-01T12:30:00.000-07:00.timeOf()", "12:30:00.000"},
            {"'x'.yearOf()", ""},
            {"@2025-01-02.duration(@2025-01-07, 'week')", "0"},
            {"@2025-01-01.duration(@2025-09-01, 'year')", "0"},
            {"@2024-12-01.duration(@2025-09-01, 'year')", "0"},
            {"@2024-12-31.duration(@2025-12-30, 'month')", "11"},
            {"@2025-12-31.duration(@2024-12-31, 'year')", "-1"},
            {"@2025-01-01T00:30:00+01:00.duration(@2025-01-01T00:30:00Z, 'minute')", "60"},
            {"@2025-01-02.difference(@2025-01-07, 'week')", "1"},
            {"@2025-01-01.difference(@2025-09-01, 'year')", "0"},
            {"@2024-12-01.difference(@2025-09-01, 'year')", "1"},
            {"@T10:59.difference(@T11:00, 'hour')", "1"},
            {"@2024.difference(@2025-01-01, 'month')", ""},
            {"@2024-01-01.difference(@2025-01-01, 'hour')", "error"},
            {"@2024-01-01.difference(@2025-01-01, 'd')", "error"},
            {"@T10:00.duration(@2025-01-01, 'hour')", "error"}});
}

TEST_F(Fhirpath, ReadsDatesByFormat) {
    expect({{"'150124'.toDate('ddMMyy')", "2024-01-15"},
            {"'15-01-2024'.toDate('dd-MM-yyyy')", "2024-01-15"},
            {"'12-27'.toDate('MM-yy')", "2027-12"},
            {"'5/1/1962'.toDate('d/M/yyyy')", "1962-01-05"},
            {"'31/02/2024'.toDate('dd/MM/yyyy')", ""},
            {"'31/02/2024'.convertsToDate('dd/MM/yyyy')", "false"},
            {"'20240115 093000+0200'.toDateTime('yyyyMMdd HHmmssZ')", "2024-01-15T09:30:00+02:00"},
            {"'15.01.2024 12:05 AM'.toDateTime('dd.MM.yyyy hh:mm a')", "2024-01-15T00:05"},
            {"'15.01.2024 01:05 p'.toDateTime('dd.MM.yyyy hh:mm a')", "2024-01-15T13:05"},
            {"'2024-15'.toDate('yyyy-dd')", ""},
            {"@2024-01-15.toDate('dd')", "2024-01-15"}});
}

TEST_F(Fhirpath, ConvertsUnitsAsAsked) {
    expect({{"52 'cm'.toQuantity('m')", "0.52 m"},
            {"45.toQuantity('m')", "45 m"},
            {"24 'm'.toQuantity('kg')", ""},
            {"1 'a'.toQuantity('d')", "365.25 d"},
            {"1 'wk'.toQuantity('d')", "7 d"},
            {"7 days.toQuantity('wk')", "1 wk"},
            {"182.5 days.toQuantity('a')", "0.5 a"},
            {"1 year.toQuantity('a') = 1 'a'", "true"},
            {"2 'h'.toQuantity('minutes')", "120 minutes"},
            {"10 'Cel'.convertsToQuantity('[degF]')", "false"},
            {"'4days'.toQuantity() = 4 days", "true"},
            {"4 'g' ~ 4040 'mg'", "true"},
            {"2.1 'cm' ~ 21 'mm'", "true"},
            {"21 'mm' ~ 2 'cm'", "true"},
            {"21 'mm' ~ 3 'cm'", "false"},
            {"1 year ~ 11 months", "true"},
            {"1 year ~ 1 'a'", "true"},
            {"1 year = 1 'a'", ""},
            {"1 hour = 3600 's'", "true"},
            {"@T23:30:00 + 1 hour", "00:30:00"},
            {"@T23:30:00 + 1 day", "error"}});
}

TEST_F(Fhirpath, JoinsUnits) {
    expect({{"12 'cm' * 3 'cm'", "36 cm2"},
            {"3 'cm' * 12 'cm2'", "36 cm3"},
            {"10 'm/s' * 10 's'", "100 m"},
            {"3 * 2 'cm'", "6 cm"},
            {"12 'cm2' / 3 'cm'", "4 cm"},
            {"120 'm' / 60 's'", "2 m/s"},
            {"60 / 1 's'", "60 /s"},
            {"60 's' / 2", "30 s"},
            {"6 'm' / 2 'm/s'", "3 s"},
            {"6 'kg.m/s2' / 2 '/s'", "3 kg.m/s"},
            {"2 '(m/s)' * 3 's' = 6 'm'", "true"},
            {"4 'g' / 2 '10*9/L' = 2 'g/(10*9/L)'", "true"},
            {"1 '[in_i]' * 2 '[in_i]'", "2 [in_i]2"},
            {"2 'm.' * 3 's' = 6 'm'", ""}});
}

TEST_F(Fhirpath, KnowsLongWholeNumbers) {
    expect({{"45L", "45"},
            {"9223372036854775807L", "9223372036854775807"},
            {"2147483647L + 1", "2147483648"},
            {"2147483647 + 1", ""},
            {"1L.type().name", "Long"},
            {"1L is Long and (1L is Integer).not()", "true"},
            {"1L = 1 and 1L < 1.5", "true"},
            {"'123'.toLong()", "123"},
            {"'1.0'.convertsToLong()", "false"},
            {"9999999999L.convertsToInteger()", "false"},
            {"9223372036854775808L", "mistake"}});
}

TEST_F(Fhirpath, SortsEitherWay) {
    expect({{"(3 | 1 | 2).sort($this desc)", "3 | 2 | 1"},
            {"(3 | 1 | 2).sort($this asc)", "1 | 2 | 3"},
            {"('b' | 'aa' | 'a').sort(length() desc, $this)", "aa | a | b"},
            {"(3 | 1).sort(iif($this = 1, {}, $this) desc)", "3 | 1"},
            {"(3 | 1).sort(iif($this = 1, {}, $this))", "1 | 3"},
            {"(1 | 'a').sort()", "error"}});
}

TEST_F(Fhirpath, MatchesWithFlags) {
    expect({{"'first\\nsecond'.matches('^second', 'm')", "true"},
            {"'first\\nsecond'.matches('^second', '')", "false"},
            {"'first\\nsecond'.matches('^SECOND', 'im')", "true"},
            {"'ABC'.matchesFull('a.c', 'i')", "true"},
            {"'aAa'.replaceMatches('a', 'x', 'i')", "xxx"},
            {"'abc'.replaceMatches('', 'x', 'i')", "abc"},
            {"'a'.matches('a', 'g')", "error"}});
}

TEST_F(Fhirpath, KeepsTextWellFormed) {
    expect({{"'h\\u00e9'.encode('ascii')", "h?"},
            {"'/w=='.decode('base64')", ""},
            {"'w6k='.decode('base64')", "é"},
            {"'\\\\ud83d\\\\ude00'.unescape('json')", "😀"},
            {"'\\\\ud83d'.unescape('json')", "\\ud83d"},
            {"'a\\uD83D\\uDD25b'.indexOf('b')", "2"},
            {"'\\p'", "p"},
            {"'\\u005'", "u005"},
            {"'0123'.lastIndexOf('')", "4"}});
    EXPECT_EQ(
        "1:11 a backslash that begins no escape is ignored; a backslash itself is written \\\\",
        mistake("a.matches('\\d')"));
}

TEST_F(Fhirpath, TakesOneItemInIif) {
    expect({{"(1 | 2).iif(true, 'a', 'b')", "error"},
            {"{}.iif(true, 'a', 'b')", "a"},
            {"5.iif($this > 3, $this, 0)", "5"},
            {"(1 | 2).select(iif($this > 1, 'a', 'b'))", "b | a"},
            {"1.combine(1, true)", "1 | 1"}});
}

TEST_F(Fhirpath, CutsAndRoundsBoundaries) {
    expect({{"1.587.highBoundary(0)", "2"},
            {"(-1.587).highBoundary(0)", "-1"},
            {"(-1.587).lowBoundary(0)", "-2"},
            {"1.587.lowBoundary(2)", "1.58"},
            {"0.0034.highBoundary(1)", "0.0"},
            {"(-0.0034).lowBoundary(1)", "0.0"},
            {"1.587 'mg'.highBoundary(2)", "1.59 mg"}});
}

}  // namespace
