#include "common/text/decoding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using text::decoded;
using text::Encoding;
using namespace std::string_literals;

TEST(Decoding, Utf8StaysWithoutItsMark) {
    EXPECT_EQ("é", decoded("\xEF\xBB\xBFé").text);
    EXPECT_EQ("é€😀", decoded("é€😀").text);
    EXPECT_EQ(Encoding::utf8, decoded("").encoding);
    EXPECT_EQ("", text::takenAs(Encoding::utf8).en);
}

TEST(Decoding, ExcelsUnicodeTextIsUtf16) {
    const auto little = decoded(
        "\xFF\xFE"
        "a\0\xE9\0\x3D\xD8\x00\xDE"s);
    EXPECT_EQ("aé😀", little.text);
    EXPECT_EQ(Encoding::utf16, little.encoding);
    EXPECT_EQ("aé", decoded("\xFE\xFF\0a\0\xE9"s).text);
    EXPECT_EQ("ab", decoded("a\0b\0"s).text);  // without a mark
    // A half character, and one whose other half is missing.
    EXPECT_EQ("a\xEF\xBF\xBD", decoded("\xFF\xFE"
                                       "a\0b"s)
                                   .text);
    EXPECT_EQ("\xEF\xBF\xBDx", decoded("\xFF\xFE\x3D\xD8x\0"s).text);
    EXPECT_EQ("\xEF\xBF\xBD", decoded("\xFF\xFE\x00\xDE"s).text);
}

TEST(Decoding, WhatIsNoUtf8IsWindows1252) {
    const auto excel = decoded("one\nF\xE9minin \x80 \x9C \x92");
    EXPECT_EQ("one\nFéminin € œ ’", excel.text);
    EXPECT_EQ(Encoding::windows1252, excel.encoding);
    EXPECT_EQ(2, excel.line);
    EXPECT_THAT(text::takenAs(excel.encoding).en, testing::HasSubstr("Windows-1252"));
    EXPECT_THAT(text::takenAs(excel.encoding).fr, testing::HasSubstr("Windows-1252"));
}

TEST(Decoding, LettersThatOnlyIso885915HasTellIt) {
    EXPECT_EQ("cœur \xC3\xA9", decoded("c\xBDur \xE9").text);
    EXPECT_EQ(Encoding::latin9, decoded("c\xBDur").encoding);
    EXPECT_EQ("12 €", decoded("12 \xA4").text);
    EXPECT_EQ("1½ é", decoded("1\xBD \xE9").text);  // a half: Windows
    EXPECT_EQ("½a ’", decoded("\xBD"
                              "a \x92")
                          .text);  // a sign that only Windows has
}

}  // namespace
