#include <filesystem>

#include "support/codec_test.h"

namespace {
using namespace gateway;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string kOpen = "<ClinicalDocument xmlns=\"urn:hl7-org:v3\">";
const std::string kClose = "</ClinicalDocument>";

class CdaCodec : public support::CodecTest {
protected:
    CdaCodec() : CodecTest("codec_cda", "cda") {}
    std::string body(std::string text) {
        std::string all = rewritten(std::move(text));
        all.erase(0, all.find("?>\n") + 3);
        return all.substr(0, all.size() - 1);
    }
    const ModelType* type(const char* url) { return codec_->model()->byUrl(url); }
};

TEST_F(CdaCodec, NamesAttributesAndElementsAsTheLogicalModelDoes) {
    const Document document =
        decode(kOpen +
               "<realmCode code=\"FR\"/><id root=\"1.2\" extension=\"7\"/><code code=\"34133-9\" "
               "displayName=\"Note\"/><title>Un titre</title><effectiveTime value=\"20250102\"/>" +
               kClose);
    const Node root = document.root();
    EXPECT_EQ("ClinicalDocument", root.type());
    EXPECT_EQ("7", root.child("id").child("extension").text());
    EXPECT_EQ("II", root.child("id").type());
    EXPECT_EQ("Note", root.child("code").child("displayName").text());
    EXPECT_EQ("Un titre", root.child("title").text());
    EXPECT_EQ("ST", root.child("title").type());
    EXPECT_EQ("20250102", root.child("effectiveTime").child("value").text());
    EXPECT_EQ("1.2^7", codec_->envelope(document).controlId);
    EXPECT_EQ("ClinicalDocument/34133-9", codec_->envelope(document).type);
}

TEST_F(CdaCodec, TakesXsiTypeForTheTypeOfTheNodeAndWritesIt) {
    const std::string text =
        "<ClinicalDocument xmlns=\"urn:hl7-org:v3\" "
        "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><component><structuredBody>"
        "<component><section><entry><observation classCode=\"OBS\" moodCode=\"EVN\">"
        "<value xsi:type=\"PQ\" value=\"2.50\" unit=\"g\"/></observation></entry></section>"
        "</component></structuredBody></component></ClinicalDocument>";
    const Document document = decode(text);
    const Node observation = document.root()
                                 .child("component")
                                 .child("structuredBody")
                                 .child("component")
                                 .child("section")
                                 .child("entry")
                                 .child("observation");
    EXPECT_EQ("PQ", observation.child("value").type());
    EXPECT_EQ("2.50", observation.child("value").child("value").text());
    EXPECT_EQ(text, body(text));
}

TEST_F(CdaCodec, KeepsTheNarrativeAsItIsWritten) {
    const std::string begin = kOpen + "<component><structuredBody><component><section>",
                      end = "</section></component></structuredBody></component>" + kClose;
    const std::string inside = "<paragraph>a<br/>b &amp; c</paragraph> <!-- x --><list/>";
    const std::string text = begin + "<text ID=\"t1\">" + inside + "</text>" + end;
    const Document document = decode(text);
    const Node section = document.root()
                             .child("component")
                             .child("structuredBody")
                             .child("component")
                             .child("section");
    EXPECT_EQ(inside, section.child("text").text());
    EXPECT_EQ("t1", section.child("text").child("ID").text());
    EXPECT_EQ(text, body(text));
    const std::string prefixed =
        "<h:ClinicalDocument "
        "xmlns:h=\"urn:hl7-org:v3\"><h:component><h:structuredBody><h:component>"
        "<h:section><h:text><h:content ID=\"a\">x &lt; y</h:content></h:text></h:section>"
        "</h:component></h:structuredBody></h:component></h:ClinicalDocument>";
    EXPECT_EQ(begin + "<text><content ID=\"a\">x &lt; y</content></text>" + end, body(prefixed))
        << "without the prefix";
}

TEST_F(CdaCodec, NamesTheExtensionsOfHl7) {
    const std::string text =
        "<ClinicalDocument xmlns=\"urn:hl7-org:v3\" xmlns:sdtc=\"urn:hl7-org:sdtc\"><recordTarget>"
        "<patientRole><patient><raceCode code=\"1\"/><sdtc:raceCode code=\"2\"/></patient>"
        "</patientRole></recordTarget></ClinicalDocument>";
    const Document document = decode(text);
    const Node patient =
        document.root().child("recordTarget").child("patientRole").child("patient");
    EXPECT_EQ("2", patient.child("sdtcRaceCode").child("code").text());
    EXPECT_EQ(text, body(text));
}

TEST_F(CdaCodec, PutsWhatAMapMadeInTheOrderOfTheSchema) {
    Builder tree("ClinicalDocument");
    const auto add = [&](Builder::Handle parent, std::string_view name, std::string_view text) {
        const auto node = tree.add(parent, name);
        if (!text.empty()) tree.text(node, text);
        return node;
    };
    const auto custodian = add(tree.root(), "custodian", "");
    add(add(custodian, "assignedCustodian", ""), "classCode", "ASSIGNED");
    add(add(tree.root(), "title", ""), "xmlText", "Lettre < 2");
    const auto code = add(tree.root(), "code", "");
    add(code, "originalText", "d'origine");
    add(code, "code", "1");
    const auto telecom = add(custodian, "telecom", "");
    add(telecom, "use", "HP");
    const auto id = add(tree.root(), "id", "");
    add(id, "extension", "7");
    add(id, "root", "1.2");
    add(tree.root(), "classCode", "DOCCLIN");
    const std::string written = encode(tree.finish());
    EXPECT_THAT(written,
                HasSubstr("<ClinicalDocument xmlns=\"urn:hl7-org:v3\" classCode=\"DOCCLIN\">"
                          "<id extension=\"7\" root=\"1.2\"/><code code=\"1\"><originalText>"
                          "d'origine</originalText></code><title>Lettre &lt; 2</title><custodian>"
                          "<assignedCustodian classCode=\"ASSIGNED\"/>"));
    ASSERT_EQ(1u, issues_.all().size()) << "custodian has no telecom";
    EXPECT_EQ("/custodian/telecom", issues_.all()[0].where);
}

TEST_F(CdaCodec, WritesPartsOfNamesInTheirOwnOrder) {
    const std::string text = kOpen +
                             "<recordTarget><patientRole><patient><name>M. <given>Ana</given>"
                             "<family>FICTIVE</family><given>Eva</given></name></patient>"
                             "</patientRole></recordTarget>" +
                             kClose;
    EXPECT_EQ(text, body(text));
}

TEST_F(CdaCodec, SpeaksOfTypesByTheUrlsOfAllThreeModels) {
    for (const char* url : {"http://hl7.org/cda/stds/core/StructureDefinition/ClinicalDocument",
                            "http://hl7.org/fhir/cda/StructureDefinition/ClinicalDocument",
                            "http://hl7.org/fhir/cdatest/StructureDefinition/ClinicalDocument"}) {
        const ModelType* const document = type(url);
        ASSERT_NE(nullptr, document) << url;
        ASSERT_NE(nullptr, document->element(Name::permanent("title"))) << url;
        const ModelType* const text = document->element(Name::permanent("title"))->types.front();
        for (const char* own : {"xmlText", "dataString", "data"})
            EXPECT_NE(nullptr, text->element(Name::permanent(own))) << own;
    }
    EXPECT_EQ("IVL_TS",
              type("http://hl7.org/cda/stds/core/StructureDefinition/IVL-TS")->name.text());
    EXPECT_EQ(nullptr, type("http://hl7.org/cda/stds/core/StructureDefinition/Nothing"));
    EXPECT_EQ(nullptr, type("http://hl7.org/fhir/StructureDefinition/Patient"));
}

TEST_F(CdaCodec, WritesTheNamespaceOfTheModelThatTheMapNames) {
    const ModelType* const document =
        type("http://hl7.org/fhir/cdatest/StructureDefinition/ClinicalDocument");
    Builder tree(document->name.text());
    tree.type(tree.root(), document->name);
    tree.text(tree.add(tree.add(tree.root(), "title"), "data"), "Bonjour");
    const std::string written = encode(tree.finish());
    EXPECT_THAT(written, HasSubstr("<ClinicalDocument xmlns=\"urn:hl7-org:v3-test\"><title>Bonjour"
                                   "</title></ClinicalDocument>"));
    EXPECT_EQ(written, rewritten(written));
}

TEST_F(CdaCodec, ChecksWhatTheSchemaDemands) {
    const Document document = decode(kOpen + "<title>a</title><title>b</title><what/>" + kClose);
    Issues found;
    codec_->checker()->check(document, found);
    std::vector<std::string> places;
    for (const Issue& issue : found.all()) {
        EXPECT_FALSE(issue.text.fr.empty());
        places.push_back(issue.where);
    }
    EXPECT_THAT(places, testing::IsSupersetOf({"/title[1]", "/what"}));
    EXPECT_GT(places.size(), 6u) << "typeId, id, code, effectiveTime and more are missing";
}

TEST_F(CdaCodec, RefusesWhatIsNoDocumentOfCda) {
    EXPECT_THAT(refusal([&] { decode("<ClinicalDocument/>"); }), HasSubstr("namespace of CDA"));
    EXPECT_THAT(refusal([&] { decode("<Patient xmlns=\"urn:hl7-org:v3\"/>"); }),
                HasSubstr("expected ClinicalDocument"));
}

TEST_F(CdaCodec, TellsWhoIsMeant) {
    const Envelope envelope = codec_->envelope(
        decode(kOpen +
               "<recordTarget><patientRole><id root=\"1.2\" extension=\"a\"/><id root=\"1.3\" "
               "extension=\"b\"/></patientRole></recordTarget>" +
               kClose));
    EXPECT_THAT(envelope.subjects, ElementsAre("1.2^a", "1.3^b"));
    EXPECT_THAT(envelope.orderKeys, ElementsAre("1.2^a"));
}

TEST_F(CdaCodec, ReadsAndRewritesTheDocumentsOfTheCorpus) {
    if (support::corpus().empty()) GTEST_SKIP() << "no corpus beside the checkout";
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(support::corpus() + "/cda")) {
        if (entry.path().filename().string().starts_with("jdv_")) continue;
        const std::string text = support::fileText(entry.path());
        const Document first = decode(text);
        EXPECT_TRUE(text == encode(first)) << entry.path();
        const std::string written = encode(copyOf(first));
        EXPECT_TRUE(equalTrees(first.root(), decode(written).root())) << entry.path();
        for (const Issue& issue : issues_.all())
            ADD_FAILURE() << entry.path() << " " << issue.where << " " << issue.text.en;
        Issues found;
        codec_->checker()->check(first, found);
        for (const Issue& issue : found.all())
            std::cout << entry.path().filename() << " " << issue.where << ": " << issue.text.en
                      << '\n';
        ++files;
    }
    EXPECT_GT(files, 8);
}

}  // namespace
