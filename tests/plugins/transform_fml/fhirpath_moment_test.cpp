#include "fhirpath_moment.h"

namespace {
using fhirpath::CalendarUnit;
using fhirpath::Decimal;
using fhirpath::Moment;
using fhirpath::Order;
using Kind = Moment::Kind;

std::string text(std::optional<Moment> moment) { return moment ? moment->text() : "none"; }
Moment at(const char* written) { return Moment::parse(written, Kind::dateTime).value(); }
Decimal number(const char* written) { return Decimal::parse(written).value(); }

TEST(Moment, KeepsWhatWasWritten) {
    for (const char* written :
         {"2015", "2015-02", "2015-02-04", "2015-02-04T14", "2015-02-04T14:34",
          "2015-02-04T14:34:28", "2015-02-04T14:34:28.10", "2015-02-04T14:34:28Z",
          "2015-02-04T14:34:28.123+02:00", "2015-02-04T14:34:28-10:30"})
        EXPECT_EQ(written, text(Moment::parse(written, Kind::dateTime)));
    EXPECT_EQ("14:34:28.5", text(Moment::parse("T14:34:28.5", Kind::time)));
}

TEST(Moment, RefusesWhatIsNoDayOrTime) {
    for (const char* written :
         {"", "15", "2015-13", "2015-02-29", "2015-02-04T25", "2015-02-04T14:60", "2015-02T14",
          "2015-02-04T14:34:28+15:00", "2015-02-04x", "0000"})
        EXPECT_EQ("none", text(Moment::parse(written, Kind::dateTime))) << written;
    EXPECT_EQ("none", text(Moment::parse("2015-02-04T14", Kind::date)));
}

TEST(Moment, ReadsDigitsAlone) {
    const auto read = [](const char* written) { return text(Moment::parseCompact(written)); };
    EXPECT_EQ("2015", read("2015"));
    EXPECT_EQ("2015-02-04", read("20150204"));
    EXPECT_EQ("2015-02-04", read("20150204+0100"));
    EXPECT_EQ("2015-02-04T14", read("2015020414"));
    EXPECT_EQ("2015-02-04T14:34:28.125-03:30", read("20150204143428.125-0330"));
    EXPECT_EQ("2016-02-29", read("20160229"));
    for (const char* const written :
         {"", "201", "0000", "20150", "201513", "20150230", "20150200", "2015020424",
          "201502041460", "20150204143428.", "20150204.5", "2015+", "20150204143428+25",
          "2015020414342800", "2015-02-04", "20150204 "})
        EXPECT_EQ("none", read(written)) << written;
}

TEST(Moment, OrdersWhatPrecisionAndOffsetsDecide) {
    const auto order = [](const char* a, const char* b, const char* zone = "") {
        return compare(at(a), at(b), zone);
    };
    EXPECT_EQ(Order::less, order("2018-02", "2018-03-01"));
    EXPECT_EQ(Order::unknown, order("2018-03", "2018-03-01"));
    EXPECT_EQ(Order::equal, order("2018-03-01T10:30:00", "2018-03-01T10:30:00.0"));
    EXPECT_EQ(Order::less, order("2017-11-05T01:30:00-04:00", "2017-11-05T01:15:00-05:00"));
    EXPECT_EQ(Order::equal, order("2015-01-01T00:30:00+01:00", "2014-12-31T23:30:00Z"));
    EXPECT_EQ(Order::unknown, order("2012-04-15T15:00:00Z", "2012-04-15T10:00:00"));
    EXPECT_EQ(Order::greater, order("2012-04-17T15:00:00Z", "2012-04-15T10:00:00"));
    EXPECT_EQ(Order::equal, order("2012-07-15T15:00:00Z", "2012-07-15T17:00:00", "Europe/Paris"));
}

TEST(Moment, AddsByCalendar) {
    const auto later = [](const char* from, const char* amount, CalendarUnit unit) {
        return text(fhirpath::later(at(from), number(amount), unit));
    };
    using enum CalendarUnit;
    EXPECT_EQ("2024-02-29", later("2024-01-31", "1", month));
    EXPECT_EQ("2025-02-28", later("2024-02-29", "1", year));
    EXPECT_EQ("2023-11-29", later("2024-02-29", "-3", month));
    EXPECT_EQ("1974-01-01", later("1973-12-25", "7.7", day));
    EXPECT_EQ("2016", later("2014", "24", month));
    EXPECT_EQ("2015", later("2014", "365", day));
    EXPECT_EQ("2014-02", later("2014-01", "31", day));
    EXPECT_EQ("2014-01-02", later("2014-01-01", "25", hour));
    EXPECT_EQ("2014-01-02T00:59:59Z", later("2014-01-01T23:59:59Z", "1", hour));
    EXPECT_EQ("2014-01-01T00:00:00.500", later("2013-12-31T23:59:59.500", "1", second));
    EXPECT_EQ("2013-12-31T23:59:59", later("2014-01-01T00:00:00", "-1", second));
    EXPECT_EQ("none", later("9999-12-31", "1", day));
    EXPECT_EQ("none", later("2014", "1e30", year));
    const auto wrapped = fhirpath::later(*Moment::parse("23:30", Kind::time), number("1"), hour);
    EXPECT_EQ("00:30", text(wrapped));
}

TEST(Moment, ShowsAnInstantInItsZone) {
    const auto time = gateway::timeFromText("2025-07-18T22:42:10.007Z");
    EXPECT_EQ("2025-07-19T00:42:10.007+02:00", Moment::of(time, "Europe/Paris").text());
    EXPECT_EQ("2025-07-18T22:42:10.007Z", Moment::of(time, "").text());
    EXPECT_EQ("2025-07-19", Moment::of(time, "Europe/Paris").as(Kind::date).text());
}

TEST(Moment, HasBoundaries) {
    EXPECT_EQ("2014-02-28", text(boundary(*Moment::parse("2014-02", Kind::date), true, 8)));
    EXPECT_EQ("2014-01-01T00:00:00.000+14:00", text(boundary(at("2014"), false, 17)));
    EXPECT_EQ("none", text(boundary(at("2014"), false, 5)));
}

}  // namespace
