#include "fhir_codec.h"

namespace {
using namespace gateway;
using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(FhirCodec, NamesNodesByElementAndTypesThem) {
    const Document bundle = decode(R"({"resourceType":"Bundle","type":"collection","entry":[
        {"resource":{"resourceType":"Patient","name":[{"family":"TESTEUR","given":["Zoe","Ada"]}],
                     "birthDate":"1950-02-01","deceasedBoolean":false}},
        {"resource":{"resourceType":"Observation","status":"final","code":{"text":"poids"},
                     "valueQuantity":{"value":71.50,"unit":"kg"}}}]})");
    EXPECT_THAT(issues(), IsEmpty());
    const Node root = bundle.root();
    EXPECT_EQ("Bundle", root.name());
    EXPECT_EQ("Bundle", root.type());
    EXPECT_FALSE(root.child("resourceType"));
    const Node entry = root.child("entry");
    EXPECT_EQ("Bundle.entry", entry.type());
    EXPECT_TRUE(entry.inList());
    const Node patient = entry.child("resource");
    EXPECT_EQ("Patient", patient.type());
    EXPECT_EQ("HumanName", patient.child("name").type());
    EXPECT_EQ("date", patient.child("birthDate").type());
    EXPECT_EQ("boolean", patient.child("deceased").type());
    EXPECT_EQ(Kind::boolean, patient.child("deceased").kind());
    const Node second = patient.child("name").child("given").nextSibling();
    EXPECT_EQ("Ada", second.text());
    EXPECT_EQ("Bundle.entry[0].resource.name[0].given[1]", second.path());
    EXPECT_EQ("Ada", bundle.source().view(second.where()));
    const Node value = entry.nextSibling().child("resource").child("value");
    EXPECT_EQ("Quantity", value.type());
    EXPECT_EQ("71.50", value.child("value").text());
    EXPECT_EQ("Bundle.entry[1].resource.value.value", value.child("value").path());
}

TEST_F(FhirCodec, FindsTheResourceTypeWhereverItStands) {
    const Document patient = decode(
        R"({"contained":[{"name":"CHU Test","resourceType":"Organization","id":"o"}],"id":"p",
            "gender":"female","resourceType":"Patient"})");
    EXPECT_THAT(issues(), IsEmpty());
    EXPECT_EQ("Patient", patient.root().name());
    EXPECT_EQ("Organization", patient.root().child("contained").type());
    EXPECT_EQ("string", patient.root().child("contained").child("name").type());
    EXPECT_EQ(R"({"resourceType":"Patient","contained":[{"resourceType":"Organization",)"
              R"("name":"CHU Test","id":"o"}],"id":"p","gender":"female"})",
              encode(copyOf(patient)));
}

TEST_F(FhirCodec, MergesBothHalvesOfAPrimitiveInAnyOrder) {
    const std::string extension = R"({"extension":[{"url":"http://x.test","valueCode":"c"}]})";
    const std::string list =
        R"({"resourceType":"Patient","name":[{"given":["a",null,"c"],"_given":[null,)" + extension +
        R"(,{"id":"g"}]}],"birthDate":"1950","_birthDate":)" + extension + "}";
    const Document patient = decode(list);
    EXPECT_THAT(issues(), IsEmpty());
    EXPECT_EQ("1950", patient.root().child("birthDate").text());
    EXPECT_EQ("c", patient.root().child("birthDate").child("extension").child("value").text());
    const Node second = patient.root().child("name").child("given").nextSibling();
    EXPECT_FALSE(second.hasText());
    EXPECT_FALSE(second.isNull());
    EXPECT_EQ("code", second.child("extension").child("value").type());
    EXPECT_EQ("g", second.nextSibling().child("id").text());
    EXPECT_EQ(list, encode(copyOf(patient)));

    const Document turned = decode(
        R"({"resourceType":"Patient","_birthDate":)" + extension + R"(,"name":[{"_given":[null,)" +
        extension + R"(,{"id":"g"}],"given":["a",null,"c"]}],)" + R"("birthDate":"1950"})");
    EXPECT_THAT(issues(), IsEmpty());
    EXPECT_TRUE(equalTrees(patient.root().child("name"), turned.root().child("name")));
    EXPECT_TRUE(equalTrees(patient.root().child("birthDate"), turned.root().child("birthDate")));
}

TEST_F(FhirCodec, KeepsAPrimitiveThatHasOnlyExtensions) {
    const std::string text =
        R"({"resourceType":"Patient","_birthDate":{"id":"x"},"name":[{"_given":[{"id":"y"}]}]})";
    EXPECT_EQ(text, rewritten(text));
    EXPECT_THAT(issues(), IsEmpty());
}

