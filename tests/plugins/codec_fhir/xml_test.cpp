#include "fhir_codec.h"

namespace {
using namespace gateway;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kHead = R"(<?xml version="1.0" encoding="UTF-8"?>)";

/// A Patient in XML with that inside.
std::string patient(const std::string& inside) {
    return R"(<Patient xmlns="http://hl7.org/fhir">)" + inside + "</Patient>";
}

TEST_F(FhirCodec, ReadsXmlAsTheTreeOfJson) {
    const std::string json =
        R"({"resourceType":"Bundle","id":"b","type":"collection","entry":[{"id":"e1","extension":[)"
        R"({"id":"x","url":"http://x.test","valueQuantity":{"value":-1.50e3,"unit":"kg"}}],)"
        R"("fullUrl":"urn:x","resource":{"resourceType":"Patient","contained":[)"
        R"({"resourceType":"Organization","id":"o","name":"CHU d'Épreuve & <fils>"}],)"
        R"("active":true,"name":[{"family":"TESTEUR","given":["Zoé","Ada"],)"
        R"("_given":[null,{"extension":[{"url":"u","valueCode":"c"}]}]},{"id":"n2","text":"b\nc\"\t"}],)"
        R"("_birthDate":{"id":"bd"},"deceasedBoolean":false,"multipleBirthInteger":2}}]})";
    const std::string xml =
        std::string(kHead) +
        R"(<Bundle xmlns="http://hl7.org/fhir"><id value="b"/><type value="collection"/>)"
        R"(<entry id="e1"><extension id="x" url="http://x.test"><valueQuantity>)"
        R"(<value value="-1.50e3"/><unit value="kg"/></valueQuantity></extension>)"
        R"(<fullUrl value="urn:x"/><resource><Patient><contained><Organization><id value="o"/>)"
        R"(<name value="CHU d'Épreuve &amp; &lt;fils>"/></Organization></contained>)"
        R"(<active value="true"/><name><family value="TESTEUR"/><given value="Zoé"/>)"
        R"(<given value="Ada"><extension url="u"><valueCode value="c"/></extension></given></name>)"
        R"(<name id="n2"><text value="b&#10;c&quot;&#9;"/></name><birthDate id="bd"/>)"
        R"(<deceasedBoolean value="false"/><multipleBirthInteger value="2"/></Patient></resource>)"
        R"(</entry></Bundle>)";
    EXPECT_EQ(xml, asXml(json));
    EXPECT_THAT(issues(), IsEmpty());
    const Document fromXml = decode(xml), fromJson = decode(json);
    EXPECT_THAT(issues(), IsEmpty());
    EXPECT_TRUE(equalTrees(fromXml.root(), fromJson.root()));
    EXPECT_EQ(json, encode(*json_, fromXml));
    EXPECT_EQ("fhir+xml", fromXml.format().text());
    EXPECT_EQ("Bundle", fromXml.root().name());

    const Node entry = fromXml.root().child("entry");
    EXPECT_TRUE(entry.inList());
    EXPECT_EQ("Bundle.entry", entry.type());
    const Node person = entry.child("resource");
    EXPECT_EQ("Patient", person.type());
    EXPECT_EQ("Organization", person.child("contained").type());
    EXPECT_EQ(Kind::boolean, person.child("deceased").kind());
    EXPECT_EQ("boolean", person.child("deceased").type());
    EXPECT_EQ(Kind::number, person.child("multipleBirth").kind());
    const Node given = person.child("name").child("given");
    EXPECT_EQ("Bundle.entry[0].resource.name[0].given[1]", given.nextSibling().path());
    EXPECT_EQ("Bundle.entry[0].extension[0].value.value",
              entry.child("extension").child("value").child("value").path());
}

