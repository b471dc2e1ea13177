/// Expressions over trees: JSON without types, HL7 v2, and FHIR resources with references.
#include "fhirpath_fixture.h"

namespace {
using namespace gateway;

class Trees : public Fhirpath {
protected:
    Document read(const std::string& codec, const std::string& text) {
        Issues issues;
        return plugins_.codec(codec)->decode(Bytes::copy(text), issues);
    }
    support::Plugins plugins_{{"codec_fhir", "codec_json", "codec_hl7v2"}};
};

TEST_F(Trees, ReadJsonByHowItIsWritten) {
    const Document plan = read(
        "json", R"({"plan": {"titre": "T", "poids": 1.50, "age": 80, "actif": true, "vide": null,
        "liste": [], "objectifs": [{"id": 1, "echeance": "2025-04-01"}, {"id": 2, "echeance": null}], "PID": {"3": "x"}}})");
    expect({{"plan.titre", "T"},
            {"plan.poids is Decimal", "true"},
            {"plan.poids + 1", "2.50"},
            {"plan.age is Integer and plan.actif is Boolean and plan.titre is String", "true"},
            {"plan.actif and true", "true"},
            {"plan.vide.exists()", "false"},
            {"plan.liste.empty()", "true"},
            {"plan.objectifs.id", "1 | 2"},
            {"plan.objectifs.where(echeance.exists()).id", "1"},
            {"plan.objectifs[1].id = 2", "true"},
            {"plan.objectifs.where(echeance.toDate() > today()).count()", "1"},
            {"plan.PID.`3`", "x"},
            {"plan.titre.type().name", "String"},
            {"plan.nothing.more", ""},
            {"plan.descendants().count()", "11"},
            {"plan.children().count()", "7"},
            {"plan + 1", "error"}},
           plan.root());
}

TEST_F(Trees, ReadHl7ByNumber) {
    const Document message = read(
        "hl7v2",
        "MSH|^~\\&|A|B|C|D|20250318||ADT^A01|1|P|2.5\rPID|1||123^^^NET~456^^^OTHER||TEST^ANNA\r");
    expect({{"PID.`3`.count()", "2"},
            {"PID.`3`.where(`4`.exists()).count() >= 0", "true"},
            {"PID.`5`.`2`", "ANNA"},
            {"PID.`3`[1].`1`", "456"},
            {"MSH.`9`.`1` = 'ADT'", "true"}},
           message.root());
}

constexpr const char* kBundle = R"({"resourceType": "Bundle", "type": "collection", "entry": [
  {"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Patient", "id": "p1", "active": true,
     "name": [{"use": "official", "family": "TEST", "given": ["Anna", "Eve"]}, {"use": "usual", "given": ["Nana"]}],
     "birthDate": "1950-02", "extension": [{"url": "http://example.test/a", "valueCode": "x"}],
     "managingOrganization": {"reference": "#org"}, "contained": [{"resourceType": "Organization", "id": "org", "name": "Inner"}]}},
  {"fullUrl": "http://example.test/fhir/Organization/o1", "resource": {"resourceType": "Organization", "id": "o1", "name": "Outer"}},
  {"fullUrl": "urn:uuid:3", "resource": {"resourceType": "Observation", "id": "obs", "status": "final", "code": {"text": "c"},
     "subject": {"reference": "urn:uuid:1"}, "performer": [{"reference": "Organization/o1"}, {"reference": "Patient/p1/_history/2"}, {"reference": "Patient/none"}],
     "valueQuantity": {"value": 70.50, "unit": "kilos", "system": "http://unitsofmeasure.org", "code": "kg"}}}]})";

