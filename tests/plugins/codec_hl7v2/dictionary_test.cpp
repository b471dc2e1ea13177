#include "dictionary.h"

#include <gmock/gmock.h>

#include <set>
#include <string>
#include <thread>
#include <tuple>

namespace {
using namespace gateway::hl7v2;
using testing::ElementsAre;
using testing::IsNull;
using testing::NotNull;

const std::vector<std::string_view> kFrom23 = {"2.3", "2.3.1", "2.4",   "2.5", "2.5.1",
                                               "2.6", "2.7",   "2.7.1", "2.8"};

std::string spelled(const std::vector<ElementRule>& elements) {
    std::string text;
    for (const ElementRule& element : elements) {
        if (!text.empty()) text += ' ';
        text += element.choice ? "" : std::string(element.name.text());
        if (element.group)
            text += (element.choice ? "<" : "(") + spelled(element.children) +
                    (element.choice ? ">" : ")");
        text += element.repeats ? (element.required ? "+" : "*") : (element.required ? "" : "?");
    }
    return text;
}

std::string spelled(std::string_view version, std::string_view structure) {
    const StructureRule* const found = Dictionary::of(version).structure(structure);
    return found ? spelled(found->elements) : "none";
}

TEST(DictionaryTest, KnowsTheVersions) {
    EXPECT_THAT(Dictionary::versions(), ElementsAre("2.1", "2.2", "2.3", "2.3.1", "2.4", "2.5",
                                                    "2.5.1", "2.6", "2.7", "2.7.1", "2.8"));
}

TEST(DictionaryTest, TakesTheNearestVersion) {
    const std::pair<const char*, const char*> nearest[] = {
        {"2.5", "2.5"}, {"2.3.2", "2.3.1"}, {"2.5.2", "2.5.1"}, {"2.7.9", "2.7.1"},
        {"2.9", "2.8"}, {"3", "2.8"},       {"2.0D", "2.1"},    {"1", "2.1"},
        {"", "2.5"},    {"x", "2.5"},       {"2.10", "2.8"}};
    for (const auto& [asked, given] : nearest) {
        EXPECT_EQ(Dictionary::nearest(asked), given) << asked;
        EXPECT_EQ(Dictionary::of(asked).version(), given) << asked;
    }
}

TEST(DictionaryTest, TellsOfFields) {
    const SegmentRule* const pid = Dictionary::of("2.5").segment("PID");
    ASSERT_THAT(pid, NotNull());
    EXPECT_EQ(pid->label, "Patient Identification");
    EXPECT_EQ(pid->fields.size(), 39u);
    const FieldRule* const name = pid->field(5);
    ASSERT_THAT(name, NotNull());
    EXPECT_EQ(name->label, "Patient Name");
    EXPECT_EQ(name->alias, "patientName");
    EXPECT_EQ(name->type, "XPN");
    EXPECT_TRUE(name->required());
    EXPECT_TRUE(name->repeats());
    EXPECT_EQ(name->length, 250u);
    EXPECT_EQ(pid->field(8)->table, 1);
    EXPECT_EQ(pid->field(8)->most, 1u);
    EXPECT_EQ(pid->field(1)->alias, "setId");
    EXPECT_EQ(pid->field(6)->alias, "mothersMaidenName");
    EXPECT_THAT(pid->field(0), IsNull());
    EXPECT_THAT(pid->field(40), IsNull());
    EXPECT_THAT(Dictionary::of("2.7").segment("PID")->field(40), NotNull());
}

TEST(DictionaryTest, RequiresOfOrdinaryMessagesWhatTheChaptersDo) {
    const std::tuple<const char*, const char*, std::uint32_t> notRequired[] = {
        {"2.1", "OBR", 22}, {"2.1", "OBX", 5},   {"2.2", "FT1", 14},  {"2.3", "ORC", 7},
        {"2.3", "OBR", 27}, {"2.3", "NK1", 7},   {"2.3", "SCH", 1},   {"2.3", "RXG", 2},
        {"2.3", "OM3", 7},  {"2.3.1", "OBX", 2}, {"2.3.1", "OBX", 4},
    };
    for (const auto& [version, segment, number] : notRequired)
        EXPECT_FALSE(Dictionary::of(version).segment(segment)->field(number)->required())
            << version << " " << segment << "-" << number;
    for (const auto& [segment, number] : {std::pair{"OBX", 3u}, {"OBX", 11u}, {"PID", 3u}})
        EXPECT_TRUE(Dictionary::of("2.3.1").segment(segment)->field(number)->required())
            << segment << "-" << number;
    EXPECT_EQ(Dictionary::of("2.4").segment("OBX")->field(8)->most, 5u);
    EXPECT_EQ(Dictionary::of("2.5.1").segment("OBX")->field(2)->most, 1u);
    EXPECT_EQ(Dictionary::of("2.3.1").segment("MSH")->field(9)->length, 15u);
    EXPECT_EQ(Dictionary::of("2.3").segment("MSH")->field(9)->length, 7u);
}

/// A field is stricter in one version than in the one before and the one after by a mistake.
TEST(DictionaryTest, NoFieldIsStricterInOneVersionAlone) {
    const auto& versions = Dictionary::versions();
    const auto fieldOf = [&](std::size_t at, std::string_view id, std::uint32_t number) {
        const SegmentRule* const segment = Dictionary::of(versions[at]).segment(id);
        return segment ? segment->field(number) : nullptr;
    };
    const auto mostOf = [](const FieldRule& field) { return field.most == 0 ? ~0u : field.most; };
    for (std::size_t at = 1; at + 1 < versions.size(); ++at)
        for (const SegmentRule& segment : Dictionary::of(versions[at]).segments())
            for (std::uint32_t number = 1; number <= segment.fields.size(); ++number) {
                const FieldRule& field = *segment.field(number);
                const FieldRule* const before = fieldOf(at - 1, segment.id, number);
                const FieldRule* const after = fieldOf(at + 1, segment.id, number);
                if (!before || !after || before->alias != field.alias ||
                    after->alias != field.alias)
                    continue;
                const std::string where = std::string(versions[at]) + " " +
                                          std::string(segment.id) + "-" + std::to_string(number);
                EXPECT_TRUE(!field.required() || before->required() || after->required()) << where;
                EXPECT_TRUE(mostOf(field) >= mostOf(*before) || mostOf(field) >= mostOf(*after))
                    << where;
            }
}

TEST(DictionaryTest, TellsOfComponents) {
    const TypeRule* const cx = Dictionary::of("2.5").type("CX");
    ASSERT_THAT(cx, NotNull());
    EXPECT_FALSE(cx->primitive());
    EXPECT_EQ(cx->component(4)->type, "HD");
    EXPECT_EQ(cx->component(5)->table, 203);
    EXPECT_TRUE(Dictionary::of("2.5").type("ST")->primitive());
    EXPECT_THAT(Dictionary::of("2.5").type("NOPE"), IsNull());
}

TEST(DictionaryTest, DiffersByVersion) {
    EXPECT_EQ(Dictionary::of("2.3").segment("ERR")->fields.size(), 1u);
    EXPECT_EQ(Dictionary::of("2.5").segment("ERR")->fields.size(), 12u);
    EXPECT_THAT(Dictionary::of("2.4").segment("SFT"), IsNull());
    EXPECT_THAT(Dictionary::of("2.6").segment("PRT"), IsNull());
    EXPECT_THAT(Dictionary::of("2.7").segment("PRT"), NotNull());
    EXPECT_EQ(Dictionary::of("2.4").segment("PID")->field(7)->type, "TS");
    EXPECT_EQ(Dictionary::of("2.7").segment("PID")->field(7)->type, "DTM");
}

TEST(DictionaryTest, KnowsTheShapeOfMessages) {
    EXPECT_EQ(spelled("2.5", "ACK"), "MSH SFT* MSA ERR*");
    EXPECT_EQ(spelled("2.5", "ORU_R01"),
              "MSH SFT* PATIENT_RESULT(PATIENT(PID PD1? NTE* NK1* VISIT(PV1 PV2?)?)? "
              "ORDER_OBSERVATION(ORC? OBR NTE* TIMING_QTY(TQ1 TQ2*)* CTD? OBSERVATION(OBX NTE*)* "
              "FT1* CTI* SPECIMEN(SPM OBX*)*)+)+ DSC?");
    EXPECT_EQ(spelled("2.5", "PPR_PC1"),
              "MSH SFT* PID PATIENT_VISIT(PV1 PV2?)? PROBLEM(PRB NTE* VAR* PROBLEM_ROLE(ROL VAR*)* "
              "PATHWAY(PTH VAR*)* PROBLEM_OBSERVATION(OBX NTE*)* GOAL(GOL NTE* VAR* GOAL_ROLE(ROL "
              "VAR*)* GOAL_OBSERVATION(OBX NTE*)*)* ORDER(ORC ORDER_DETAIL(<OBR RXO RXE> NTE* VAR* "
              "ORDER_OBSERVATION(OBX NTE* VAR*)*)?)*)+");
    EXPECT_EQ(spelled("2.3", "ADT_A04").substr(0, 20), "MSH EVN PID PD1? NK1");
}

TEST(DictionaryTest, KnowsTheMessagesOfCareFromVersion23On) {
    for (const std::string_view version : kFrom23)
        for (const char* name :
             {"ACK",     "ADT_A01", "ADT_A03", "ADT_A39", "ORU_R01", "MDM_T01", "MDM_T02",
              "SIU_S12", "REF_I12", "PPR_PC1", "PGL_PC6", "PPP_PCB", "PPG_PCG", "CCR_I16",
              "CCU_I20", "CCM_I21", "MFN_M02", "ORM_O01", "OML_O21", "RDE_O11", "DFT_P03"})
            EXPECT_THAT(Dictionary::of(version).structure(name), NotNull())
                << version << " " << name;
    EXPECT_FALSE(Dictionary::of("2.7").structure("CCM_I21")->borrowed);
    EXPECT_TRUE(Dictionary::of("2.5").structure("CCM_I21")->borrowed);
}

TEST(DictionaryTest, KnowsWhichStructureAnEventUses) {
    const std::vector<std::array<std::string_view, 3>> uses = {
        {"ADT", "A04", "ADT_A01"}, {"ADT", "A08", "ADT_A01"}, {"ADT", "A31", "ADT_A05"},
        {"ADT", "A40", "ADT_A39"}, {"MDM", "T10", "MDM_T02"}, {"MDM", "T09", "MDM_T01"},
        {"SIU", "S15", "SIU_S12"}, {"PPR", "PC2", "PPR_PC1"}, {"PGL", "PC7", "PGL_PC6"},
        {"PPP", "PCC", "PPP_PCB"}, {"PPP", "PCD", "PPP_PCB"}, {"PPG", "PCH", "PPG_PCG"},
        {"REF", "I14", "REF_I12"}, {"CCR", "I17", "CCR_I16"}, {"ACK", "A01", "ACK"},
        {"ACK", "", "ACK"}};
    for (const std::string_view version : {"2.4", "2.5", "2.6", "2.8"})
        for (const auto& [type, event, structure] : uses) {
            const StructureRule* const found = Dictionary::of(version).structureOf(type, event);
            ASSERT_THAT(found, NotNull()) << version << " " << type << event;
            EXPECT_EQ(found->name, structure) << version << " " << type << event;
        }
    EXPECT_EQ(Dictionary::of("2.8").structure("ADT_A08")->name, "ADT_A01");
    EXPECT_THAT(Dictionary::of("2.5").structureOf("ZAM", "Z01"), IsNull());
    EXPECT_THAT(Dictionary::of("2.5").structureOf("", ""), IsNull());
}

TEST(DictionaryTest, AliasesAreUniqueWords) {
    for (const std::string_view version : Dictionary::versions()) {
        const auto check = [&](std::string_view of, const std::vector<FieldRule>& rules) {
            std::set<std::string_view> seen;
            for (const FieldRule& rule : rules) {
                if (rule.alias.empty()) continue;
                EXPECT_TRUE(seen.insert(rule.alias).second) << version << of << rule.alias;
                EXPECT_EQ(rule.alias.find_first_not_of("abcdefghijklmnopqrstuvwxyz"
                                                       "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"),
                          rule.alias.npos)
                    << version << of << rule.alias;
                EXPECT_TRUE(rule.alias[0] >= 'a' && rule.alias[0] <= 'z') << rule.alias;
            }
        };
        for (const SegmentRule& segment : Dictionary::of(version).segments())
            check(segment.id, segment.fields);
        for (const TypeRule& type : Dictionary::of(version).types())
            check(type.name, type.components);
    }
}

TEST(DictionaryTest, EveryTypeThatIsNamedIsKnown) {
    for (const std::string_view version : Dictionary::versions()) {
        const Dictionary& dictionary = Dictionary::of(version);
        for (const SegmentRule& segment : dictionary.segments())
            for (const FieldRule& field : segment.fields) {
                const bool known = field.type.empty() || dictionary.type(field.type);
                EXPECT_TRUE(known) << version << segment.id << field.type;
            }
    }
}

TEST(DictionaryTest, EveryStructureBeginsWithItsHeader) {
    for (const std::string_view version : Dictionary::versions())
        for (const StructureRule& structure : Dictionary::of(version).structures())
            EXPECT_EQ(structure.elements[0].name.text(), "MSH") << version << structure.name;
}

TEST(DictionaryTest, NamesTables) {
    EXPECT_EQ(Dictionary::tableLabel(1), "Administrative Sex");
    EXPECT_EQ(Dictionary::tableLabel(9999), "");
}

TEST(DictionaryTest, IsReadOnceByManyThreads) {
    std::vector<std::thread> threads;
    std::array<const Dictionary*, 8> seen{};
    for (auto& one : seen) threads.emplace_back([&one] { one = &Dictionary::of("2.2"); });
    for (std::thread& thread : threads) thread.join();
    for (const Dictionary* const one : seen) EXPECT_EQ(one, seen[0]);
}

}  // namespace
