#include "codec.h"

namespace {
using namespace gateway;
using testing::Contains;
using testing::ElementsAre;
using testing::IsNull;
using testing::NotNull;

class Hl7v2ModelTest : public Hl7v2Test {
protected:
    const ModelType* type(std::string_view name) {
        return codec_->model()->type(Name::permanent(name));
    }
    static const ModelElement* element(const ModelType* type, std::string_view name) {
        return type->element(Name::permanent(name));
    }
};

TEST_F(Hl7v2ModelTest, FieldsHaveNumberAliasAndLabel) {
    const ModelType* const pid = type("PID");
    ASSERT_THAT(pid, NotNull());
    EXPECT_EQ(pid->label, "Patient Identification");
    const ModelElement* const name = element(pid, "5");
    ASSERT_THAT(name, NotNull());
    EXPECT_EQ(pid->byAlias("patientName"), name);
    EXPECT_EQ(name->label, "Patient Name");
    EXPECT_EQ(name->least, 1u);
    EXPECT_TRUE(name->many);
    ASSERT_EQ(name->types.size(), 1u);
    EXPECT_EQ(name->types[0]->name.text(), "XPN");
    EXPECT_EQ(element(name->types[0], "2")->alias, "givenName");
    EXPECT_EQ(element(type("HD"), "1")->types[0]->kind, ModelType::Kind::primitive);
}

TEST_F(Hl7v2ModelTest, AValueOfAnyTypeHasNoTypeOfItsOwn) {
    EXPECT_TRUE(element(type("OBX"), "5")->types.empty());
}

TEST_F(Hl7v2ModelTest, StructuresHoldSegmentsAndGroups) {
    const ModelType* const oru = type("ORU_R01");
    ASSERT_THAT(oru, NotNull());
    EXPECT_EQ(oru->kind, ModelType::Kind::resource);
    const ModelElement* const result = element(oru, "PATIENT_RESULT");
    ASSERT_THAT(result, NotNull());
    EXPECT_TRUE(result->many);
    EXPECT_EQ(result->least, 1u);
    ASSERT_EQ(result->types.size(), 1u);
    EXPECT_EQ(result->types[0]->name.text(), "ORU_R01.PATIENT_RESULT");
    EXPECT_THAT(element(result->types[0], "PATIENT"), NotNull());
    EXPECT_EQ(element(oru, "MSH")->types[0], type("MSH"));
    EXPECT_EQ(element(oru, "MSH")->label, "Message Header");
    EXPECT_EQ(element(type("ORM_O01.ORDER.ORDER_DETAIL"), "RXO")->least, 0u);
    EXPECT_TRUE(element(type("ADT_A01"), "ROL")->many);
}

TEST_F(Hl7v2ModelTest, EventsHaveTheTypeOfTheirStructure) {
    EXPECT_EQ(type("ADT_A08"), type("ADT_A01"));
}

TEST_F(Hl7v2ModelTest, WhatIsMadeByOthersHasATypeWithoutElements) {
    for (const char* name : {"ZBE", "ZAM_Z01", "HL7V2"}) {
        ASSERT_THAT(type(name), NotNull()) << name;
        EXPECT_TRUE(type(name)->elements.empty()) << name;
    }
    EXPECT_THAT(type("5"), IsNull());
    EXPECT_THAT(type("Bundle"), IsNull());
}

TEST_F(Hl7v2ModelTest, NoStructureHasACanonicalUrl) {
    EXPECT_THAT(codec_->model()->byUrl("http://hl7.org/v2/StructureDefinition/PPP_PCB"), IsNull());
}

TEST_F(Hl7v2ModelTest, NamesItsTypes) {
    const std::vector<std::string_view> names = codec_->model()->typeNames();
    EXPECT_THAT(names, Contains("PID"));
    EXPECT_THAT(names, Contains("PPP_PCB.PATHWAY.PROBLEM"));
}

TEST_F(Hl7v2ModelTest, TheVersionIsAnOption) {
    EXPECT_EQ(codec_->model()->name(), "hl7v2-2.5");
    const Model* const usual = codec_->model();
    use({{"version", "2.3"}});
    EXPECT_EQ(codec_->model()->name(), "hl7v2-2.3");
    EXPECT_EQ(type("ERR")->elements.size(), 1u);
    use({{"version", "2.5"}});
    EXPECT_EQ(codec_->model(), usual);
}

}  // namespace
