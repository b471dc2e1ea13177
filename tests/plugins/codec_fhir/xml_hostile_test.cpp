#include "fhir_codec.h"

namespace {
using namespace gateway;

constexpr const char* kOpen = R"(<Patient xmlns="http://hl7.org/fhir">)";

std::string repeated(int times, const std::string& text) {
    std::string all;
    all.reserve(text.size() * static_cast<std::size_t>(times));
    for (int i = 0; i < times; ++i) all += text;
    return all;
}

TEST_F(FhirCodec, TakesNoDocumentType) {
    const auto with = [&](const std::string& declarations, const std::string& inside = "") {
        return refusal("<!DOCTYPE Patient " + declarations + ">" + kOpen + inside + "</Patient>");
    };
    EXPECT_THAT(with(""), testing::StartsWith("malformed at line 1, column "));
    EXPECT_THAT(with("SYSTEM 'file:///etc/passwd'"), testing::StartsWith("malformed at line 1"));
    EXPECT_THAT(with("PUBLIC 'x' 'http://127.0.0.1:1/x.dtd'"), testing::StartsWith("malformed"));
    EXPECT_THAT(
        with("[<!ENTITY a SYSTEM 'file:///etc/hostname'>]", "<name><text value='b'/>&a;</name>"),
        testing::StartsWith("malformed"));
    EXPECT_THAT(with("[<!ENTITY % a SYSTEM 'http://127.0.0.1:1/'> %a;]"),
                testing::StartsWith("malformed"));
    std::string bomb = "[<!ENTITY a0 '" + std::string(100, 'l') + "'>";
    for (int i = 1; i < 20; ++i)
        bomb += "<!ENTITY a" + std::to_string(i) + " '" +
                repeated(10, "&a" + std::to_string(i - 1) + ";") + "'>";
    EXPECT_THAT(with(bomb + "]", "<name><text value='&a19;'/></name>"),
                testing::StartsWith("malformed"));
}

TEST_F(FhirCodec, RefusesWhatIsNoXml) {
    const auto at = [&](const std::string& inside) {
        return refusal(kOpen + inside + "</Patient>");
    };
    EXPECT_EQ("accepted", at(""));
    using namespace std::string_literals;
    for (const std::string& bad : {"<name><text value='\x01'/></name>"s,
                                   "<name><text value='\0'/></name>"s,
                                   "<name><text value='&#0;'/></name>"s,
                                   "<name><text value='&#x1;'/></name>"s,
                                   "<name><text value='&#xD800;'/></name>"s,
                                   "<name><text value='&#xDFFF;'/></name>"s,
                                   "<name><text value='&#xD83D;&#xDE00;'/></name>"s,
                                   "<name><text value='&#xFFFE;'/></name>"s,
                                   "<name><text value='&#x110000;'/></name>"s,
                                   "<name><text value='\xED\xA0\x80'/></name>"s,
                                   "<name><text value='\xC0\x80'/></name>"s,
                                   "<name><text value='\xE9'/></name>"s,
                                   "<name><text value='\xEF\xBF\xBF'/></name>"s,
                                   "<name><text value='&nbsp;'/></name>"s,
                                   "<name><text value='&'/></name>"s,
                                   "<name><text value='<'/></name>"s,
                                   "<name><text value='a' value='b'/></name>"s,
                                   "<name xmlns:a='x' xmlns:b='x' a:c='' b:c=''/>"s,
                                   "<a:name/>"s,
                                   "<name a:id=''/>"s,
                                   "<name"s,
                                   "<name>"s,
                                   "<name></nam>"s,
                                   "</name>"s,
                                   "<name id=a/>"s,
                                   "<name id/>"s,
                                   "<!"s,
                                   "<![CDATA["s,
                                   "<!--"s,
                                   "<!-- -- -->"s,
                                   "<?xml version='1.0'?>"s,
                                   "<?"s,
                                   "<1/>"s})
        EXPECT_THAT(at(bad), testing::StartsWith("malformed at ")) << bad;
    const std::string good = std::string(kOpen) + "</Patient>";
    for (const std::string& tail :
         {"x"s, "\0"s, "\0<x/>"s, "<Patient/>"s, "<![CDATA[x]]>"s, "&#32;"s})
        EXPECT_THAT(refusal(good + tail), testing::StartsWith("malformed at line 1")) << tail;
    for (std::size_t size = 0; size < good.size(); ++size)
        EXPECT_NE("accepted", refusal(good.substr(0, size))) << size;
}

TEST_F(FhirCodec, SaysNothingOfTheValuesThatItRefuses) {
    for (const char* inside :
         {"<name><family value='TESTEUR' value='TESTEUR'/></name>", "<name>TESTEUR</name>",
          "<name><family value='TESTEUR<'/></name>", "<TESTEUR:name/>", "<name>&TESTEUR;</name>",
          "<name></TESTEUR>", "<name TESTEUR='TESTEUR'/>"}) {
        try {
            decode(kOpen + std::string(inside) + "</Patient>");
            FAIL() << inside;
        } catch (const Error& error) {
            EXPECT_THAT(error.what(), Not(testing::HasSubstr("TESTEUR"))) << inside;
            EXPECT_THAT(error.where, Not(testing::HasSubstr("TESTEUR"))) << inside;
        }
    }
}

TEST_F(FhirCodec, SurvivesDepthInXml) {
    constexpr int kDeep = 1'000'000;
    EXPECT_NE("accepted", refusal(repeated(kDeep, "<a>")));
    EXPECT_NE("accepted", refusal(kOpen + repeated(kDeep, "<a>")));
    EXPECT_NE("accepted", refusal(kOpen + repeated(kDeep, "<extension url='x'>")));
    EXPECT_NE("accepted", refusal(kOpen + repeated(kDeep, "<contained><Patient>")));
    EXPECT_NE("accepted",
              refusal(kOpen + std::string("<text><div xmlns='http://www.w3.org/1999/xhtml'>") +
                      repeated(kDeep, "<p>")));
    const auto nested = [&](int depth) {
        return kOpen + repeated(depth, "<extension url='x'>") + "<valueCode value='y'/>" +
               repeated(depth, "</extension>") + "</Patient>";
    };
    const Document deepest = decode(nested(255));
    EXPECT_EQ("accepted", refusal(encode(*json_, deepest))) << "JSON takes what XML takes";
    EXPECT_NE("accepted", refusal(nested(256)));
    const auto ofJson = [&](int depth, const std::string& inside) {
        return R"({"resourceType":"Patient",)" + repeated(depth, R"("extension":[{"url":"x",)") +
               inside + repeated(depth, "}]") + "}";
    };
    const std::string full = R"("valueHumanName":{"given":["x"]})";  // 1 + 2 * 254 + 2 levels
    EXPECT_EQ("accepted", refusal(asXml(ofJson(254, full)))) << "XML takes what JSON takes";
    EXPECT_EQ("accepted", refusal(asXml(ofJson(255, R"("_valueCode":{"id":"x"})"))));
}

TEST_F(FhirCodec, SurvivesManyAttributesAndNamespaces) {
    const auto many = [](const std::string& before, const std::string& after) {
        std::string all;
        for (int i = 0; i < 1'000'000; ++i) all += before + std::to_string(i) + after;
        return all;
    };
    const std::string name = kOpen + std::string("<name");
    EXPECT_THAT(refusal(name + many(" a", "=''") + "/></Patient>"),
                testing::StartsWith("malformed at line 1, column "));
    EXPECT_NE("accepted", refusal(name + many(" xmlns:a", "='x'") + "/></Patient>"));
    EXPECT_NE("accepted", refusal(kOpen + many("<name xmlns:a", "='x'>")));
    EXPECT_EQ("malformed at line 1, column 38", refusal(name + many(" a", "=\"'\"")));
    EXPECT_EQ("accepted", refusal(kOpen + ("<!--" + many(" a", "=''")) + "--></Patient>"));
    // quotes that never close, in every tag
    EXPECT_NE("accepted", refusal(kOpen + repeated(1000, "<a b=\"" + std::string(4000, 'x'))));
}

TEST_F(FhirCodec, ReadsXmlOnManyThreads) {
    std::string names;
    for (int i = 0; i < 200; ++i)
        names += "<name><family value='\xC3\x89" + std::to_string(i) + "'/></name>";
    const Bytes good(kOpen + names + "</Patient>"), bad(kOpen + names + "</Patien>");
    std::vector<std::thread> threads;
    std::vector<int> right(4);
    for (int& count : right)
        threads.emplace_back([&] {
            for (int i = 0; i < 50; ++i) {
                Issues none;
                const Document read = xml_->decode(good, none);
                count += read.nodes() == 401 && none.empty();
                count +=
                    refusalOf([&] { xml_->decode(bad, none); }).starts_with("malformed at line 1");
            }
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_THAT(right, testing::Each(100));
}

TEST_F(FhirCodec, SurvivesManyElementsAndLongOnes) {
    EXPECT_EQ("accepted", refusal(kOpen + repeated(300'000, "<name id='a'/>") + "</Patient>"));
    std::string names;
    for (int i = 0; i < 300'000; ++i) names += "<n" + std::to_string(i) + "/>";
    EXPECT_EQ("accepted", refusal(kOpen + names + "</Patient>"));
    EXPECT_EQ("accepted",
              refusal(kOpen + repeated(100'000, "<name id='a'/><telecom id='b'/>") + "</Patient>"));
    const std::string huge(20'000'000, 'x');
    EXPECT_EQ("accepted",
              refusal("<Binary xmlns='http://hl7.org/fhir'><data value='" + huge + "'/></Binary>"));
    EXPECT_EQ("accepted", refusal(kOpen + ("<!--" + huge) + "--></Patient>"));
    EXPECT_NE("accepted", refusal(kOpen + huge + "</Patient>"));
    EXPECT_NE("accepted", refusal("<" + huge));
    EXPECT_NE("accepted", refusal(kOpen + repeated(1'000'000, "&amp;") + "</Patient>"));
}

}  // namespace
