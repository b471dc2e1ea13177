// Profiles beside the maps: what breaks one is found, with its place, in both languages.
#include <filesystem>
#include <fstream>

#include "fhir_codec.h"

namespace {
using namespace gateway;
namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kProfiles = R"json({"resourceType": "Bundle", "type": "collection", "entry": [
{"resource": {"resourceType": "CodeSystem", "url": "urn:kinds", "valueSet": "urn:kinds-all",
  "concept": [{"code": "a"}, {"code": "b"}]}},
{"resource": {"resourceType": "StructureDefinition", "id": "mark", "url": "https://x.example/mark",
  "type": "Extension", "context": [{"type": "element", "expression": "Patient"}],
  "differential": {"element": [{"id": "Extension", "path": "Extension"},
    {"id": "Extension.value[x]", "path": "Extension.value[x]", "min": 1, "max": "1",
     "type": [{"code": "Coding"}], "binding": {"strength": "required", "valueSet": "urn:kinds-all"}}]}}},
{"resource": {"resourceType": "StructureDefinition", "id": "person", "url": "https://x.example/person",
  "type": "Patient", "differential": {"element": [
    {"id": "Patient", "path": "Patient", "constraint": [{"key": "one", "severity": "error",
      "human": "active or named", "_human": {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/translation",
        "extension": [{"url": "lang", "valueCode": "fr"}, {"url": "content", "valueString": "actif ou nommé"}]}]},
      "expression": "active.exists() or name.exists()"
}]
},
    {"id": "Patient.identifier", "path": "Patient.identifier", "min": 1, "max": "2",
     "slicing": {"discriminator": [{"type": "value", "path": "system"}], "rules": "closed"}},
    {"id": "Patient.identifier:own", "path": "Patient.identifier", "min": 1, "max": "1"},
    {"id": "Patient.identifier:own.system", "path": "Patient.identifier.system", "fixedUri": "urn:own"},
    {"id": "Patient.identifier:own.value", "path": "Patient.identifier.value", "min": 1, "max": "1"},
    {"id": "Patient.extension:mark", "path": "Patient.extension", "min": 0, "max": "1",
     "type": [{"code": "Extension", "profile": ["https://x.example/mark"]}]},
    {"id": "Patient.maritalStatus", "path": "Patient.maritalStatus",
     "patternCodeableConcept": {"coding": [{"system": "urn:m", "code": "M"}]}}]
}
}
},
{"resource": {"resourceType": "StructureDefinition", "id": "pack", "url": "https://x.example/pack",
  "type": "Bundle", "differential": {"element": [
    {"id": "Bundle.entry", "path": "Bundle.entry",
     "slicing": {"discriminator": [{"type": "type", "path": "resource"}], "rules": "closed"}},
    {"id": "Bundle.entry:person", "path": "Bundle.entry", "min": 1, "max": "1"},
    {"id": "Bundle.entry:person.resource", "path": "Bundle.entry.resource",
     "type": [{"code": "Patient", "profile": ["https://x.example/person"]}]}]}}}
]
})json";

class Profiled : public FhirCodec {
protected:
    Profiled() {
        fs::create_directories(folder_);
        write(kProfiles);
    }
    ~Profiled() override { fs::remove_all(folder_); }

    void write(const std::string& text) { std::ofstream(folder_ / "person.json") << text; }
    std::string option(const std::string& name) {
        write(kProfiles);
        fs::rename(folder_ / "person.json", folder_ / (name + ".json"));
        return (folder_ / (name + ".json")).string();
    }
    /// "code place" of each finding, as warnings, so that all are told.
    std::vector<std::string> found(const std::string& profile, const std::string& text) {
        const auto codec = plugins_.codec(
            "fhir",
            support::map({{"check", support::map({{"profile", support::scalar(option(profile))},
                                                  {"on_error", support::scalar("warn")}})}}));
        Issues issues;
        codec->decode(Bytes(std::string(text)), issues);
        std::vector<std::string> all;
        for (const Issue& issue : issues.all()) {
            EXPECT_FALSE(issue.text.fr.empty()) << issue.text.en;
            all.push_back(issue.code + ' ' + issue.where);
        }
        return all;
    }
    std::vector<std::string> person(const std::string& members) {
        return found("person", R"({"resourceType": "Patient", "active": true)" + members + "}");
    }

    const fs::path folder_ = fs::temp_directory_path() / ("profiles-" + std::to_string(getpid()));
};