TEST_F(FhirCodec, TellsWhereItFoundWhatInXml) {
    const std::string xml = patient(
        R"(<name><family value = 'ÉPREUVE'/><given value="&#x41;da"/></name><birthDate value="1950"/>)");
    const Document read = decode(xml);
    const auto source = [&](Node node) { return std::string(read.source().view(node.where())); };
    const Node name = read.root().child("name");
    EXPECT_EQ("1950", source(read.root().child("birthDate")));
    EXPECT_EQ("ÉPREUVE", source(name.child("family")));
    EXPECT_EQ("&#x41;da", source(name.child("given")));
    EXPECT_EQ("Ada", name.child("given").text());
    EXPECT_EQ(R"(<name><family value = 'ÉPREUVE'/><given value="&#x41;da"/></name>)", source(name));
    EXPECT_EQ(xml, source(read.root()));
    EXPECT_EQ(read.source().view().data() + name.child("family").where().begin,
              name.child("family").text().data())
        << "a value without references is not copied";
}

TEST_F(FhirCodec, WritesTheVeryBytesOfItsOwnFormatOnly) {
    const std::string xml = "<!-- x -->\n" + patient("\n  <active value='true'></active>\n");
    const std::string json = "{ \"resourceType\":\"Patient\",\n \"active\":true }";
    EXPECT_EQ(xml, encode(*xml_, decode(xml)));
    EXPECT_EQ(json, encode(*json_, decode(json)));
    EXPECT_EQ(json, encode(*codec_, decode(json)));
    EXPECT_EQ(R"({"resourceType":"Patient","active":true})", encode(*json_, decode(xml)));
    EXPECT_EQ(R"({"resourceType":"Patient","active":true})", encode(*codec_, decode(xml)));
    EXPECT_EQ(kHead + patient(R"(<active value="true"/>)"), encode(*xml_, decode(json)));
    EXPECT_EQ("malformed at line 1, column 1", refusalOf([&] {
                  Issues none;
                  json_->decode(Bytes(xml), none);
              }));
    EXPECT_EQ("malformed at line 1, column 1", refusalOf([&] {
                  Issues none;
                  xml_->decode(Bytes(json), none);
              }));
    EXPECT_EQ("application/fhir+json", json_->mediaType());
    EXPECT_EQ("application/fhir+xml", xml_->mediaType());
    EXPECT_EQ("xml", xml_->extension());
    EXPECT_EQ(codec_->model(), xml_->model());
    EXPECT_NE(nullptr, xml_->checker());
}

TEST_F(FhirCodec, ReadsTheEncodingsOfXml) {
    const std::string utf8 = patient(R"(<name><text value="Zoé €"/></name>)");
    const auto text = [&](const std::string& body) {
        const Document read = decode(body);
        EXPECT_EQ(body, encode(*xml_, read));
        EXPECT_TRUE(read.root().child("name").where().size() < 100);
        return std::string(read.root().child("name").child("text").text());
    };
    const auto wide = [](const std::string& ascii, bool big, const std::string& mark) {
        std::string out = mark;
        for (std::size_t at = 0; at < ascii.size(); ++at) {
            std::uint32_t c = static_cast<unsigned char>(ascii[at]);
            if (c >= 0xE0) {
                c = (c & 15u) << 12 | (static_cast<unsigned char>(ascii[at + 1]) & 63u) << 6 |
                    (static_cast<unsigned char>(ascii[at + 2]) & 63u);
                at += 2;
            } else if (c >= 0xC0) {
                c = (c & 31u) << 6 | (static_cast<unsigned char>(ascii[at + 1]) & 63u);
                at += 1;
            }
            const char high = static_cast<char>(c >> 8), low = static_cast<char>(c & 255);
            out += big ? std::string{high, low} : std::string{low, high};
        }
        return out;
    };
    EXPECT_EQ("Zoé €", text("\xEF\xBB\xBF" + utf8));
    EXPECT_EQ("Zoé €", text(wide(utf8, false, "\xFF\xFE")));
    EXPECT_EQ("Zoé €", text(wide(utf8, true, "\xFE\xFF")));
    EXPECT_EQ("Zoé €", text(wide(R"(<?xml version="1.0" encoding="UTF-16"?>)" + utf8, false, "")));
    const std::string latin = patient(
        "<text><status value='generated'/><div xmlns='http://www.w3.org/1999/xhtml'>\xE9"
        "</div></text><name><text value=\"Zo\xE9 \xA4\"/></name>");
    EXPECT_EQ("Zoé ¤", text("<?xml version='1.0' encoding='iso-8859-1'?>" + latin));
    EXPECT_EQ("Zoé €", text("<?xml version='1.0' encoding=\"ISO-8859-15\" ?>" + latin));
    EXPECT_EQ("malformed at line 1, column 113", refusal(latin));
    EXPECT_EQ("malformed at line 1, column 51",
              refusal("<?xml version='1.0' encoding='US-ASCII'?><Patient \xE9='a'/>"));
    EXPECT_EQ("unsupported at line 1, column 1",
              refusal("<?xml version='1.0' encoding='EBCDIC-FR'?>" + utf8));
    EXPECT_EQ("malformed at line 1, column 1",
              refusal("<?xml version='1.0' encoding='UTF-16'?>" + utf8));
    EXPECT_NE("accepted", refusal(wide(utf8, false, "\xFF\xFE") + "\x01"));
}

TEST_F(FhirCodec, KeepsTheNarrativeAsItIsWritten) {
    const std::string div =
        "<div xmlns=\"http://www.w3.org/1999/xhtml\"\n  lang='fr' ><p>é&#233;&amp;&lt; \"x\"<br "
        "/>\r\n"
        "<!-- c --><![CDATA[<d>]]></p ></div >";
    std::string escaped;
    for (const char c : div)
        escaped += c == '"' ? "\\\"" : c == '\n' ? "\\n" : c == '\r' ? "\\r" : std::string(1, c);
    const std::string json =
        R"({"resourceType":"Patient","text":{"status":"generated","div":")" + escaped + "\"}}";
    const std::string xml = asXml(json);
    EXPECT_EQ(kHead + patient(R"(<text><status value="generated"/>)" + div + "</text>"), xml);
    const Document read = decode(xml);
    const Node node = read.root().child("text").child("div");
    EXPECT_EQ(div, node.text());
    EXPECT_EQ("xhtml", node.type());
    EXPECT_EQ(div, read.source().view(node.where()));
    EXPECT_EQ(json, asJson(xml));
}

TEST_F(FhirCodec, DeclaresTheNamespaceOfANarrativeThatTakesItFromOutside) {
    const auto div = [&](const std::string& xml) {
        const Document read = decode(xml);
        EXPECT_THAT(issues(), IsEmpty());
        return std::string(read.root().child("text").child("div").text());
    };
    const std::string kDiv = R"(<div xmlns="http://www.w3.org/1999/xhtml")";
    EXPECT_EQ(kDiv + " id='a'><p/></div>",
              div("<f:Patient xmlns:f='http://hl7.org/fhir' xmlns='http://www.w3.org/1999/xhtml'>"
                  "<f:text><div id='a'><p/></div></f:text></f:Patient>"));
    EXPECT_EQ(kDiv + " id='a'><p>h:p<!-- <h:p> --><![CDATA[<h:p>]]></p><br/></div>",
              div("<Patient xmlns='http://hl7.org/fhir' xmlns:h='http://www.w3.org/1999/xhtml'>"
                  "<text><h:div id='a'><h:p>h:p<!-- <h:p> --><![CDATA[<h:p>]]></h:p><h:br/></h:div>"
                  "</text></Patient>"));
}

TEST_F(FhirCodec, TakesDeclarationsAwayWithThePrefixOfANarrative) {
    const std::string space = "\"http://www.w3.org/1999/xhtml\"";
    const std::string declared = "xmlns:h=" + space;
    const auto div = [&](const std::string& written) {
        const Document read = decode(patient("<text>" + written + "</text>"));
        EXPECT_THAT(issues(), IsEmpty());
        const std::string text(read.root().child("text").child("div").text());
        EXPECT_EQ(kHead + patient("<text>" + text + "</text>"), asXml(encode(*json_, read)));
        gateway::Issues found;
        xml_->checker()->check(read, found);
        for (const gateway::Issue& issue : found.all())
            EXPECT_NE("Patient.text.div", issue.where) << written << ": " << issue.text.en;
        return text;
    };
    const std::string open = "<div xmlns=" + space;
    EXPECT_EQ(open + "><p>x</p></div>", div("<h:div " + declared + "><h:p>x</h:p></h:div>"));
    EXPECT_EQ(open + "><p>a</p></div>",
              div("<h:div " + declared + " xmlns=\"http://hl7.org/fhir\"><h:p>a</h:p></h:div>"));
    EXPECT_EQ(open + "><p>a</p></div>",
              div("<h:div " + declared + "><h:p xmlns=\"http://hl7.org/fhir\">a</h:p></h:div>"));
    EXPECT_EQ(open + " title=' xmlns=\"a\" >'\n id = 'b' ><br/>xmlns='c'<hr /></div >",
              div("<h:div\n" + declared + " title=' xmlns=\"a\" >'\n id = 'b' xmlns\t=\n'' >" +
                  "<h:br xmlns='urn:x'/>xmlns='c'<h:hr " + declared + " /></h:div >"));
    EXPECT_EQ(open + " xmlns:hh=\"urn:x\"><p>a</p></div>",
              div("<h:div xmlns:hh=\"urn:x\" " + declared + "><h:p>a</h:p></h:div>"));
    EXPECT_EQ(open + " xmlns:xs=\"urn:x\">a</div>", div(open + " xmlns:xs=\"urn:x\">a</div>"));
}

TEST_F(FhirCodec, WritesCharactersForTheEntitiesOfHtml) {
    const auto written = [&](const std::string& div) {
        Builder tree("Patient");
        tree.text(tree.add(tree.add(tree.root(), "text"), "div"), div);
        const std::string xml = encode(*xml_, tree.finish());
        const std::string before =
            std::string(kHead) + "<Patient xmlns=\"http://hl7.org/fhir\"><text>";
        return xml.substr(before.size(), xml.find("</text>") - before.size());
    };
    const std::string open = R"(<div xmlns="http://www.w3.org/1999/xhtml">)";
    EXPECT_EQ(open + "a\u00A0&amp;&lt;&#160;\u00FF\u0152\u03B8\u20AC\u2665\u03D1</div>",
              written(open + "a&nbsp;&amp;&lt;&#160;&yuml;&OElig;&theta;&euro;&hearts;&thetasym;"
                             "</div>"));
    const std::string became =
        "Patient.text.div: XML has no entities of HTML: they became characters";
    EXPECT_THAT(issues(), ElementsAre(became));
    EXPECT_EQ(
        open + "<p title=\"\u00E9\">\u00A9<!-- &copy; --><![CDATA[&copy;]]><?a &copy;?></p></div>",
        written(open + "<p title=\"&eacute;\">&copy;<!-- &copy; --><![CDATA[&copy;]]><?a "
                       "&copy;?></p></div>"));
    EXPECT_EQ(open + "\u00A0</div>", written("<div>&nbsp;</div>"));
    EXPECT_THAT(issues(),
                ElementsAre(became, "Patient.text.div: the namespace of XHTML was added"));
    EXPECT_EQ(open + " a </div>", written(" \n" + open + " a </div>\r\n\t"));
    EXPECT_THAT(issues(), ElementsAre("Patient.text.div: blanks around the div were left out"));
}

TEST_F(FhirCodec, RefusesANarrativeThatXmlCannotHold) {
    const auto written = [&](const std::string& div) {
        Builder tree("Patient");
        tree.text(tree.add(tree.add(tree.root(), "text"), "div"), div);
        const Document made = tree.finish();
        return refusalOf([&] { encode(*xml_, made); });
    };
    const std::string open = R"(<div xmlns="http://www.w3.org/1999/xhtml">)";
    EXPECT_EQ("accepted", written(open + "<p>a</p></div>"));
    EXPECT_THAT(issues(), IsEmpty());
    EXPECT_EQ("accepted", written("<div><p>a</p></div>"));
    EXPECT_THAT(issues(), ElementsAre("Patient.text.div: the namespace of XHTML was added"));
    const std::string deep = [&] {
        std::string text = open;
        for (int i = 0; i < 100'000; ++i) text += "<p>";
        return text;
    }();
    for (const std::string& bad :
         {std::string(), std::string("text"), open, open + "<p></div>", open + "&nbsp</div>",
          open + "&Nbsp;</div>", open + "& nbsp;</div>", open + "&;</div>", open + "</div><div/>",
          open + "</div>x", "<!-- a -->" + open + "</div>",
          "<!DOCTYPE div [<!ENTITY a 'b'>]>" + open + "&a;</div>",
          "<?xml version='1.0'?>" + open + "</div>", std::string("<p xmlns='x'/>"),
          std::string("<div xmlns='http://hl7.org/fhir'/>"), open + "<x xmlns='y'/></div>",
          open + "<a b:c='d'/></div>", open + "\x01</div>", deep})
        EXPECT_EQ("rejected at /text/div", written(bad)) << bad.substr(0, 80);
}

TEST_F(FhirCodec, ToleratesWhatXmlMayHaveBeside) {
    const Document read = decode(
        "<?xml version='1.0'?><!-- a --><?b c?>\n<f:Patient xmlns:f='http://hl7.org/fhir' "
        "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:schemaLocation='a b'>"
        "<!-- p --><f:active value='true'><!-- q --></f:active><?r?>\t\r\n</f:Patient><!-- e "
        "-->\n");
    EXPECT_THAT(issues(), IsEmpty());
    EXPECT_EQ(R"({"resourceType":"Patient","active":true})", encode(*json_, read));
}

TEST_F(FhirCodec, RefusesTheWrongShapeInXmlWithItsPlace) {
    const auto at = [&](const std::string& inside) { return refusal(patient(inside)); };
    EXPECT_EQ("malformed at line 1, column 2", refusal("<"));
    EXPECT_EQ("malformed at Resource", refusal("<Patient/>"));
    EXPECT_EQ("malformed at Resource", refusal("<Patient xmlns='http://hl7.org/fhir/'/>"));
    EXPECT_EQ("unsupported at Resource", refusal("<Plan xmlns='http://hl7.org/fhir'/>"));
    EXPECT_EQ("unsupported at Resource", refusal("<HumanName xmlns='http://hl7.org/fhir'/>"));
    EXPECT_EQ("malformed at Patient", at("<active xmlns='http://x.test' value='true'/>"));
    EXPECT_EQ("malformed at Patient", at("TESTEUR"));
    EXPECT_EQ("malformed at Patient.name[0]", at("<name>TESTEUR</name>"));
    EXPECT_EQ("malformed at Patient.active", at("<active>true</active>"));
    EXPECT_EQ("malformed at Patient.name[1]", at("<name id='a'/><name value='TESTEUR'/>"));
    EXPECT_EQ("malformed at Patient.gender", at("<gender value='a' xml:lang='fr'/>"));
    EXPECT_EQ("malformed at Patient.gender", at("<gender value='a' code='fr'/>"));
    EXPECT_EQ("malformed at Patient.gender", at("<gender value='a'/><gender value='b'/>"));
    EXPECT_EQ("malformed at Patient.name[0]", at("<name><id value='a'/></name>"));
    EXPECT_EQ("malformed at Patient.extension[0]",
              at("<extension><url value='http://x.test'/></extension>"));
    EXPECT_EQ("malformed at Resource", refusal("<Patient xmlns='http://hl7.org/fhir' id='a'/>"));
    EXPECT_EQ("malformed at Patient.contained[0]", at("<contained/>"));
    EXPECT_EQ("malformed at Patient.contained[0]", at("<contained id='a'/>"));
    EXPECT_EQ("malformed at Patient.contained[0]", at("<contained><Group/><Group/></contained>"));
    EXPECT_EQ("unsupported at Patient.contained[0]", at("<contained><Plan/></contained>"));
    EXPECT_EQ("malformed at Patient.text", at("<text><div/></text>"));
    EXPECT_EQ("malformed at Patient.text.div",
              at("<text><div xmlns='http://www.w3.org/1999/xhtml'><p xmlns='x'/></div></text>"));
    try {
        decode(patient("\n<name>\n  <family value='a'/> TESTEUR </name>"));
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ("line 3, column 23: text outside of a narrative", error.what());
    }
}

TEST_F(FhirCodec, ReportsInXmlWhatItReportsInJson) {
    decode(
        patient("<plan value='x'><a b='c'><d/></a></plan><deceasedUuid value='u'/>"
                "<active value='1'/><name><familly value='TESTEUR'/></name><name/>"
                "<birthDate/><multipleBirthInteger value='+2'/><link/>"));
    EXPECT_THAT(
        issues(),
        ElementsAre("Patient.plan: unknown to FHIR R4", "Patient.deceasedUuid: unknown to FHIR R4",
                    "Patient.active: not a value of type boolean",
                    "Patient.name[0].familly: unknown to FHIR R4",
                    "Patient.name[1]: an empty element", "Patient.birthDate: an empty element",
                    "Patient.multipleBirth: not a value of type integer",
                    "Patient.link[0]: an empty element"));
    std::string many;
    for (int i = 0; i < 1000; ++i) many += "<x" + std::to_string(i) + " value='1'/>";
    decode(patient(many));
    EXPECT_EQ(101u, issues().size());
}

TEST_F(FhirCodec, ReportsElementsOutOfOrder) {
    const Document read =
        decode(patient("<name id='a'/><active value='true'/><name id='b'/><name id='c'/>"
                       "<telecom id='d'/><gender value='a'/>"));
    EXPECT_THAT(issues(), ElementsAre("Patient: its elements are not in the order of FHIR R4"));
    EXPECT_EQ(Severity::warning, issues_.worst());
    EXPECT_EQ(kHead + patient("<active value=\"true\"/><name id=\"a\"/><name id=\"b\"/>"
                              "<name id=\"c\"/><telecom id=\"d\"/><gender value=\"a\"/>"),
              encode(*xml_, copyOf(read)));
    std::vector<std::string> paths;
    for (const Node child : read.root().children()) paths.push_back(child.path());
    EXPECT_THAT(paths, ElementsAre("Patient.name[0]", "Patient.active", "Patient.name[1]",
                                   "Patient.name[2]", "Patient.telecom[0]", "Patient.gender"));
    EXPECT_EQ("malformed at Patient",
              refusal(patient("<active value='true'/><name/><active value='true'/>")));
    decode(patient("<deceasedBoolean value='true'/><deceasedDateTime value='2026'/>"));
    EXPECT_THAT(issues(), ElementsAre("Patient.deceased: more than one type of a choice"));
}

TEST_F(FhirCodec, RefusesToWriteInXmlWhatItCannotCarry) {
    const auto refused = [&](const std::string& json) {
        const Document read = decode(R"({"resourceType":"Patient",)" + json + "}");
        return refusalOf([&] { encode(*xml_, read); });
    };
    EXPECT_EQ("rejected at Patient.plan", refused(R"("plan":1)"));
    EXPECT_EQ("rejected at Patient.birthDate", refused(R"("birthDate":"\u0001")"));
    EXPECT_EQ("rejected at Patient.birthDate", refused(R"("birthDate":"\uffff")"));
    EXPECT_EQ("rejected at Patient.active", refused(R"("active":"1")"));
    EXPECT_EQ("rejected at Patient.name[0].id", refused(R"("name":[{"_id":{"id":"x"}}])"));
    EXPECT_EQ("rejected at Patient.extension[0].url",
              refused(R"("extension":[{"url":"u","_url":{"id":"x"}}])"));
    EXPECT_EQ("accepted", refused(R"("name":[{"given":["a",null]}],"gender":null)"));
    EXPECT_THAT(issues(), ElementsAre("Patient.gender: XML has no null: left out",
                                      "Patient.name[0].given[1]: XML has no null: left out"));
}

TEST_F(FhirCodec, RefusesComments) {
    EXPECT_EQ("malformed at Patient",
              refusal(R"({"resourceType":"Patient","fhir_comments":["x"]})"));
    EXPECT_EQ("malformed at Patient.birthDate",
              refusal(R"({"resourceType":"Patient","_birthDate":{"fhir_comments":["x"]}})"));
}

TEST_F(FhirCodec, TellsTheEnvelopeOfXml) {
    const Document bundle = decode(
        "<Bundle xmlns='http://hl7.org/fhir'><identifier><value value='PLAN-1'/></identifier>"
        "<timestamp value='2026-01-01T00:00:00Z'/><entry><resource><Patient><identifier>"
        "<system value='urn:ins'/><value value='1'/></identifier></Patient></resource></entry>"
        "</Bundle>");
    const Envelope envelope = xml_->envelope(bundle);
    EXPECT_EQ("PLAN-1", envelope.controlId);
    EXPECT_THAT(envelope.subjects, ElementsAre("urn:ins|1"));
    ASSERT_EQ(1u, envelope.unstable.size());
    EXPECT_EQ("2026-01-01T00:00:00Z", bundle.source().view(envelope.unstable[0]));
}

}  // namespace
