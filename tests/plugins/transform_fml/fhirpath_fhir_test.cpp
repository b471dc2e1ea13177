/// What FHIR adds to FHIRPath: value sets of the document, narratives, paths of nodes.
#include "fhirpath_fixture.h"
#include "fhirpath_html.h"

namespace {
using namespace gateway;

constexpr const char* kBundle = R"({"resourceType": "Bundle", "type": "collection", "entry": [
  {"resource": {"resourceType": "ValueSet", "url": "http://example.test/colours", "status": "active",
     "compose": {"include": [
        {"system": "http://example.test/paint", "concept": [{"code": "red"}, {"code": "blue"}]},
        {"valueSet": ["http://example.test/greys"]}],
        "exclude": [{"system": "http://example.test/paint", "concept": [{"code": "blue"}]}]}}},
  {"resource": {"resourceType": "ValueSet", "url": "http://example.test/greys", "status": "active",
     "expansion": {"timestamp": "2025-01-01", "contains": [
        {"system": "http://example.test/grey", "code": "light", "contains": [
          {"system": "http://example.test/grey", "code": "lighter"}]}]}}},
  {"resource": {"resourceType": "ValueSet", "url": "http://example.test/whole", "status": "active",
     "compose": {"include": [{"system": "http://example.test/sizes"}]}}},
  {"resource": {"resourceType": "ValueSet", "url": "http://example.test/open", "status": "active",
     "compose": {"include": [{"system": "http://example.test/else"}]}}},
  {"resource": {"resourceType": "CodeSystem", "url": "http://example.test/sizes", "status": "active",
     "content": "complete", "concept": [{"code": "big", "concept": [{"code": "huge"}]}]}},
  {"resource": {"resourceType": "Observation", "id": "o", "status": "final",
     "code": {"coding": [{"system": "http://example.test/paint", "code": "red"},
                         {"system": "http://example.test/grey", "code": "lighter"}]},
     "modifierExtension": [{"url": "http://example.test/known", "valueBoolean": true}],
     "valueCodeableConcept": {"text": "none"}}}]})";

class FhirFunctions : public Fhirpath {
protected:
    Document read(const std::string& text) {
        Issues issues;
        return plugins_.codec("fhir")->decode(Bytes::copy(text), issues);
    }
    support::Plugins plugins_{{"codec_fhir"}};
};

TEST_F(FhirFunctions, FindMembersOfValueSetsOfTheDocument) {
    const Document bundle = read(kBundle);
    environment_.resource = environment_.rootResource = bundle.root();
    const std::string code = "entry[5].resource.code";
    expect({{code + ".memberOf('http://example.test/colours')", "true"},
            {code + ".coding[0].memberOf('http://example.test/colours|1.0')", "true"},
            {code + ".coding[1].memberOf('http://example.test/greys')", "true"},
            {code + ".coding[0].memberOf('http://example.test/greys')", "false"},
            {code + ".coding[0].code.memberOf('http://example.test/colours')", "true"},
            {"'blue'.memberOf('http://example.test/colours')", "false"},
            {"'huge'.memberOf('http://example.test/whole')", "true"},
            {"'small'.memberOf('http://example.test/whole')", "false"},
            {"'x'.memberOf('http://example.test/open')", ""},
            {code + ".memberOf('http://example.test/unknown')", ""},
            {code + ".coding.memberOf('http://example.test/greys')", "error"},
            {"entry[5].resource.value.memberOf('http://example.test/greys')", "false"},
            {"entry[5].resource.memberOf('http://example.test/greys')", "error"}},
           bundle.root());
}

TEST_F(FhirFunctions, AskTheHostForValueSetsAndTellWhatIsUnknown) {
    const Document bundle = read(kBundle);
    Issues issues;
    environment_.issues = &issues;
    environment_.valueSets = [](std::string_view url, std::string_view system,
                                std::string_view code) -> std::optional<bool> {
        if (url != "http://example.test/host") return std::nullopt;
        return system.empty() && code == "a";
    };
    expect({{"'a'.memberOf('http://example.test/host|2')", "true"},
            {"'b'.memberOf('http://example.test/host')", "false"}},
           bundle.root());
    EXPECT_TRUE(issues.empty());
    EXPECT_EQ("", answer("'a'.memberOf('http://example.test/other')", bundle.root()));
    ASSERT_EQ(1u, issues.all().size());
    EXPECT_FALSE(issues.all().front().text.fr.empty());
}

TEST_F(FhirFunctions, SayWhereANodeStands) {
    const Document bundle = read(kBundle);
    environment_.rootResource = bundle.root();
    expect({{"entry[5].resource.code.coding[1].pathname()",
             "Bundle.entry[5].resource[0].code[0].coding[1]"},
            {"entry[5].resource.code.coding[1].pathname(true)",
             "Bundle.entry[5].resource.code.coding[1]"},
            {"('a' | type).pathname()", "Bundle.type[0]"}},
           bundle.root());
}

