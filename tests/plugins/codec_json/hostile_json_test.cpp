#include <filesystem>

#include "json_codec.h"

namespace {
using namespace gateway;
using testing::HasSubstr;
using testing::Not;

std::string repeated(std::string_view text, std::size_t times) {
    std::string all;
    while (times-- > 0) all += text;
    return all;
}

TEST_F(JsonCodec, RefusesWhatIsNoJsonAndSaysWhere) {
    const std::pair<const char*, const char*> texts[] = {
        {"", "line 1, column 1"},
        {"\n\n  x", "line 3, column 3"},
        {"{\"a\":1}x", "line 1, column 8"},
        {"{\"é\":01}", "line 1, column 6"},
        {"[1,]", "line 1, column 4"},
        {"{'a':1}", "line 1, column 2"},
        {"[NaN]", "line 1, column 2"},
        {"[1] // end", "line 1, column 5"},
        {"\"\t\"", "line 1, column 2"},
        {"\"\\x\"", "line 1, column 2"},
        {"\xEF\xBB\xBF{", "line 1, column 2"},
    };
    for (const auto& [text, where] : texts) EXPECT_EQ(where, refusal(text)) << text;
}

TEST_F(JsonCodec, RefusesWhatIsNoNumber) {
    for (const char* text : {"-", "--5", "1.", "1.-5", ".5", "1e", "1e+", "1e+-5", "1e-", "+1",
                             "01", "-01", "1.2.3", "0x1", "1-2", "1e5.5", "-e", "5-"}) {
        EXPECT_NE("accepted", refusal(text)) << text;
        EXPECT_NE("accepted", refusal(std::string("{\"a\":[") + text + "]}")) << text;
    }
    for (const char* text : {"0", "-0", "10", "1.0", "1e5", "1E+5", "-1.25e-10", "0e0"})
        EXPECT_EQ(text, decode(text).root().text());
    const std::string digits(100'000, '7');
    EXPECT_EQ(digits, decode(digits).root().text());
}

TEST_F(JsonCodec, RefusesBadUtf8AndHalfSurrogates) {
    for (const char* text : {"\"\xC3\"", "\"\x80\"", "\"\xC0\xAF\"", "\"\xE0\x80\xAF\"",
                             "\"\xED\xA0\x80\"", "\"\xF4\x90\x80\x80\"", "\"\xFF\"",
                             "\"\xF0\x9F\x98\"", "\xFF\xFE{\0}\0", "{\"12345678\xE9\":1}"})
        EXPECT_NE("accepted", refusal(text)) << text;
    for (const char* text : {R"("\ud800")", R"("\udc00")", R"("\ud800\ud800")", R"("\ud800x")",
                             R"("a\udfffb")", R"({"\udc00":1})"})
        EXPECT_NE("accepted", refusal(text)) << text;
    EXPECT_EQ("line 2, column 3", refusal("[\n\"é\xFF\"]"));
}

TEST_F(JsonCodec, RefusesAKeyThatStandsTwice) {
    EXPECT_EQ("line 1, column 9", refusal(R"({"a":1,"a":2})"));
    EXPECT_NE("accepted", refusal(R"({"a":1,"\u0061":2})"));
    EXPECT_NE("accepted", refusal(R"({"\u0061":1,"a":2})"));
    EXPECT_EQ("accepted", refusal(R"({"a":{"a":[{"a":1},{"a":1}]},"b":1})"));
    std::string many = "{";
    for (int i = 0; i < 1000; ++i) many += "\"k" + std::to_string(i) + "\":{\"\\u006b1\":0},";
    EXPECT_EQ("accepted", refusal(many + "\"z\":0}"));
    EXPECT_NE("accepted", refusal(many + "\"k7\":0}"));
    EXPECT_NE("accepted", refusal(many + "\"\\u006b999\":0}"));
}

TEST_F(JsonCodec, SurvivesAnyDepth) {
    constexpr std::size_t kLevels = 1'000'000;
    EXPECT_EQ("line 1, column 513", refusal(std::string(kLevels, '[')));
    EXPECT_NE("accepted", refusal(repeated("{\"a\":", kLevels)));
    EXPECT_NE("accepted", refusal(repeated("[{\"a\":", kLevels)));
    EXPECT_EQ("accepted", refusal(std::string(512, '[') + std::string(512, ']')));
    EXPECT_NE("accepted", refusal(std::string(513, '[') + std::string(513, ']')));
    const auto deep = plugins_.codec("json", support::map({{"depth", support::scalar("2048")}}));
    Issues issues;
    const Document read =
        deep->decode(Bytes(std::string(2048, '[') + std::string(2048, ']')), issues);
    Sink out;
    deep->encode(copyOf(read), out, issues);
    EXPECT_EQ(4096u, out.text().size());
}

TEST_F(JsonCodec, ReadsAMillionKeys) {
    std::string text = "{\"k\":0";
    for (int i = 0; i < 1'000'000; ++i) text += ",\"k" + std::to_string(i) + "\":\"v\"";
    const Document read = decode(text + "}");
    EXPECT_EQ(1'000'002u, read.nodes());
    EXPECT_EQ(text.size() + 1, encode(copyOf(read)).size());
}

TEST_F(JsonCodec, RefusesATextCutAnywhere) {
    const std::string whole =
        R"({"nom":"DURAND","n":[-1.5e3,true,false,null,{}],"e":"a\u00e9\ud83d\ude00","f":{"g":[]}})";
    ASSERT_EQ("accepted", refusal(whole));
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_NE("accepted", refusal(whole.substr(0, size))) << size;
}

TEST_F(JsonCodec, NeverRepeatsWhatItFound) {
    for (const char* text :
         {R"({"nom":"DURAND)", R"({"nom":DURAND})", R"({"DURAND":1,"DURAND":2})"}) {
        try {
            decode(text);
            ADD_FAILURE() << text;
        } catch (const Error& error) {
            EXPECT_THAT(error.what(), Not(HasSubstr("DURAND")));
        }
    }
}

TEST_F(JsonCodec, ReadsTheNativePlansOfTheCorpus) {
    if (support::corpus().empty()) GTEST_SKIP() << "no corpus beside the checkout";
    int files = 0;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(support::corpus() + "/pps")) {
        if (entry.path().extension() != ".json") continue;
        const Document first = decode(support::fileText(entry.path()));
        const std::string written = encode(copyOf(first));
        EXPECT_TRUE(equalTrees(first.root(), decode(written).root())) << entry.path();
        ++files;
    }
    EXPECT_GT(files, 0);
}

}  // namespace
