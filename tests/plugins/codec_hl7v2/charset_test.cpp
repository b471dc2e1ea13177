#include "codec.h"

namespace {
using namespace gateway;
using testing::Contains;
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
        issues_ = {};
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
    EXPECT_EQ("\xE9", write("UNICODE UTF-8", "é"));
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
    const auto failure = refusal(message("KLINGON", "DOE"));
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
    const auto failure = failureOf([&] { write("KLINGON", "DOE"); });
    ASSERT_TRUE(failure);
    EXPECT_EQ("MSH-18", failure->where);
}

/// Text as units of 2 or 4 bytes.
std::string wide(const std::u32string& text, unsigned unit, bool little) {
    std::string out;
    const auto put = [&](char32_t c) {
        for (unsigned i = 0; i < unit; ++i)
            out += static_cast<char>(c >> 8 * (little ? i : unit - 1 - i) & 0xFF);
    };
    for (const char32_t c : text) {
        if (unit == 2 && c > 0xFFFF) {
            put(0xD800 + ((c - 0x10000) >> 10));
            put(0xDC00 + ((c - 0x10000) & 0x3FF));
        } else {
            put(c);
        }
    }
    return out;
}

class Hl7v2Wide : public Hl7v2Charset {
protected:
    static std::u32string head(const std::u32string& charset) {
        return U"MSH|^~\\&|A||||||ADT^A01|M1||||||||" + charset + U"\r";
    }
};

TEST_F(Hl7v2Wide, ReadsEveryFormAndKnowsThePlaces) {
    const std::u32string segment = U"PID|1||7|É€𝄞\\F\\^\\H\\x~~B||\r";
    for (const unsigned unit : {2u, 4u})
        for (const bool little : {true, false})
            for (const bool mark : {true, false})
                for (const auto& charset :
                     {std::u32string(unit == 2 ? U"UNICODE UTF-16" : U"UNICODE UTF-32"),
                      std::u32string(), std::u32string(U"UNICODE")}) {
                    const std::string text =
                        wide((mark ? U"\uFEFF" : U"") + head(charset) + segment, unit, little);
                    const Document document = decode(text);
                    EXPECT_THAT(warnings(), IsEmpty());
                    const Node name = at(document, "PID.4");
                    EXPECT_EQ("É€𝄞|", name.child("1").text());
                    EXPECT_EQ("PID-4[1].1", name.child("1").path());
                    EXPECT_EQ(wide(U"É€𝄞\\F\\", unit, little),
                              document.source().view(name.child("1").where()));
                    EXPECT_EQ(wide(U"É€𝄞\\F\\^\\H\\x", unit, little),
                              document.source().view(name.where()));
                    EXPECT_EQ(text, encode(document)) << "untouched";
                    EXPECT_EQ(wide((mark ? U"\uFEFF" : U"") + head(charset) +
                                       U"PID|1||œ|É€𝄞\\F\\^\\H\\x~~B||\r",
                                   unit, little),
                              edited(text, [](Builder& tree) {
                                  const Node id = at(tree.root().node(), "PID.3");
                                  tree.text(tree.handle(id), "œ");
                              }));
                }
}

TEST_F(Hl7v2Wide, KeepsNamesOfItsOwn) {
    const Document document =
        decode(wide(head(U"") + U"ZQ7" + std::u32string(120, U'|') + U"x\r", 2, true));
    EXPECT_EQ("ZQ7( 120=x)", values(document.root()).substr(values(document.root()).find("ZQ7")));
}

TEST_F(Hl7v2Wide, EndsSegmentsWithCarriageReturns) {
    EXPECT_EQ(
        wide(head(U"") + U"PID|é\rPV1\r", 2, true),
        encode(decode(wide(U"MSH|^~\\&|A||||||ADT^A01|M1||||||||\r\nPID|é\nPV1\r\n", 2, true))));
}

TEST_F(Hl7v2Wide, IsSplitByMessages) {
    const std::string one = wide(head(U"") + U"PID|é€\r", 2, false);
    const std::string two = wide(head(U"") + U"PID|𝄞\r", 2, false);
    const Bytes body = Bytes::copy(wide(U"\uFEFF"
                                        U"FHS|^~\\&\rBHS|^~\\&\r",
                                        2, false) +
                                   one + two + wide(U"BTS|2\rFTS|1\r", 2, false));
    const auto spans = codec_->split(body, issues_);
    EXPECT_THAT(warnings(), IsEmpty());
    ASSERT_EQ(2U, spans.size());
    EXPECT_EQ(one, body.view(spans[0]));
    EXPECT_EQ(two, body.view(spans[1]));
    EXPECT_EQ("é€", at(decode(std::string(body.view(spans[0]))), "PID.1").text());
}