TEST_F(FhirFunctions, RefuseModifiersThatAreNotKnown) {
    const Document bundle = read(kBundle);
    expect({{"entry[5].resource.checkModifiers('http://example.test/known').id", "o"},
            {"entry[5].resource.checkModifiers('http://example.test/other').id", "error"}},
           bundle.root());
}

TEST(Narrative, HoldsWhatFhirAllows) {
    using fhirpath::allowedHtml;
    const std::string open = "<div xmlns=\"http://www.w3.org/1999/xhtml\">";
    EXPECT_TRUE(allowedHtml(open + "<p class='x'>a &amp; b</p><br/><table><tr><td colspan=\"2\">c"
                                   "</td></tr></table></div>"));
    EXPECT_TRUE(allowedHtml(open + "<!-- <script> --><img src=\"a.png\" alt=\"\"/></div>"));
    EXPECT_FALSE(allowedHtml(open + " \n</div>")) << "nothing to read";
    EXPECT_FALSE(allowedHtml(open + "<script>a</script></div>"));
    EXPECT_FALSE(allowedHtml(open + "<p onclick=\"a\">b</p></div>"));
    EXPECT_FALSE(allowedHtml(open + "<form>a</form></div>"));
    EXPECT_FALSE(allowedHtml(open + "<b><i>a</b></i></div>"));
    EXPECT_FALSE(allowedHtml(open + "a"));
    EXPECT_FALSE(allowedHtml(open + "a</div>b"));
    EXPECT_FALSE(allowedHtml("<div>a</div><div>b</div>"));
    EXPECT_FALSE(allowedHtml("<p>a</p>"));
    EXPECT_FALSE(allowedHtml("<div xmlns=\"http://example.test\">a</div>"));
    EXPECT_FALSE(allowedHtml(""));
}

TEST(Narrative, MayDeclareNamespacesThatItDoesNotUse) {
    using fhirpath::allowedHtml;
    const std::string open = "<div xmlns=\"http://www.w3.org/1999/xhtml\"";
    EXPECT_TRUE(allowedHtml(open + " xmlns:xs=\"urn:x\" xmlns:a.b-c='urn:y'>a</div>"));
    EXPECT_TRUE(allowedHtml(open + "><p xmlns:h=\"http://www.w3.org/1999/xhtml\">a</p></div>"));
    EXPECT_FALSE(allowedHtml(open + " xmlns:=\"urn:x\">a</div>"));
    EXPECT_FALSE(allowedHtml(open + " xmlns:x=\"\">a</div>"));
    EXPECT_FALSE(allowedHtml(open + " xmlns:x=\"urn:x\" x:y=\"z\">a</div>"));
    EXPECT_FALSE(allowedHtml(open + " xmlns:x=\"urn:x\"><x:p>a</x:p></div>"));
    EXPECT_FALSE(allowedHtml(open + "><p xmlns=\"http://hl7.org/fhir\">a</p></div>"));
    EXPECT_FALSE(allowedHtml("<div xmlns:h=\"http://www.w3.org/1999/xhtml\">a</div>"));
}

TEST(Narrative, IsWellFormedXmlByItself) {
    using fhirpath::allowedHtml;
    const std::string open = "<div xmlns=\"http://www.w3.org/1999/xhtml\">";
    for (const char* good :
         {"&lt;&gt;&amp;&quot;&apos;&#160;&#xA0;&#x1F600;", "<![CDATA[a & <b>]]>", "é",
          "<a href=\"?a=b&amp;c=d\">]]</a>", "a<!-- & < -->", "<p title=\"]]>\">a > b</p>"})
        EXPECT_TRUE(allowedHtml(open + good + "</div>")) << good;
    for (const char* bad : {"a & b",
                            "a &amp b",
                            "&nbsp;",
                            "&copy;",
                            "&;",
                            "&#;",
                            "&#x;",
                            "&#0;",
                            "&#x1F;",
                            "&#xD800;",
                            "&#xFFFE;",
                            "&#x110000;",
                            "&#99999999999;",
                            "&#-1;",
                            "&#X41;",
                            "a\x01",
                            "a ]]> b",
                            "<![CDATA[a",
                            "<![CDATA[ ]]>",
                            "a<!-- b -- c -->",
                            "a<!-- b --->",
                            "<p title=\"a & b\">a</p>",
                            "<p title=\"<\">a</p>",
                            "<p title='a' title='b'>a</p>",
                            "<p title='a'lang='fr'>a</p>",
                            "<p title>a</p>",
                            "<p xmlns=''>a</p>"})
        EXPECT_FALSE(allowedHtml(open + bad + "</div>")) << bad;
    for (const std::string& bad :
         {" " + open + "a</div>", open + "a</div>\n", "<?xml version='1.0'?>" + open + "a</div>",
          "<!-- a -->" + open + "a</div>", open + "a</div><!-- a -->", open + "a</div",
          std::string("<div>a</div>"), "<![CDATA[a]]>" + open + "a</div>"})
        EXPECT_FALSE(allowedHtml(bad)) << bad;
}

}  // namespace