TEST_F(FhirCodec, KeepsAResourceThatIsOnlyItsType) {
    const std::string text =
        R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient"}}]})";
    EXPECT_EQ(text, rewritten(text));
    EXPECT_THAT(issues(), IsEmpty());
    EXPECT_EQ(R"({"resourceType":"Patient"})", rewritten(R"({"resourceType":"Patient"})"));
}

TEST_F(FhirCodec, WritesWhatAMapMade) {
    Builder tree("Observation");
    const auto leaf = [&](Builder::Handle under, std::string_view name, std::string_view text) {
        const auto node = tree.add(under, name);
        tree.text(node, text);
        return node;
    };
    const auto code = tree.add(tree.root(), "code");
    leaf(tree.root(), "status", "final");
    leaf(code, "text", "poids");
    tree.add(tree.root(), "subject");  // nothing in it
    const auto value = tree.add(tree.root(), "value");
    tree.type(value, Name::permanent("Quantity"));
    leaf(value, "value", "71.50");
    leaf(tree.add(tree.root(), "note"), "text", "un");
    leaf(tree.root(), "implicitRules", "http://x.test");
    leaf(tree.add(tree.root(), "note"), "text", "deux");
    EXPECT_EQ(R"({"resourceType":"Observation","code":{"text":"poids"},"status":"final",)"
              R"("valueQuantity":{"value":71.50},"note":[{"text":"un"},{"text":"deux"}],)"
              R"("implicitRules":"http://x.test"})",
              encode(tree.finish()));
}

TEST_F(FhirCodec, WritesWhatWasNotEditedAsItStands) {
    const std::string name = R"({ "family" : "\u00c9PREUVE", "given" : [ "Zoe" ] })";
    const std::string text = R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":)"
                             R"({ "resourceType":"Patient", "name": [)" +
                             name + "," + name + R"(], "gender":"female"}},{ "fullUrl" : "u" }]})";
    Builder tree(decode(text));
    const Node patient = tree.root().node().child("entry").child("resource");
    tree.text(tree.handle(patient.child("gender")), "male");
    const Node second = patient.child("name").nextSibling();
    tree.text(tree.handle(second.child("given")), "Ada");
    tree.remove(tree.handle(second.child("family")));
    const Document edited = tree.finish(false);
    EXPECT_EQ(R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":)"
              R"({"resourceType":"Patient","name":[)" +
                  name + R"(,{"given":["Ada"]}],"gender":"male"}},{ "fullUrl" : "u" }]})",
              encode(edited));
    EXPECT_THAT(encode(*xml_, edited), testing::HasSubstr(R"(<family value="ÉPREUVE"/>)"));
}

TEST_F(FhirCodec, KeepsAChoiceThatIsAlreadyNamedByItsType) {
    Builder tree("Observation");
    tree.text(tree.add(tree.root(), "valueBoolean"), "true");
    EXPECT_EQ(R"({"resourceType":"Observation","valueBoolean":true})", encode(tree.finish()));
}

TEST_F(FhirCodec, RefusesToWriteWhatR4CannotCarry) {
    const auto refused = [&](std::string_view root, const auto& make) {
        Builder tree(root);
        make(tree);
        try {
            encode(tree.finish());
        } catch (const Error& error) {
            EXPECT_EQ(Fault::rejected, error.fault);
            return error.where;
        }
        return std::string("written");
    };
    const auto typed = [](Builder& tree, std::string_view name, std::string_view type) {
        const auto node = tree.add(tree.root(), name);
        if (!type.empty()) tree.type(node, Name::permanent(type));
        tree.text(node, "x");
    };
    EXPECT_EQ("/", refused("Plan", [](Builder&) {}));
    EXPECT_EQ("/", refused("HumanName", [](Builder&) {}));
    EXPECT_EQ("/", refused("DomainResource", [](Builder&) {}));
    EXPECT_EQ("/value", refused("Observation", [&](Builder& t) { typed(t, "value", "Poids"); }));
    EXPECT_EQ("/value", refused("Observation", [&](Builder& t) { typed(t, "value", "uuid"); }));
    EXPECT_EQ("/value", refused("Observation", [&](Builder& t) { typed(t, "value", ""); }));
    EXPECT_EQ("/code", refused("Observation", [&](Builder& t) { typed(t, "code", ""); }));
    EXPECT_EQ("/active", refused("Patient", [&](Builder& t) { typed(t, "active", ""); }));
    EXPECT_EQ("/gender[1]", refused("Patient", [&](Builder& t) {
                  typed(t, "gender", "");
                  typed(t, "gender", "");
              }));
    EXPECT_EQ("/contained",
              refused("Patient", [&](Builder& t) { typed(t, "contained", "Dosage"); }));
}