TEST_F(Hl7v2Wide, RefusesOrRepairsWhatIsNoCharacter) {
    const std::string lone =
        wide(head(U""), 2, true) + wide(U"PID|", 2, true) + std::string("\x00\xD8x\x00\r\x00", 6);
    const auto failure = refusal(lone);
    ASSERT_TRUE(failure);
    EXPECT_EQ(Fault::malformed, failure->fault);
    EXPECT_EQ("byte " + std::to_string(lone.size() - 6), failure->where);
    const std::string declared = wide(head(U"8859/1"), 2, true);
    EXPECT_EQ("MSH-18", refusal(declared)->where);
    EXPECT_EQ("MSH-18", refusal(message("UNICODE UTF-16", "DOE"))->where) << "its bytes are not";

    use({{"charset_errors", "repair"}});
    EXPECT_EQ("\xEF\xBF\xBDx", at(decode(lone), "PID.1").text());
    EXPECT_THAT(warnings(), ElementsAre("message"));
    EXPECT_EQ("8859/1", at(decode(declared), "MSH.18").text());
    EXPECT_THAT(warnings(), ElementsAre("MSH-18"));
    EXPECT_EQ("é", read("UNICODE UTF-16", "é"));
}

class Hl7v2Destination : public Hl7v2Charset {
protected:
    const std::string utf8_ = message("UNICODE UTF-8", "é^^|\\XC3A9\\||");
};

TEST_F(Hl7v2Destination, IsWrittenInItsSetAndMsh18Follows) {
    const Document document = decode(utf8_);
    use({{"charset", "8859/1"}});
    EXPECT_EQ(message("8859/1", "\xE9^^|\xE9||"), encode(document)) << "untouched, of another set";
    EXPECT_EQ(message("8859/1", "\xE9|\xE9"), encode(rebuilt(document)));
    const Document unnamed = decode(message("", "\xE9^"));
    EXPECT_EQ(message("", "\xE9^"), encode(unnamed)) << "read by the same default";
    use({{"charset", "UNICODE UTF-8"}});
    EXPECT_EQ(utf8_, encode(document));
    EXPECT_EQ(message("UNICODE UTF-8", "é^"), encode(unnamed));
    EXPECT_EQ("MSH|^~\\&|||||||||||||||A|UNICODE UTF-8~8859/15|FR\rNTE|é\r",
              encode(decode("MSH|^~\\&|||||||||||||||A|8859/1~8859/15|FR\rNTE|\xE9\r")));
    EXPECT_EQ("MSH|^~\\&|||||||||||||||A|UNICODE UTF-8~8859/15\rNTE|x\r",
              encode(decode("MSH|^~\\&|||||||||||||||A|~8859/15\rNTE|x\r").untouched()
                         ? rebuilt(decode("MSH|^~\\&|||||||||||||||A|~8859/15\rNTE|x\r"))
                         : Document()));
}

TEST_F(Hl7v2Destination, ChangesNothingButBytesAndMsh18) {
    const std::string body =
        "PID|1||7^^^A&&^^~~|\\X41\\\\.sp3\\\\Zq\\^\"\"||a\\F\\b\\X0D\\|||\r\rPV1||I^||";
    const auto with = [&](const std::string& charset, const std::string& rest) {
        return "MSH|^~\\&|A|||||||||||||||" + charset + "||\r" + body + rest;
    };
    const std::string tail =
                          "\rNTE|1||"
                          "é^é\\H\\é~~é&|\r",
                      latin = "\rNTE|1||\xE9^\xE9\\H\\\xE9~~\xE9&|\r";
    const std::string ascii = with("ASCII", ""), named = with("UNICODE UTF-8", tail);
    const std::string short_ = "MSH|^~\\&|A||\r" + body + latin;
    const Document plain = decode(ascii), utf8 = decode(named), one = decode(with("8859/1", latin)),
                   mark = decode("\xEF\xBB\xBF" + named);
    use({{"charset", "8859/1"}});
    const Document unnamed = decode(short_);
    EXPECT_EQ(with("8859/1", ""), encode(plain));
    EXPECT_EQ(with("8859/1", latin), encode(utf8));
    EXPECT_EQ(with("8859/1", latin), encode(mark)) << "no mark in front of 8859";
    EXPECT_EQ(short_, encode(unnamed));
    use({{"charset", "UNICODE UTF-8"}});
    EXPECT_EQ(with("UNICODE UTF-8", ""), encode(plain));
    EXPECT_EQ(with("UNICODE UTF-8", tail), encode(one));
    EXPECT_EQ("MSH|^~\\&|A|||||||||||||||UNICODE UTF-8\r" + body + tail, encode(unnamed));
    EXPECT_EQ(with("UNICODE UTF-8", "\rNTE|é|\\X80\\|\r"),
              encode(decode(with("8859/1", "\rNTE|\\XE9\\|\\X80\\|\r"))))
        << "in bytes of the set";
    use({{"view", "grouped"}, {"charset", "UNICODE UTF-8"}});
    EXPECT_EQ(with("UNICODE UTF-8", tail), encode(decode(with("8859/1", latin))));
    EXPECT_EQ(with("UNICODE UTF-8", tail + "PV1|x\r"),
              edited(with("8859/1", latin + "PV1|y\r"),
                     [](Builder& tree) {
                         for (const Node segment : tree.root().node().children())
                             if (segment.child("1").text() == "y")
                                 tree.text(tree.handle(segment.child("1")), "x");
                     }))
        << "and what was changed";
}

