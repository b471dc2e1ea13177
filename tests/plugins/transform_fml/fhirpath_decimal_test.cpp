#include "fhirpath_decimal.h"

namespace {
using fhirpath::Decimal;

std::string text(std::optional<Decimal> number) { return number ? number->text() : "none"; }
Decimal of(const char* written) { return Decimal::parse(written).value(); }

TEST(Decimal, KeepsWhatWasWritten) {
    for (const char* written : {"0", "1.50", "-0.10", "100", "0.1000000000000000055",
                                "12345678901234567890123456789012345678"})
        EXPECT_EQ(written, text(Decimal::parse(written)));
    EXPECT_EQ("0.0025", text(Decimal::parse("2.5e-3")));
    EXPECT_EQ("2500", text(Decimal::parse("2.5E3")));
    EXPECT_EQ("0", text(Decimal::parse("0e300")));
}

TEST(Decimal, RefusesWhatIsNoNumberOrDoesNotFit) {
    for (const char* written : {"", "-", ".5", "5.", "1.2.3", "1e", "e1", "0x1", "1 ", "1e400",
                                "1e-400", "123456789012345678901234567890123456789012"})
        EXPECT_EQ("none", text(Decimal::parse(written))) << written;
}

TEST(Decimal, ComparesByValue) {
    EXPECT_EQ(of("1.50"), of("1.5"));
    EXPECT_LT(of("-2"), of("1e-30"));
    EXPECT_GT(of("1e37"), of("0.00000000000000000001"));
    EXPECT_LT(of("-1e37"), of("0.00000000000000000001"));
    EXPECT_EQ(of("1.50").hash(), of("1.5").hash());
}

TEST(Decimal, CalculatesExactly) {
    EXPECT_EQ("0.3", text(Decimal::add(of("0.1"), of("0.2"))));
    EXPECT_EQ("-0.75", text(Decimal::subtract(of("1.25"), of("2.00"))));
    EXPECT_EQ("2.16", text(Decimal::multiply(of("1.2"), of("1.8"))));
    EXPECT_EQ("0.5", text(Decimal::divide(of("1"), of("2"))));
    EXPECT_EQ("-2", text(Decimal::divide(of("-4"), of("2.0"))));
    EXPECT_EQ("0.6666666666666666666666666667", text(Decimal::divide(of("1.2"), of("1.8"))));
    EXPECT_EQ("50", text(Decimal::divide(of("1"), of("0.02"))));
    EXPECT_EQ("-2", text(Decimal::divideWhole(of("-5.5"), of("2"))));
    EXPECT_EQ("-1.5", text(Decimal::remainder(of("-5.5"), of("2"))));
    EXPECT_EQ("6.25", text(Decimal::power(of("2.5"), 2)));
}

TEST(Decimal, HasNoResultWhereNoneFits) {
    const Decimal most = of("99999999999999999999999999999999999999");
    EXPECT_EQ("none", text(Decimal::add(most, most)));
    EXPECT_EQ("none", text(Decimal::multiply(most, most)));
    EXPECT_EQ("none", text(Decimal::divide(of("1"), of("0.0"))));
    EXPECT_EQ("none", text(Decimal::divideWhole(of("1"), of("0"))));
    EXPECT_EQ("none", text(Decimal::remainder(of("1"), of("0"))));
    EXPECT_EQ("none", text(Decimal::power(of("10"), 40)));
}

TEST(Decimal, Rounds) {
    EXPECT_EQ("3.142", text(of("3.14159").rounded(3)));
    EXPECT_EQ("-3", text(of("-2.5").rounded(0)));
    EXPECT_EQ("-3", text(of("-2.1").floor()));
    EXPECT_EQ("-2", text(of("-2.9").ceiling()));
    EXPECT_EQ("-2", text(of("-2.9").truncated()));
    EXPECT_EQ("1.500", text(of("1.5").padded(3)));
    EXPECT_EQ("1.5", text(of("1.500").stripped()));
}

}  // namespace
