#include "codec.h"

namespace {
using namespace gateway;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Hl7v2Charset : public Hl7v2Test {
protected:
    static std::string message(const std::string& charset, const std::string& text) {
        return "MSH|^~\\&|" + std::string(14, '|') + "|" + charset + "\rNTE|||" + text + "\r";
    }
    std::string read(const std::string& charset, const std::string& bytes) {
        return std::string(at(decode(message(charset, bytes)), "NTE.3").text());
    }
    /// What is written for a text under a charset, from a tree without source.
    std::string write(const std::string& charset, const std::string& text) {
        Builder tree("X");
        const auto header = tree.add(tree.root(), "MSH");
        if (!charset.empty()) tree.text(tree.add(header, "18"), charset);
        tree.text(tree.add(tree.add(tree.root(), "NTE"), "3"), text);
        const std::string bytes = encode(tree.finish());
        const std::size_t begin = bytes.find("NTE|||") + 6;
        return bytes.substr(begin, bytes.size() - 1 - begin);
    }
};

TEST_F(Hl7v2Charset, ReadsAndWritesTheSetsOfMsh18) {
    struct {
        const char *charset, *bytes, *text;
    } const cases[] = {
        {"8859/1", "\xE9\xA4", "é¤"},    {"8859/15", "\xE9\xA4\xBD\xBC\xBE", "é€œŒŸ"},
        {"8859/2", "\xB1", "ą"},         {"8859/5", "\xB6", "Ж"},
        {"8859/7", "\xE1", "α"},         {"8859/9", "\xFD", "ı"},
        {"UNICODE UTF-8", "é€𝄞", "é€𝄞"}, {"ASCII", "abc", "abc"},
    };
    for (const auto& [charset, bytes, text] : cases) {
        EXPECT_EQ(text, read(charset, bytes)) << charset;
        EXPECT_THAT(warnings(), IsEmpty()) << charset;
        EXPECT_EQ(bytes, write(charset, text)) << charset;
        EXPECT_EQ(message(charset, bytes), rewritten(message(charset, bytes)));
    }
}

TEST_F(Hl7v2Charset, TakesUsualSpellingsAndTheFirstRepetition) {
    for (const char* name : {"8859/15", "ISO-8859-15", "iso8859/15", "8859/15~8859/1"})
        EXPECT_EQ("€", read(name, "\xA4")) << name;
    for (const char* name : {"UNICODE UTF-8", "UTF-8", "utf8", "UNICODE"})
        EXPECT_EQ("€", read(name, "€")) << name;
    EXPECT_EQ("\xA4", write("ISO-8859-15", "€"));
}

TEST_F(Hl7v2Charset, ReadsHexEscapesInTheSetOfTheMessage) {
    EXPECT_EQ("é€", read("8859/15", "\\XE9\\\\XA4\\"));
    EXPECT_EQ("\\X80\\", read("8859/1", "\\X80\\")) << "does not fit: kept as written";
}

TEST_F(Hl7v2Charset, ReadsUtf8WhenNoneIsNamedAndSaysSoOnce) {
    EXPECT_EQ("é", read("", "é"));
    EXPECT_THAT(warnings(), ElementsAre("MSH-18"));
    EXPECT_EQ("e", read("", "e"));
    EXPECT_THAT(warnings(), IsEmpty());
    const auto failure = refusal(message("", "DOE \xE9"));
    ASSERT_TRUE(failure);
    EXPECT_EQ("NTE-3", failure->where);
    EXPECT_THAT(failure->what, HasSubstr("charset"));
}

TEST_F(Hl7v2Charset, TakesTheDefaultOfTheSourceWhenNoneIsNamed) {
    use({{"charset", "8859/1"}});
    EXPECT_EQ("é", read("", "\xE9"));
    EXPECT_EQ("é", read("UNICODE UTF-8", "é"));
    EXPECT_EQ("\xE9", write("", "é"));
    EXPECT_EQ("é", write("UNICODE UTF-8", "é"));
    EXPECT_EQ("x-application/hl7-v2+er7; charset=iso-8859-1", codec_->mediaType());
    EXPECT_THROW(use({{"charset", "KLINGON"}}), std::runtime_error);
}

TEST_F(Hl7v2Charset, RefusesBytesThatDoNotFitAndNamesThePlace) {
    struct {
        const char *charset, *bytes, *where;
    } const cases[] = {
        {"ASCII", "DOE\xE9", "NTE-3"},
        {"UNICODE UTF-8", "x~DOE^J\xE9", "NTE-3[2].2"},
        {"UNICODE UTF-8", "x^a&\xED\xA0\x80&y", "NTE-3.2.2"},
        {"UNICODE UTF-8", "\xC0\xAF", "NTE-3"},
        {"8859/1", "DOE\x92", "NTE-3"},
        {"8859/3", "\xA5", "NTE-3"},
    };
    for (const auto& [charset, bytes, where] : cases) {
        const auto failure = refusal(message(charset, bytes));
        ASSERT_TRUE(failure) << charset;
        EXPECT_EQ(Fault::malformed, failure->fault);
        EXPECT_EQ(where, failure->where);
        EXPECT_THAT(failure->what, Not(HasSubstr("DOE")));
    }
    const auto failure = refusal(message("UNICODE UTF-32", "DOE"));
    ASSERT_TRUE(failure);
    EXPECT_EQ(Fault::unsupported, failure->fault);
    EXPECT_EQ("MSH-18", failure->where);
}

TEST_F(Hl7v2Charset, NamesTheSegmentAmongSeveral) {
    const auto failure = refusal("MSH|^~\\&\rOBX|1\rNTE|1\rOBX|2|x|\xE9\r");
    ASSERT_TRUE(failure);
    EXPECT_EQ("OBX[2]-3", failure->where);
}

TEST_F(Hl7v2Charset, RepairsWhenToldAndReportsEachPlace) {
    use({{"charset_errors", "repair"}});
    EXPECT_EQ("l’été", read("8859/1", "l\x92\xE9t\xE9"));
    EXPECT_THAT(warnings(), ElementsAre("NTE-3"));
    EXPECT_EQ("été", read("ASCII", "été"));
    EXPECT_EQ("œé|", read("UNICODE UTF-8", "\x9C\xE9\\F\\"));
    EXPECT_EQ("\xEF\xBF\xBD", read("UNICODE UTF-8", "\x81"));
    std::string many;
    for (int i = 0; i < 100; ++i) many += "\xE9|";
    read("ASCII", many);
    EXPECT_EQ(21U, issues_.all().size());
}

TEST_F(Hl7v2Charset, WarnsOfUtf8UnderAnotherName) {
    EXPECT_EQ("Ã©", read("8859/1", "é"));
    EXPECT_THAT(warnings(), ElementsAre("NTE-3"));
}

TEST_F(Hl7v2Charset, RejectsCharactersThatTheTargetLacks) {
    for (const char* charset : {"ASCII", "8859/1"}) {
        const auto failure = failureOf([&] { write(charset, "DOE œ"); });
        ASSERT_TRUE(failure);
        EXPECT_EQ(Fault::rejected, failure->fault);
        EXPECT_EQ("NTE-3", failure->where);
        EXPECT_THAT(failure->what, Not(HasSubstr("DOE")));
    }
    const auto failure = failureOf([&] { write("UNICODE UTF-16", "DOE"); });
    ASSERT_TRUE(failure);
    EXPECT_EQ("MSH-18", failure->where);
}

}  // namespace