TEST_F(Hl7v2Destination, SaysWhereACharacterIsLacking) {
    const Document document = decode(message("UNICODE UTF-8", "œ^^|é|"));
    use({{"charset", "8859/1"}});
    const auto refused = failureOf([&] { encode(document); });
    ASSERT_TRUE(refused);
    EXPECT_EQ(Fault::rejected, refused->fault);
    EXPECT_EQ("NTE-3", refused->where);
    use({{"charset", "8859/1"}, {"unmappable", "transliterate"}});
    issues_ = {};
    EXPECT_EQ(message("8859/1", "oe^^|\xE9|"), encode(document));
    EXPECT_THAT(warnings(), ElementsAre("NTE-3"));
}

TEST_F(Hl7v2Destination, KeepsWhatIsEmptyOfAWideMessageToo) {
    const std::string text = "|^~\\&|A|||||||||||||||";
    const Document document =
        decode(wide(U"\uFEFFMSH|^~\\&|A|||||||||||||||UNICODE UTF-16||\rNTE|é^^||\r", 2, true));
    use({{"charset", "8859/1"}});
    EXPECT_EQ("MSH" + text + "8859/1||\rNTE|\xE9^^||\r", encode(document));
    use({{"charset", "UNICODE UTF-8"}});
    EXPECT_EQ("MSH" + text + "UNICODE UTF-8||\rNTE|é^^||\r", encode(document));
    use({{"charset", "UNICODE UTF-32"}});
    EXPECT_EQ(wide(U"\uFEFFMSH|^~\\&|A|||||||||||||||UNICODE UTF-32||\rNTE|é^^||\r", 4, false),
              encode(document));
}

TEST_F(Hl7v2Destination, MayBeWide) {
    const Document document = decode(message("8859/1", "\xE9"));
    use({{"charset", "UNICODE UTF-16"}});
    const std::u32string after = U"\uFEFFMSH|^~\\&|||||||||||||||||UNICODE UTF-16\rNTE|||é\r";
    std::u32string expected = after;
    expected.replace(0, expected.find(U"UNICODE"), U"\uFEFFMSH|^~\\&|" + std::u32string(15, U'|'));
    EXPECT_EQ(wide(expected, 2, false), encode(document));
    EXPECT_EQ("x-application/hl7-v2+er7; charset=utf-16", codec_->mediaType());
}

TEST_F(Hl7v2Destination, TransliteratesWhatItLacksWhenToldAndSaysWhere) {
    use({{"charset", "8859/1"}, {"unmappable", "transliterate"}});
    struct {
        const char *text, *written;
    } const cases[] = {
        {"Œuvre œ Ÿ", "OEuvre oe Y"},
        {"12 € – « a » “b” ‘c’ … ", "12 EUR - \xAB a \xBB \"b\" 'c' ... "},
        {"Łódź Dvořák ąć Ő ș ễ",
         "L\xF3"
         "dz Dvor\xE1k ac O s e"},
        {"e\u0301te\u0301 e\u0328", "\xE9t\xE9 e"},
        {"\u201C\u201D", "\\X2222\\"},
        {"☃ 中 𝄞", "? ? ?"},
        {"a\u00A0b\u202Fc\u2011d",
         "a\xA0"
         "b c-d"},
    };
    for (const auto& [text, written] : cases) {
        EXPECT_EQ(written, write("", text)) << text;
        EXPECT_THAT(warnings(), Contains("NTE-3"));
    }
    use({{"charset", "ASCII"}, {"unmappable", "transliterate"}});
    EXPECT_EQ("ete, Noel, deja: 5 deg\\T\\", write("", "été, Noël, déjà: 5 °&"));
}

}  // namespace
