#include "fhir_codec.h"

namespace {
using namespace gateway;

TEST_F(FhirCodec, RefusesWhatIsNoResource) {
    EXPECT_EQ("malformed at line 1, column 1", refusal(""));
    EXPECT_EQ("malformed at line 1, column 1", refusal("[]"));
    EXPECT_EQ("malformed at line 1, column 2", refusal("\"Patient\""));
    EXPECT_EQ("malformed at Resource", refusal("{}"));
    EXPECT_EQ("malformed at Resource", refusal(R"({"id":"x"})"));
    EXPECT_EQ("malformed at Resource", refusal(R"({"resourceType":7})"));
    EXPECT_EQ("malformed at Resource", refusal(R"({"resourceType":["Patient"]})"));
    EXPECT_EQ("unsupported at Resource", refusal(R"({"resourceType":"Plan"})"));
    EXPECT_EQ("unsupported at Resource", refusal(R"({"resourceType":"HumanName"})"));
    EXPECT_EQ("unsupported at Resource", refusal(R"({"resourceType":"DomainResource"})"));
    EXPECT_EQ("malformed at Bundle.entry[1].resource",
              refusal(R"({"resourceType":"Bundle","entry":[{},{"resource":{"id":"x"}}]})"));
}

TEST_F(FhirCodec, RefusesTheWrongShapeOfAKnownElement) {
    const auto patient = [&](const std::string& member) {
        return refusal(R"({"resourceType":"Patient",)" + member + "}");
    };
    EXPECT_EQ("malformed at Patient.birthDate", patient(R"("birthDate":{})"));
    EXPECT_EQ("malformed at Patient.birthDate", patient(R"("birthDate":["1950"])"));
    EXPECT_EQ("malformed at Patient.birthDate", patient(R"("_birthDate":"1950")"));
    EXPECT_EQ("malformed at Patient.name", patient(R"("name":{"family":"X"})"));
    EXPECT_EQ("malformed at Patient.name[1]", patient(R"("name":[{},"TESTEUR"])"));
    EXPECT_EQ("malformed at Patient.name[0]", patient(R"("name":[[]])"));
    EXPECT_EQ("malformed at Patient.name[0].given", patient(R"("name":[{"given":"X"}])"));
    EXPECT_EQ("malformed at Patient.name[0].given[1]",
              patient(R"("name":[{"given":["X",{"a":1}]}])"));
    EXPECT_EQ("malformed at Patient.maritalStatus", patient(R"("maritalStatus":"M")"));
    EXPECT_EQ("malformed at Patient.contained[0]", patient(R"("contained":["x"])"));
}

TEST_F(FhirCodec, PlacesNameElementsAndNothingElse) {
    decode(R"({"resourceType":"Patient","Jean DUPONT":1,"x\nerror Patient.fake: y":2,"weird":3,
               "a.b":4,")" +
           std::string(1000, 'a') + R"(":5})");
    EXPECT_THAT(issues(), testing::ElementsAre(
                              "Patient.?: unknown to FHIR R4", "Patient.?: unknown to FHIR R4",
                              "Patient.weird: unknown to FHIR R4", "Patient.?: unknown to FHIR R4",
                              "Patient.?: unknown to FHIR R4"));
}

TEST_F(FhirCodec, SurvivesHostileTexts) {
    std::string deep = R"({"resourceType":"Patient")";
    for (int i = 0; i < 1'000'000; ++i) deep += R"(,"extension":[{"url":"x")";
    EXPECT_NE("accepted", refusal(deep));
    EXPECT_NE("accepted",
              refusal(R"({"resourceType":"Patient","x":)" + std::string(1'000'000, '[')));
    EXPECT_NE("accepted", refusal(R"({"resourceType":"Patient","gender":"a","gender":"b"})"));
    EXPECT_NE("accepted", refusal("{\"resourceType\":\"Patient\",\"gender\":\"\xC3\"}"));
    EXPECT_NE("accepted", refusal(R"({"resourceType":"Patient","gender":"\ud800"})"));
    std::string keys = R"({"resourceType":"Patient")";
    for (int i = 0; i < 1'000'000; ++i) keys += ",\"k" + std::to_string(i) + "\":1";
    EXPECT_EQ("accepted", refusal(keys + "}"));
}

TEST_F(FhirCodec, StaysLinearWhereBothHalvesAreLong) {
    constexpr int kItems = 200'000;
    std::string given = "\"given\":[\"a\"", besides = "\"_given\":[null";
    for (int i = 1; i < kItems; ++i) {
        given += ",null";
        besides += R"(,{"id":"i"})";
    }
    const std::string text =
        R"({"resourceType":"Patient","name":[{)" + given + "]," + besides + "]}]}";
    const Document patient = decode(text);
    EXPECT_TRUE(issues().empty());
    EXPECT_EQ(text, encode(copyOf(patient)));
}

TEST_F(FhirCodec, LooksForALateResourceTypeOnlyOnce) {
    std::string text = R"({"x":1,"resourceType":"Bundle","entry":[)";
    for (int i = 0; i < 20'000; ++i)
        text += std::string(i ? "," : "") + R"({"resource":{"id":"x","resourceType":"Patient"}})";
    EXPECT_EQ("accepted", refusal(text + "]}"));
}

}  // namespace