TEST_F(FhirCodec, ReportsAndKeepsWhatR4DoesNotKnow) {
    const std::string text =
        R"({"resourceType":"Patient","plan":{"a":[1,[2,[]]],"b":"x"},"plans":[{"c":1},{"c":2}],)"
        R"("deceasedUuid":"u","_plan":[null],"deceased":true,"birthDate":1950,)"
        R"("name":[{"familly":"TESTEUR"}]})";
    const Document first = decode(text);
    EXPECT_THAT(
        issues(),
        ElementsAre("Patient.plan: unknown to FHIR R4", "Patient.plans[0]: unknown to FHIR R4",
                    "Patient.deceasedUuid: unknown to FHIR R4",
                    "Patient._plan[0]: unknown to FHIR R4", "Patient.deceased: unknown to FHIR R4",
                    "Patient.birthDate: wrong JSON type for date",
                    "Patient.name[0].familly: unknown to FHIR R4"));
    EXPECT_EQ("Patient.plan.a[1][0]",
              first.root().child("plan").child("a").nextSibling().firstChild().path());
    EXPECT_EQ(text, encode(first));
}

TEST_F(FhirCodec, BoundsItsReports) {
    std::string text = R"({"resourceType":"Patient")";
    for (int i = 0; i < 1000; ++i) text += ",\"x" + std::to_string(i) + "\":1";
    decode(text + "}");
    EXPECT_EQ(101u, issues().size());
}

TEST_F(FhirCodec, ReportsWhatIsEmpty) {
    decode(R"({"resourceType":"Patient","gender":null,"maritalStatus":null,"link":[],
               "text":{},"_birthDate":{},"name":[{"given":["a",null]}]})");
    EXPECT_THAT(
        issues(),
        ElementsAre("Patient.maritalStatus: null without extension", "Patient.link: an empty array",
                    "Patient.text: an empty object", "Patient.birthDate: an empty object",
                    "Patient.name[0].given[1]: null without extension",
                    "Patient.gender: null without extension"));
}

TEST_F(FhirCodec, TellsTheEnvelope) {
    const Document bundle = decode(R"({"resourceType":"Bundle","id":"b1",
        "identifier":{"system":"urn:x","value":"PLAN-1"},"timestamp":"2026-01-01T00:00:00Z","entry":[
        {"resource":{"resourceType":"CarePlan","identifier":[{"system":"urn:p","value":"7"}]}},
        {"resource":{"resourceType":"Patient","identifier":[{"system":"urn:ins","value":"1"},
                     {"value":"2"},{"system":"urn:ins","value":"1"}]}}]})");
    const Envelope envelope = codec_->envelope(bundle);
    EXPECT_EQ("Bundle", envelope.type);
    EXPECT_EQ("PLAN-1", envelope.controlId);
    EXPECT_EQ("PLAN-1", codec_->controlIdOf(bundle));
    EXPECT_THAT(envelope.subjects, ElementsAre("urn:ins|1", "|2"));
    EXPECT_THAT(envelope.orderKeys, ElementsAre("urn:ins|1"));
    ASSERT_EQ(1u, envelope.unstable.size());
    EXPECT_EQ("2026-01-01T00:00:00Z", bundle.source().view(envelope.unstable[0]));

    const Envelope plan = codec_->envelope(
        decode(R"({"resourceType":"CarePlan","id":"c","identifier":[{"value":"7"}]})"));
    EXPECT_EQ("CarePlan", plan.type);
    EXPECT_EQ("", plan.controlId) << "the id of a resource is not that of a message";
    EXPECT_THAT(plan.orderKeys, ElementsAre("|7"));
    EXPECT_THAT(plan.subjects, IsEmpty());
}

TEST_F(FhirCodec, SaysWhatItWrites) {
    EXPECT_EQ("application/fhir+json", codec_->mediaType());
    EXPECT_EQ("json", codec_->extension());
    EXPECT_NO_THROW(plugins_.codec("fhir", support::map({{"version", support::scalar("r4")}})));
    EXPECT_THROW(plugins_.codec("fhir", support::map({{"version", support::scalar("r5")}})),
                 std::runtime_error);
}

}  // namespace
