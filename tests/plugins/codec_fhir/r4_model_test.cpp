#include <set>

#include "fhir_codec.h"
#include "gateway/model.h"

namespace {
using namespace gateway;

class R4Model : public FhirCodec {
protected:
    const ModelType& type(std::string_view name) {
        const ModelType* const found = model_.type(Name::permanent(name));
        if (found == nullptr) throw std::runtime_error("no type " + std::string(name));
        return *found;
    }
    const ModelElement& element(std::string_view of, std::string_view name) {
        const ModelElement* const found = type(of).element(Name::permanent(name));
        if (found == nullptr) throw std::runtime_error("no element " + std::string(name));
        return *found;
    }
    bool isA(std::string_view name, std::string_view other) {
        return type(name).isA(Name::permanent(other));
    }
    const Model& model_ = *codec_->model();
};

TEST_F(R4Model, HasEveryKindOfType) {
    EXPECT_EQ("r4", model_.name());
    std::map<ModelType::Kind, int> kinds;
    int backbones = 0;
    std::set<std::string_view> names;
    for (const std::string_view name : model_.typeNames()) {
        EXPECT_TRUE(names.insert(name).second) << name;
        const bool backbone = name.find('.') != name.npos;
        backbones += backbone;
        if (!backbone) ++kinds[type(name).kind];
    }
    EXPECT_EQ(20, kinds[ModelType::Kind::primitive]);
    EXPECT_EQ(41, kinds[ModelType::Kind::complex]);
    EXPECT_EQ(149, kinds[ModelType::Kind::resource]) << "147, Resource and DomainResource";
    EXPECT_GT(backbones, 400);
}

TEST_F(R4Model, KnowsBases) {
    EXPECT_TRUE(isA("Patient", "DomainResource"));
    EXPECT_TRUE(isA("Patient", "Resource"));
    EXPECT_FALSE(isA("Bundle", "DomainResource"));
    EXPECT_TRUE(isA("positiveInt", "integer"));
    EXPECT_TRUE(isA("code", "string"));
    EXPECT_TRUE(isA("Age", "Quantity"));
    EXPECT_TRUE(isA("CarePlan.activity", "BackboneElement"));
    EXPECT_TRUE(isA("Timing.repeat", "Element"));
    EXPECT_FALSE(isA("Timing.repeat", "BackboneElement"));
    EXPECT_TRUE(type("DomainResource").abstract);
}

TEST_F(R4Model, KnowsElementsWithTypesAndCardinalities) {
    EXPECT_EQ("id", type("Patient").elements.front().name.text());
    EXPECT_EQ("id", element("Patient", "id").types.at(0)->name.text());
    EXPECT_EQ("string", element("HumanName", "id").types.at(0)->name.text());
    EXPECT_EQ("uri", element("Extension", "url").types.at(0)->name.text());
    EXPECT_EQ(1u, element("CarePlan", "subject").least);
    EXPECT_TRUE(element("CarePlan", "activity").many);
    EXPECT_EQ("CarePlan.activity.detail",
              element("CarePlan.activity", "detail").types.at(0)->name.text());
    EXPECT_EQ("Bundle.link", element("Bundle.entry", "link").types.at(0)->name.text());
    EXPECT_TRUE(element("Bundle.entry", "resource").types.empty());
    EXPECT_TRUE(element("Bundle.entry.response", "outcome").types.empty());
    EXPECT_TRUE(element("Observation", "value").choice);
    EXPECT_EQ(11u, element("Observation", "value").types.size());
    EXPECT_EQ(50u, element("Extension", "value").types.size());
    EXPECT_EQ("value", element("Quantity", "value").name.text());
    EXPECT_EQ("decimal", element("Age", "value").types.at(0)->name.text());
}

TEST_F(R4Model, FindsTypesByUrl) {
    EXPECT_EQ(&type("Patient"), model_.byUrl("http://hl7.org/fhir/StructureDefinition/Patient"));
    EXPECT_EQ(nullptr, model_.byUrl("http://hl7.org/fhir/StructureDefinition/Plan"));
    EXPECT_EQ(nullptr, model_.byUrl("Patient"));
    EXPECT_EQ(nullptr, model_.type(Name::permanent("Plan")));
}

}  // namespace
