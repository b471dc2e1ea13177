/// Documents that want to be more than they look: bombs, entities that read files or call
/// somewhere, other charsets than they say. Each is refused with its place, quickly, in little
/// memory, and what it wanted to read is nowhere.
#include <chrono>

#include "support/gateway_process.h"
#include "support/places.h"
#include "support/sanitized.h"

namespace {
using testing::HasSubstr;
using testing::Not;

constexpr const char* kSecret = "MARK-OF-A-FILE-THAT-NOBODY-MAY-READ";

struct Document {
    const char* name;
    const char* codec;
    std::string text;
};

void PrintTo(const Document& one, std::ostream* out) { *out << one.name; }

std::string times(std::size_t count, const std::string& text) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i) all += text;
    return all;
}

std::string laughs() {
    std::string text = "<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY a0 \"lol\">";
    for (int i = 1; i < 12; ++i)
        text += "<!ENTITY a" + std::to_string(i) + " \"" +
                times(10, "&a" + std::to_string(i - 1) + ";") + "\">";
    return text + "]><l>&a11;</l>";
}

std::string with(const std::string& declaration, const std::string& use) {
    return "<?xml version=\"1.0\"?><!DOCTYPE l [" + declaration + "]><l>" + use + "</l>";
}

class HostileDocument : public testing::TestWithParam<Document> {};

TEST_P(HostileDocument, IsRefusedQuicklyAndReadsNothing) {
    const support::TemporaryFolder folder;
    folder.write("secret", kSecret);
    std::string text = GetParam().text;
    for (std::size_t at; (at = text.find("FOLDER")) != text.npos;)
        text.replace(at, 6, folder.path());
    const std::string file = folder.write("document", text);
    const auto before = std::chrono::steady_clock::now();
    const support::Ran ran = support::run(
        {"/usr/bin/prlimit", support::kSanitized ? "--data=unlimited" : "--data=400000000",
         "--cpu=20", std::string(support::kBuildDir) + "/passerelle", "convert", "--from",
         GetParam().codec, "--to", "text", file});
    EXPECT_EQ(1, ran.code) << ran.out.substr(0, 500);
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(15));
    EXPECT_FALSE(ran.err.empty());
    EXPECT_LT(ran.err.size(), 2000u) << "it repeats what it was given";
    EXPECT_THAT(ran.out + ran.err, Not(HasSubstr(kSecret)));
    EXPECT_THAT(ran.err, Not(HasSubstr("bad_alloc")));
}

INSTANTIATE_TEST_SUITE_P(
    Xml, HostileDocument,
    testing::Values(
        Document{"BillionLaughs", "xml", laughs()},
        Document{"QuadraticBlowup", "xml",
                 with("<!ENTITY a \"" + std::string(100'000, 'x') + "\">", times(10'000, "&a;"))},
        Document{"EntityOfAFile", "xml",
                 with("<!ENTITY a SYSTEM \"file://FOLDER/secret\">", "&a;")},
        Document{"ParameterEntityOfAFile", "xml",
                 with("<!ENTITY % a SYSTEM \"file://FOLDER/secret\"> %a;", "")},
        Document{"EntityOfTheNet", "xml",
                 with("<!ENTITY a SYSTEM \"http://127.0.0.1:9/\">", "&a;")},
        Document{"ExternalSubset", "xml", "<!DOCTYPE l SYSTEM \"file://FOLDER/secret\"><l/>"},
        Document{"PublicSubset", "xml",
                 "<!DOCTYPE l PUBLIC \"-//X//Y\" \"http://127.0.0.1:9/x.dtd\"><l/>"},
        Document{"EntityInAnAttribute", "xml", "<!DOCTYPE l [<!ENTITY a \"b\">]><l a=\"&a;\"/>"},
        Document{"DefaultAttributes", "xml", "<!DOCTYPE l [<!ATTLIST l a CDATA \"b\">]><l/>"},
        Document{"UnknownEntity", "xml", "<l>&secret;</l>"},
        Document{"Utf7", "xml",
                 "<?xml version=\"1.0\" encoding=\"UTF-7\"?>+ADw-l+AD4-x+ADw-/l+AD4-"},
        Document{"Utf7ThatIsAscii", "xml",
                 "<?xml version=\"1.0\" encoding=\"UTF-7\"?><l>+ADw-script+AD4-</l>"},
        Document{"CharsetOfAnEscape", "xml",
                 "<?xml version=\"1.0\" encoding=\"ISO-2022-JP\"?><l>\x1B$B</l>"},
        Document{"OverlongUtf8", "xml", "<?xml version=\"1.0\"?><l>\xC0\xBCscript\xC0\xBE</l>"},
        Document{"Nul", "xml", std::string("<l>\0</l>", 8)},
        Document{"DeepElements", "xml", times(200'000, "<a>") + times(200'000, "</a>")},
        Document{"XInclude", "cda",
                 "<ClinicalDocument xmlns=\"urn:hl7-org:v3\" "
                 "xmlns:xi=\"http://www.w3.org/2001/XInclude\"><xi:include href=\"FOLDER/secret\" "
                 "parse=\"text\"/>"},
        Document{"CdaLaughs", "cda", laughs()}, Document{"FhirLaughs", "fhir+xml", laughs()},
        Document{"FhirEntityOfAFile", "fhir+xml",
                 with("<!ENTITY a SYSTEM \"file://FOLDER/secret\">", "&a;")}),
    [](const auto& all) { return std::string(all.param.name); });

INSTANTIATE_TEST_SUITE_P(Json, HostileDocument,
                         testing::Values(Document{"DeepArrays", "json", times(1'000'000, "[")},
                                         Document{
                                             "DeepObjects", "json",
                                             times(500'000, "{\"a\":") + "1" + times(500'000, "}")},
                                         Document{"DeepFhir", "fhir+json",
                                                  "{\"resourceType\":\"Patient\",\"extension\":" +
                                                      times(300'000, "[{\"extension\":")},
                                         Document{"HalfOfAPair", "json", "{\"a\":\"\\ud800\"}"},
                                         Document{"Utf7", "json", "+AHs-+ACI-a+ACI-:1+AH0-"},
                                         Document{"OverlongUtf8", "json", "{\"a\":\"\xC0\xAF\"}"},
                                         Document{"Nul", "json", std::string("{\"a\":\"\0\"}", 9)},
                                         Document{"TwoDocuments", "json", "{} {}"}),
                         [](const auto& all) { return std::string(all.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Others, HostileDocument,
    testing::Values(Document{"ZipAsJson", "json", std::string("PK\3\4\x14\0\0\0", 8)},
                    Document{"ZipAsCsv", "csv",
                             std::string("PK\3\4\x14\0\0\0", 8) + std::string(100, '\1')},
                    Document{"GzipAsXml", "xml", std::string("\x1F\x8B\x08\0\0\0\0\0", 8)},
                    Document{"NothingOfHl7", "hl7v2", times(1'000'000, "|")}),
    [](const auto& all) { return std::string(all.param.name); });

}  // namespace
