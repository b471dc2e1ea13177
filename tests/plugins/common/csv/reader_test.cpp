#include "common/csv/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/csv/writer.h"

namespace {

using csv::Reader;
using testing::ElementsAre;
using Records = std::vector<std::vector<std::string>>;

Records recordsOf(std::string_view text, char separator = '\0') {
    Records all;
    Reader reader(text, separator);
    while (reader.next()) {
        EXPECT_FALSE(reader.mistake()) << reader.mistake()->text.en;
        auto& record = all.emplace_back();
        for (const csv::Field& field : reader.fields()) record.emplace_back(field.text);
    }
    return all;
}

TEST(CsvReader, ReadsWhatRfc4180Says) {
    EXPECT_EQ((Records{{"a", "b"}, {"1", "two, \"three\"\r\nfour"}, {"", ""}, {"x"}}),
              recordsOf("a,b\r\n1,\"two, \"\"three\"\"\r\nfour\"\r\n,\r\nx"));
    EXPECT_EQ((Records{}), recordsOf(""));
    EXPECT_EQ((Records{{""}, {"a"}}), recordsOf("\na\n"));
    EXPECT_EQ((Records{{"a", ""}}), recordsOf("a,"));
    EXPECT_EQ((Records{{"\"\""}}), recordsOf("\"\"\"\"\"\""));
}

TEST(CsvReader, TakesTheSeparatorThatTheFirstRecordHasMost) {
    EXPECT_EQ((Records{{"a", "b,c", "d"}}), recordsOf("a;b,c;d"));
    EXPECT_EQ((Records{{"a", "b", "c"}}), recordsOf("a\tb\tc"));
    EXPECT_EQ((Records{{"a;;;", "b"}}), recordsOf("\"a;;;\",b"));
    EXPECT_EQ((Records{{"a,b", "c"}}), recordsOf("sep=;\r\na,b;c"));
    EXPECT_EQ((Records{{"a;b"}}), recordsOf("a;b", ','));
    // An empty first line chooses nothing.
    EXPECT_EQ((Records{{""}, {"a", "b"}}), recordsOf("\na;b"));
}

TEST(CsvReader, LinesEndAsEachSystemEndsThem) {
    for (const char* const end : {"\n", "\r\n", "\r"}) {
        const std::string text = std::string("a,b") + end + "\"c" + end + "d\",e" + end;
        Reader reader(text);
        ASSERT_TRUE(reader.next());
        EXPECT_EQ(1, reader.line());
        ASSERT_TRUE(reader.next());
        EXPECT_EQ(2, reader.line());
        EXPECT_EQ("c" + std::string(end) + "d", reader[0]);
        const csv::Position e = reader.position(reader.fields()[1].at);
        EXPECT_EQ(3, e.line);
        EXPECT_EQ(4, e.column);
        EXPECT_EQ(4, reader.lineNumberAhead());
        EXPECT_FALSE(reader.next());
    }
}

TEST(CsvReader, BlanksAroundAFieldAreNoneOfIt) {
    EXPECT_EQ((Records{{"a b", " c ", ""}}), recordsOf(" a b , \" c \" ,  "));
}

TEST(CsvReader, FieldsKnowWhereTheyStand) {
    const std::string_view text = "é, x ,\"y\"\n";
    Reader reader(text);
    ASSERT_TRUE(reader.next());
    const auto& fields = reader.fields();
    EXPECT_EQ("x", text.substr(fields[1].at, fields[1].end - fields[1].at));
    EXPECT_EQ("\"y\"", text.substr(fields[2].at, fields[2].end - fields[2].at));
    EXPECT_TRUE(fields[2].quoted);
    EXPECT_EQ(7, reader.position(fields[2].at).column);
    EXPECT_EQ("", reader[3]);
}

TEST(CsvReader, AMistakeHasItsPlaceAndReadingGoesOn) {
    Reader reader("a,\"b\" c,d\ne\n");
    ASSERT_TRUE(reader.next());
    ASSERT_TRUE(reader.mistake());
    EXPECT_EQ(1, reader.mistake()->where.line);
    EXPECT_EQ(7, reader.mistake()->where.column);
    EXPECT_EQ("found text after a closing quote, expected ',' or the end of the line",
              reader.mistake()->text.en);
    EXPECT_EQ("d", reader[2]);
    ASSERT_TRUE(reader.next());
    EXPECT_FALSE(reader.mistake());
    EXPECT_EQ("e", reader[0]);

    Reader cut("x\na,\"b\n\n");
    cut.next();
    ASSERT_TRUE(cut.next());
    ASSERT_TRUE(cut.mistake());
    EXPECT_EQ(2, cut.mistake()->where.line);
    EXPECT_EQ(3, cut.mistake()->where.column);
    EXPECT_FALSE(cut.next());
}

TEST(CsvReader, LinesBeforeTheRecordsCanBeSkipped) {
    Reader reader("# said; so\n\na,b\n");
    EXPECT_EQ("# said; so", reader.lineAhead());
    reader.skipLine();
    EXPECT_EQ("", reader.lineAhead());
    reader.skipLine();
    EXPECT_EQ(3, reader.lineNumberAhead());
    ASSERT_TRUE(reader.next());
    EXPECT_EQ("b", reader[1]);
    EXPECT_TRUE(reader.atEnd());
}

TEST(CsvWriter, WhatIsWrittenIsReadBack) {
    const std::vector<std::string> fields = {"a", "", " b", "c,d", "e\"f", "g\nh", "i\r", "é;"};
    for (const char separator : {',', ';', '\t'}) {
        std::string text;
        csv::writeRecord(text, fields, separator);
        EXPECT_EQ((Records{fields}), recordsOf(text, separator)) << text;
    }
    EXPECT_EQ("plain", csv::written("plain"));
    EXPECT_EQ("\"a;b\"", csv::written("a;b", ';'));
    EXPECT_EQ("a;b", csv::written("a;b", ','));
}

}  // namespace
