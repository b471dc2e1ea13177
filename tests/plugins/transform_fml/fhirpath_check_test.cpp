/// Expressions checked against FHIR R4, as strict mode does.
#include "fhirpath_fixture.h"

namespace {
using namespace gateway;

class Checked : public testing::Test {
protected:
    /// "column: text" of the first finding.
    std::string check(const std::string& text, const char* focus = "Patient") {
        const Model& model = *codec_->model();
        Findings findings;
        const auto expression =
            fhirpath::Expression::compile(text, {}, findings, nullptr, {"v"}, {&model});
        if (expression) expression->check(model.type(Name::permanent(focus)), {&model}, findings);
        if (findings.all().empty()) return {};
        const Finding& first = findings.all().front();
        return std::to_string(first.where.column) + ": " + first.text;
    }

    support::Plugins plugins_{{"codec_fhir"}};
    std::unique_ptr<Codec> codec_ = plugins_.codec("fhir");
};

TEST_F(Checked, FindsElementsThatTypesDoNotHave) {
    EXPECT_EQ("9: there is no element 'nmae' in Patient; did you mean 'name'?",
              check("Patient.nmae"));
    EXPECT_EQ("1: there is no element 'Encounter' in Patient", check("Encounter.name"));
    EXPECT_EQ("1: there is no element 'valueQuantity' in Observation; did you mean 'value'?",
              check("valueQuantity", "Observation"));
    EXPECT_EQ("12: there is no element 'uze' in HumanName; did you mean 'use'?",
              check("name.where(uze = 'x')"));
    EXPECT_EQ("31: there is no element 'unit' in Period",
              check("(Observation.value as Period).unit", "Observation"));
    EXPECT_EQ("21: there is no type 'Fuu'", check("contact.name.ofType(Fuu)"));
}

TEST_F(Checked, AcceptsWhatTheTypesHave) {
    for (const char* text :
         {"Patient.name.given.first()", "Resource.id",
          "name.where(use = 'official').select(given | family)", "contact.name.family",
          "extension('x').value.ofType(Period).start", "contained.anything", "%v.anything",
          "name.exists(given.exists())", "deceased.ofType(boolean)",
          "iif(active, name, contact.name).family", "link.other.resolve().anything",
          "(name | contact.name).first().family", "name.repeat(period).start"})
        EXPECT_EQ("", check(text)) << text;
    EXPECT_EQ("", check("entry.resource.ofType(Patient).name", "Bundle"));
    EXPECT_EQ("", check("value.ofType(Quantity).unit", "Observation"));
}

TEST_F(Checked, WantsTextsWhereFunctionsWorkOnThem) {
    EXPECT_EQ("6: startsWith() works on texts; HumanName is none", check("name.startsWith('a')"));
    EXPECT_EQ("24: contains() works on texts; Quantity is none",
              check("value.ofType(Quantity).contains('a')", "Observation"));
    EXPECT_EQ("", check("value.startsWith('a')", "Observation"));
    EXPECT_EQ("", check("birthDate.startsWith('19') or text.div.contains('a')"));
}

TEST_F(Checked, WantsOrderWhereItMatters) {
    EXPECT_EQ("12: the items before first() have no order", check("children().first()"));
    EXPECT_EQ("14: the items before '[' have no order", check("descendants()[0]"));
}

}  // namespace
