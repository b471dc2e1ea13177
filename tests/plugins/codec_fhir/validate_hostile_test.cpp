/// @file  Base validation of resources that are large or made to hide their faults.
#include <algorithm>

#include "fhir_codec.h"

namespace {
using namespace gateway;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

class HostileValidation : public FhirCodec {
protected:
    /// "severity code rule place" of each finding of decode() and of the check.
    std::vector<std::string> findings(const std::string& text) {
        const Document document = decode(text);
        codec_->checker()->check(document, issues_);
        std::vector<std::string> all;
        for (const Issue& issue : issues_.all())
            all.push_back(std::string(toText(issue.severity)) + ' ' + issue.code + ' ' +
                          issue.rule + ' ' + issue.where);
        return all;
    }
    std::size_t count(Severity severity) const {
        const auto& all = issues_.all();
        return static_cast<std::size_t>(std::count_if(
            all.begin(), all.end(), [&](const Issue& i) { return i.severity == severity; }));
    }
    /// The items, with a comma between them.
    template <class Item>
    static std::string list(int count, const Item& item) {
        std::string text;
        for (int i = 0; i < count; ++i) text += (i == 0 ? "" : ",") + item(i);
        return text;
    }
    static std::string bundle(const std::string& type, const std::string& entry) {
        return R"({"resourceType":"Bundle","type":")" + type + R"(","entry":[)" + entry + "]}";
    }
};

constexpr const char* kGet = R"({"request":{"method":"GET","url":"Patient/1"}})";
constexpr const char* kDone = R"({"response":{"status":"200"}})";

TEST_F(HostileValidation, TellsAnErrorBehindManyWarnings) {
    // que-0: a name that code generation could not use is a warning.
    const std::string codes = list(300, [](int i) {
        return R"({"resource":{"resourceType":"Questionnaire","name":"no name","status":"active"},)"
               R"("fullUrl":"urn:oid:1.2.)" +
               std::to_string(i) + "\"}";
    });
    findings(bundle("collection", codes));
    EXPECT_EQ(201u, count(Severity::warning));
    EXPECT_EQ(0u, count(Severity::error));
    const auto all = findings(
        bundle("collection", codes + R"(,{"resource":{"resourceType":"Patient","gender":"F"}})"));
    EXPECT_THAT(all, Contains("error code-invalid  Bundle.entry[300].resource.gender"));
    EXPECT_EQ("100 more of this severity were left out", issues_.all().back().text.en);
    EXPECT_EQ(Severity::warning, issues_.all().back().severity);
}

TEST_F(HostileValidation, ReadersTellAnErrorBehindManyWarnings) {
    std::string text = "<Patient xmlns='http://hl7.org/fhir'>";
    for (int i = 0; i < 101; ++i)
        text += "<contact><gender value='male'/><name><text value='x'/></name></contact>";
    const auto all = findings(text + "<zzz value='1'/></Patient>");
    EXPECT_EQ(101u, count(Severity::warning));
    EXPECT_THAT(all, Contains("error   Patient.zzz"));
}