constexpr const char* kOwn = R"(, "identifier": [{"system": "urn:own", "value": "1"}])";

TEST_F(Profiled, FindsNothingInWhatKeepsToIt) {
    EXPECT_THAT(
        person(std::string(kOwn) +
               R"(, "maritalStatus": {"coding": [{"system": "urn:m", "code": "M", "display": "x"}]},
                          "extension": [{"url": "https://x.example/mark",
                                         "valueCoding": {"system": "urn:kinds", "code": "a"}}])"),
        IsEmpty());
}

TEST_F(Profiled, CountsElementsAndSlices) {
    EXPECT_THAT(person(""),
                ElementsAre("required Patient.identifier", "required Patient.identifier:own"));
    EXPECT_THAT(person(R"(, "identifier": [{"system": "urn:own"}])"),
                ElementsAre("required Patient.identifier[0].value"));
    EXPECT_THAT(
        person(R"(, "identifier": [{"system": "urn:own", "value": "1"}, {"system": "urn:y"}])"),
        ElementsAre("structure Patient.identifier[1]"));
}

TEST_F(Profiled, AsksForFixedValuesPatternsAndCodes) {
    EXPECT_THAT(person(std::string(kOwn) +
                       R"(, "maritalStatus": {"coding": [{"system": "urn:m", "code": "S"}]})"),
                ElementsAre("value Patient.maritalStatus"));
    EXPECT_THAT(person(std::string(kOwn) + R"(, "extension": [{"url": "https://x.example/mark",
                                               "valueCoding": {"system": "urn:kinds", "code": "c"}}])"),
                ElementsAre("code-invalid Patient.extension[0].value"));
    EXPECT_THAT(person(std::string(kOwn) + R"(, "extension": [{"url": "https://x.example/mark",
                                               "valueString": "a"}])"),
                ElementsAre("structure Patient.extension[0].value"));
}

TEST_F(Profiled, KnowsItsExtensionsAndWhereTheyMayStand) {
    EXPECT_THAT(person(std::string(kOwn) + R"(, "extension": [{"url": "https://x.example/marc",
                                               "valueString": "a"}])"),
                ElementsAre("extension Patient.extension[0]"));
    EXPECT_THAT(
        person(std::string(kOwn) + R"(, "name": [{"extension": [{"url": "https://x.example/mark",
                                               "valueCoding": {"system": "urn:kinds", "code": "a"}}]}])"),
        ElementsAre("extension Patient.name[0].extension[0]"));
    EXPECT_THAT(person(std::string(kOwn) + R"(, "extension": [{"url": "https://y.example/any",
                                               "valueString": "a"}])"),
                IsEmpty());
}

TEST_F(Profiled, HoldsConstraintsInBothLanguages) {
    const auto codec =
        plugins_.codec("fhir", support::map({{"check", support::scalar(option("person"))}}));
    Issues issues;
    EXPECT_EQ("rejected at Patient", refusalOf([&] {
                  codec->decode(Bytes(std::string(R"({"resourceType": "Patient",
                      "identifier": [{"system": "urn:own", "value": "1"}]})")),
                                issues);
              }));
    ASSERT_EQ(1u, issues.all().size());
    EXPECT_EQ("one: active or named", issues.all()[0].text.en);
    EXPECT_EQ("one : actif ou nommé", issues.all()[0].text.fr);
}

TEST_F(Profiled, GoesIntoTheResourcesOfABundle) {
    EXPECT_THAT(found("pack", R"({"resourceType": "Bundle", "type": "collection", "entry": [
                    {"resource": {"resourceType": "Patient", "active": true}}]})"),
                ElementsAre("required Bundle.entry[0].resource.identifier",
                            "required Bundle.entry[0].resource.identifier:own"));
    EXPECT_THAT(found("pack", R"({"resourceType": "Bundle", "type": "collection", "entry": [
                    {"resource": {"resourceType": "Basic", "code": {"text": "x"}}}]})"),
                ElementsAre("structure Bundle.entry[0]", "required Bundle.entry:person"));
}

TEST_F(Profiled, IsNamedRightOrRefused) {
    EXPECT_THROW(plugins_.codec("fhir", support::map({{"check", support::scalar("no-such")}})),
                 std::runtime_error);
    EXPECT_THROW(
        plugins_.codec("fhir", support::map({{"check", support::scalar(option("nobody"))}})),
        std::runtime_error);
}

}  // namespace
