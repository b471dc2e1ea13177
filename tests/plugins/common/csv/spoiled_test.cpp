#include "common/csv/spoiled.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using Codes = std::vector<std::string_view>;

/// "index: text" of each.
std::vector<std::string> spoiledOf(const Codes& codes) {
    std::vector<std::string> all;
    for (const csv::Spoiled& one : csv::spoiled(codes))
        all.push_back(std::to_string(one.index) + ": " + one.text.en);
    return all;
}

std::size_t countOf(const Codes& codes) { return csv::spoiled(codes).size(); }

TEST(SpoiledCodes, ALostZeroIsNamedWithWhatItMayHaveBeen) {
    EXPECT_EQ((std::vector<std::string>{"2: found '7', the other codes have 2 digits: a "
                                        "spreadsheet may have taken the leading zero, expected "
                                        "'07'?"}),
              spoiledOf({"01", "12", "7", "AB"}));
    EXPECT_EQ(
        "trouvé « 7 », les autres codes ont 2 chiffres : un tableur a pu ôter le zéro de "
        "tête, attendu « 07 » ?",
        csv::spoiled(Codes{"01", "7"}).at(0).text.fr);
}

TEST(SpoiledCodes, LongNumbersOfOneLengthTellItWithoutAZero) {
    EXPECT_EQ(1u, countOf({"310783055", "690781810", "750712184", "10780054"}));
    EXPECT_EQ(0u, countOf({"310783055", "10780054"}));
}

TEST(SpoiledCodes, NumbersOfDifferentLengthsAreNoMistake) {
    EXPECT_EQ(0u, countOf({"1", "2", "10", "100"}));
    EXPECT_EQ(0u, countOf({"01", "001", "1"}));
    EXPECT_EQ(0u, countOf({"01", "100", "7"}));
    EXPECT_EQ(0u, countOf({}));
}

TEST(SpoiledCodes, NumbersWithAnExponentAreNamed) {
    EXPECT_EQ(4u, countOf({"1E+05", "1,00E+05", "3.10783E+08", "1E-05"}));
    EXPECT_EQ(0u, countOf({"E10", "1E10", "10E+5", "1,E+5", "1E+", "E+05"}));
}

TEST(SpoiledCodes, DatesAreNamed) {
    EXPECT_EQ(
        7u, countOf({"01/02/2024", "1/2/24", "02-janv", "2-Feb", "janv-24", "02-févr.", "12-déc"}));
    EXPECT_EQ(0u, countOf({"1/2", "2024-01-02", "01/02/202", "2-xyz", "mars", "mars-1", "123-mai",
                           "1//2024"}));
}

}  // namespace