TEST_F(HostileValidation, SpellsNoPlaceThatIsNotTold) {
    findings(R"({"resourceType":"Patient","name":[)" +
             list(200'000, [](int) { return std::string(R"({"text":""})"); }) + "]}");
    ASSERT_EQ(201u, issues_.all().size());
    EXPECT_EQ("Patient.name[199].text", issues_.all()[199].where);
    EXPECT_EQ("199800 more of this severity were left out", issues_.all()[200].text.en);
    EXPECT_EQ(Severity::error, issues_.all()[200].severity);
}

TEST_F(HostileValidation, CountsManySiblingsOnce) {
    const auto item = [](int i) {
        return std::string(i >= 70'000 ? R"({"text":"","x":1})" : R"({"text":"a"})");
    };
    findings(R"({"resourceType":"Patient","name":[)" + list(70'300, item) +
             R"(],"telecom":[{"system":"x"}]})");
    const auto& all = issues_.all();
    ASSERT_EQ(302u, all.size());
    EXPECT_EQ("Patient.name[70000].x", all[0].where);
    EXPECT_EQ("Patient.name[70099].x", all[99].where);
    EXPECT_EQ("Patient.name[70000].text", all[101].where);
    EXPECT_EQ("Patient.name[70199].text", all[300].where);
    findings(R"(<Patient xmlns="http://hl7.org/fhir">)"
             R"(<name><text value="a"/></name><telecom><system value="x"/></telecom>)"
             R"(<name><text value=""/></name><telecom><system value="y"/></telecom></Patient>)");
    std::vector<std::string> places;
    for (const Issue& issue : issues_.all()) places.push_back(issue.where);
    EXPECT_THAT(places, testing::IsSupersetOf({"Patient.telecom[0].system", "Patient.name[1].text",
                                               "Patient.telecom[1].system"}));
}

TEST_F(HostileValidation, FindsContainedResourcesAtOnce) {
    const auto patient = [](int count, const std::string& more) {
        return R"({"resourceType":"Patient","contained":[)" +
               list(count,
                    [](int i) {
                        return R"({"resourceType":"Organization","name":"x","id":"o)" +
                               std::to_string(i) + "\"}";
                    }) +
               R"(],"generalPractitioner":[)" +
               list(count,
                    [](int i) { return R"({"reference":"#o)" + std::to_string(i) + "\"}"; }) +
               more + "]}";
    };
    EXPECT_THAT(findings(patient(40'000, "")), IsEmpty());
    EXPECT_THAT(findings(patient(3, R"(,{"reference":"#o3"})")),
                ElementsAre("error invariant ref-1 Patient.generalPractitioner[3]"));
}

TEST_F(HostileValidation, KnowsContainedResourcesOfTheirContainerOnly) {
    const std::string inner =
        R"({"resource":{"resourceType":"Patient","contained":[{"resourceType":"Organization",)"
        R"("name":"x","id":"a","partOf":{"reference":"#"}}],)"
        R"("managingOrganization":{"reference":"#a"}}})";
    const std::string outer =
        R"(,{"resource":{"resourceType":"Patient","managingOrganization":{"reference":"#a"}}})";
    EXPECT_THAT(findings(bundle("collection", inner)), IsEmpty());
    EXPECT_THAT(findings(bundle("collection", inner + outer)),
                ElementsAre("error invariant ref-1 Bundle.entry[1].resource.managingOrganization"));
}

TEST_F(HostileValidation, FindsContainedResourcesOfOneId) {
    const char* const organization = R"({"resourceType":"Organization","name":"x","id":"a"})";
    EXPECT_THAT(findings(R"({"resourceType":"Patient","contained":[)" + std::string(organization) +
                         "," + organization + R"(],"managingOrganization":{"reference":"#a"}})"),
                ElementsAre("error invariant  Patient.contained[1].id"));
}

TEST_F(HostileValidation, AsksLessBehindWhatTakesTooLong) {
    // sdf-8a looks at the first of all elements for each of them.
    const auto structure = [](int elements) {
        return R"({"resource":{"resourceType":"StructureDefinition","url":"urn:oid:1.2","name":"X","baseDefinition":"urn:oid:1.3",)"
               R"("status":"draft","kind":"resource","abstract":false,"type":"Patient",)"
               R"("derivation":"constraint","differential":{"element":[)"
               R"({"id":"Patient","path":"Patient"},)" +
               list(elements,
                    [](int i) {
                        return R"({"path":"Patient.a","id":"Patient.a)" + std::to_string(i) + "\"}";
                    }) +
               "]}}}";
    };
    const std::string patient =
        R"({"resource":{"resourceType":"Patient","contact":[{"gender":"male"}]}})";
    EXPECT_THAT(findings(bundle("collection", structure(6'000) + "," + patient)),
                ElementsAre("error invariant pat-1 Bundle.entry[1].resource.contact[0]"));
    EXPECT_THAT(
        findings(bundle("collection", structure(10'000) + "," + structure(6'000) + "," + patient)),
        ElementsAre("warning invariant sdf-8a Bundle.entry[0].resource.differential",
                    "warning invariant sdf-8a Bundle.entry[1].resource.differential",
                    "error invariant pat-1 Bundle.entry[2].resource.contact[0]"));
}

TEST_F(HostileValidation, AsksEveryEntryForItsRequestAndResponse) {
    EXPECT_THAT(findings(bundle("batch", list(10'000, [](int) { return std::string(kGet); }))),
                IsEmpty());
    for (const char* type : {"batch", "transaction"}) {
        EXPECT_THAT(findings(bundle(type, kGet)), IsEmpty()) << type;
        EXPECT_THAT(findings(bundle(type, kDone)),
                    ElementsAre("error invariant bdl-3 Bundle.entry[0]",
                                "error invariant bdl-4 Bundle.entry[0]"))
            << type;
    }
    for (const char* type : {"batch-response", "transaction-response"}) {
        EXPECT_THAT(findings(bundle(type, kDone)), IsEmpty()) << type;
        EXPECT_THAT(findings(bundle(type, kGet)),
                    ElementsAre("error invariant bdl-3 Bundle.entry[0]",
                                "error invariant bdl-4 Bundle.entry[0]"))
            << type;
    }
    EXPECT_THAT(findings(bundle("history", kGet)),
                Contains("error invariant bdl-4 Bundle.entry[0]"));
    EXPECT_THAT(findings(bundle("history", kDone)),
                Contains("error invariant bdl-3 Bundle.entry[0]"));
    EXPECT_THAT(findings(bundle("collection", kGet)),
                Contains("error invariant bdl-3 Bundle.entry[0]"));
}

TEST_F(HostileValidation, CountsCharactersOfATextNotBytes) {
    const auto patient = [](std::size_t characters) {
        std::string text;
        for (std::size_t i = 0; i < characters; ++i) text += "é";
        return R"({"resourceType":"Patient","name":[{"text":")" + text + "\"}]}";
    };
    EXPECT_THAT(findings(patient(1024 * 1024)), IsEmpty());
    EXPECT_THAT(findings(patient(1024 * 1024 + 1)),
                ElementsAre("error value  Patient.name[0].text"));
}

}  // namespace