TEST_F(Trees, ReadFhirByType) {
    const Document bundle = read("fhir", kBundle);
    const std::string patient = "Bundle.entry.resource.ofType(Patient)";
    expect({{patient + ".name.given", "Anna | Eve | Nana"},
            {patient + ".name.where(use = 'official').family", "TEST"},
            {"Bundle.entry.resource.where($this is Patient).id", "p1"},
            {"entry.resource.count()", "3"},
            {"Patient.name", ""},
            {"entry.resource.select(Patient.birthDate)", "1950-02"},
            {"entry.resource.select(Resource.id)", "p1 | o1 | obs"},
            {"entry.resource.ofType(DomainResource).count()", "3"},
            {patient + ".birthDate < @1951-01-01", "true"},
            {patient + ".birthDate < @1950-02-11", ""},
            {patient + ".birthDate + 1 month", "1950-03"},
            {patient + ".active.type().name", "boolean"},
            {patient + ".active is System.Boolean", "false"},
            {patient + ".name.use.first() is string", "true"},
            {patient + ".name.use.first().ofType(string)", ""},
            {patient + ".extension('http://example.test/a').value", "x"},
            {patient + ".extension('http://example.test/b').exists()", "false"},
            {patient + ".name.given.hasValue()", "false"},
            {patient + ".birthDate.hasValue()", "true"},
            {"entry.resource.ofType(Observation).value.ofType(Quantity).value", "70.50"},
            {"entry.resource.ofType(Observation).value > 70000 'g'", "true"},
            {"entry.resource.ofType(Observation).value = 70.5 'kg'", "true"},
            {"entry.resource.ofType(Observation).value.type().name", "Quantity"},
            {"entry.resource.ofType(Observation).conformsTo('http://hl7.org/fhir/"
             "StructureDefinition/Observation')",
             "true"},
            {"entry.resource.conformsTo('http://example.test/x')", "error"},
            {"entry[0].resource.memberOf('http://example.test/x')", "error"},
            {"entry[0].resource = entry[0].resource", "true"},
            {"entry[0].resource ~ entry[1].resource", "false"}},
           bundle.root());
}

TEST_F(Trees, ResolveReferences) {
    const Document bundle = read("fhir", kBundle);
    const std::string observation = "Bundle.entry.resource.ofType(Observation)";
    expect({{observation + ".subject.resolve().id", "p1"},
            {observation + ".performer.resolve().id", "o1 | p1"},
            {observation + ".performer.resolve().ofType(Organization).name", "Outer"},
            {"entry.resource.ofType(Patient).managingOrganization.resolve().name", "Inner"},
            {"'urn:uuid:3'.resolve().id", "obs"},
            {"'http://example.test/fhir/Organization/o1'.resolve().id", "o1"},
            {"'http://other.test/Organization/o1'.resolve().id", ""},
            {"'nothing'.resolve()", ""}},
           bundle.root());
    environment_.resource = environment_.rootResource = bundle.root();
    expect({{"%resource.type().name", "Bundle"}, {"%rootResource.entry.count()", "3"}},
           bundle.root());
}

TEST_F(Trees, TraceSaysHowMuchAndNotWhat) {
    const Document bundle = read("fhir", kBundle);
    Issues issues;
    environment_.issues = &issues;
    EXPECT_EQ("TEST", answer("Bundle.entry.resource.ofType(Patient).name.family.trace('names')",
                             bundle.root()));
    ASSERT_EQ(1u, issues.all().size());
    EXPECT_EQ(Severity::information, issues.all().front().severity);
    EXPECT_THAT(issues.all().front().where, testing::HasSubstr("name"));
    EXPECT_THAT(issues.all().front().text.en, testing::Not(testing::HasSubstr("TEST")));
}

TEST_F(Trees, HoldsWhenTheResultIsTrue) {
    const Document bundle = read("fhir", kBundle);
    Findings findings;
    const auto holds = [&](const char* text) {
        return fhirpath::Expression::compile(text, {}, findings)
            ->holds(bundle.root(), environment_);
    };
    EXPECT_TRUE(holds("entry.count() = 3"));
    EXPECT_FALSE(holds("entry.count() = 4"));
    EXPECT_FALSE(holds("entry.link"));
    EXPECT_TRUE(holds("type"));
    EXPECT_THROW(holds("entry"), Error);
}

}  // namespace
