#include <filesystem>
#include <random>

#include "codec.h"

namespace {
using namespace gateway;
using testing::ElementsAre;
using testing::IsEmpty;

class GroupedTest : public Hl7v2Test {
protected:
    GroupedTest() { use({{"view", "grouped"}}); }

    /// A message of those segments, each with a field that tells them apart.
    static std::string message(const std::string& type, const std::string& version,
                               const std::string& segments) {
        std::string text = "MSH|^~\\&|A|B|C|D|20250102||" + type + "|1|P|" + version + "\r";
        int number = 0;
        for (std::size_t from = 0; from < segments.size();) {
            const std::size_t end = std::min(segments.find(' ', from), segments.size());
            text += segments.substr(from, end - from) + "|" + std::to_string(++number) + "\r";
            from = end + 1;
        }
        return text;
    }
    /// "MSH PATIENT(PID)": segments and groups as they stand.
    static std::string shape(Node node) {
        std::string text;
        for (const Node child : node.children()) {
            if (!text.empty()) text += ' ';
            text += child.name();
            const bool group = child.firstChild() && child.firstChild().name()[0] >= 'A';
            if (group) text += "(" + shape(child) + ")";
        }
        return text;
    }
    std::string grouped(const std::string& type, const std::string& version,
                        const std::string& segments) {
        const std::string text = message(type, version, segments);
        const Document document = decode(text);
        EXPECT_EQ(encode(document), text) << segments;
        return shape(document.root());
    }
    std::vector<std::string> codes() const {
        std::vector<std::string> found;
        for (const Issue& issue : issues_.all()) found.push_back(issue.code);
        return found;
    }
};

TEST_F(GroupedTest, FlatIsTheDefault) {
    use({});
    EXPECT_EQ(shape(decode(message("ORU^R01^ORU_R01", "2.5", "PID OBR OBX")).root()),
              "MSH PID OBR OBX");
}

TEST_F(GroupedTest, ObservationsOfSeveralPatients) {
    EXPECT_EQ(grouped("ORU^R01^ORU_R01", "2.5", "PID PV1 ORC OBR NTE OBX NTE OBX OBR OBX PID OBR"),
              "MSH PATIENT_RESULT(PATIENT(PID VISIT(PV1)) ORDER_OBSERVATION(ORC OBR NTE "
              "OBSERVATION(OBX NTE) OBSERVATION(OBX)) ORDER_OBSERVATION(OBR OBSERVATION(OBX))) "
              "PATIENT_RESULT(PATIENT(PID) ORDER_OBSERVATION(OBR))");
    EXPECT_THAT(issues_.all(), IsEmpty());
}

TEST_F(GroupedTest, EachVersionHasItsGroups) {
    EXPECT_EQ(grouped("ORU^R01", "2.3", "PID OBR OBX"),
              "MSH RESPONSE(PATIENT(PID) ORDER_OBSERVATION(OBR OBSERVATION(OBX)))");
    EXPECT_EQ(grouped("ORU^R01", "2.3.1", "PID OBR OBX"),
              "MSH PATIENT_RESULT(PATIENT(PID) ORDER_OBSERVATION(OBR OBSERVATION(OBX)))");
    EXPECT_EQ(grouped("ORU^R01^ORU_R01", "2.8", "PID PRT OBX PRT OBR PRT OBX PRT NTE"),
              "MSH PATIENT_RESULT(PATIENT(PID PRT PATIENT_OBSERVATION(OBX PRT)) "
              "ORDER_OBSERVATION(OBR PRT OBSERVATION(OBX PRT NTE)))");
    EXPECT_EQ(grouped("ORU^R01^ORU_R01", "2.9", "PID OBR OBX"),
              "MSH PATIENT_RESULT(PATIENT(PID) ORDER_OBSERVATION(OBR OBSERVATION(OBX)))");
    EXPECT_EQ(grouped("MDM^T02", "2.3.1", "EVN PID PV1 TXA OBX OBX"),
              "MSH EVN PID PV1 TXA OBX OBX");
    EXPECT_THAT(issues_.all(), IsEmpty());
}

TEST_F(GroupedTest, Admissions) {
    EXPECT_EQ(grouped("ADT^A01^ADT_A01", "2.5",
                      "EVN PID PD1 ROL NK1 PV1 PV2 ROL OBX AL1 DG1 PR1 ROL GT1 IN1 IN2 IN1 ACC"),
              "MSH EVN PID PD1 ROL NK1 PV1 PV2 ROL OBX AL1 DG1 PROCEDURE(PR1 ROL) GT1 "
              "INSURANCE(IN1 IN2) INSURANCE(IN1) ACC");
    EXPECT_EQ(grouped("ADT^A40", "2.5", "EVN PID MRG PID PD1 MRG PV1"),
              "MSH EVN PATIENT(PID MRG) PATIENT(PID PD1 MRG PV1)");
    EXPECT_THAT(issues_.all(), IsEmpty());
}

TEST_F(GroupedTest, PlansOfCare) {
    EXPECT_EQ(grouped("PPR^PC1^PPR_PC1", "2.5",
                      "PID PV1 PRB NTE ROL OBX GOL NTE ROL OBX ORC OBR NTE ORC OBR PRB GOL ORC"),
              "MSH PID PATIENT_VISIT(PV1) PROBLEM(PRB NTE PROBLEM_ROLE(ROL) "
              "PROBLEM_OBSERVATION(OBX) GOAL(GOL NTE GOAL_ROLE(ROL) GOAL_OBSERVATION(OBX)) "
              "ORDER(ORC ORDER_DETAIL(OBR NTE)) ORDER(ORC ORDER_DETAIL(OBR))) "
              "PROBLEM(PRB GOAL(GOL) ORDER(ORC))");
    EXPECT_EQ(grouped("PGL^PC6^PGL_PC6", "2.5", "PID GOL ROL PTH OBX PRB ORC OBR GOL"),
              "MSH PID GOAL(GOL GOAL_ROLE(ROL) PATHWAY(PTH) OBSERVATION(OBX) PROBLEM(PRB) "
              "ORDER(ORC ORDER_DETAIL(OBR))) GOAL(GOL)");
    EXPECT_EQ(grouped("PPP^PCB^PPP_PCB", "2.5", "PID PTH NTE ROL PRB GOL OBX ORC OBR OBX PRB"),
              "MSH PID PATHWAY(PTH NTE PATHWAY_ROLE(ROL) PROBLEM(PRB GOAL(GOL "
              "GOAL_OBSERVATION(OBX)) ORDER(ORC ORDER_DETAIL(OBR ORDER_OBSERVATION(OBX)))) "
              "PROBLEM(PRB))");
    EXPECT_EQ(grouped("PPG^PCG", "2.4", "PID PTH GOL PRB OBX ORC OBR"),
              "MSH PID PATHWAY(PTH GOAL(GOL PROBLEM(PRB PROBLEM_OBSERVATION(OBX)) "
              "ORDER(ORC ORDER_DETAIL(OBR))))");
    EXPECT_THAT(issues_.all(), IsEmpty());
}

TEST_F(GroupedTest, CollaborativeCare) {
    EXPECT_EQ(grouped("CCR^I16^CCR_I16", "2.7",
                      "RF1 PRD ORC OBR OBX PID NK1 PV1 ORC RXO RXR PRB VAR GOL PTH ROL REL"),
              "MSH RF1 PROVIDER_CONTACT(PRD) CLINICAL_ORDER(ORC CLINICAL_ORDER_DETAIL(OBR OBX)) "
              "PATIENT(PID) NK1 PATIENT_VISITS(PV1) MEDICATION_HISTORY(ORC "
              "MEDICATION_ORDER_DETAIL(RXO RXR)) PROBLEM(PRB VAR) GOAL(GOL) PATHWAY(PTH "
              "ROLE_PATHWAY(ROL)) REL");
    EXPECT_EQ(grouped("CCU^I20^CCU_I20", "2.8", "RF1 PRD CTD PID PV1"),
              "MSH RF1 PROVIDER_CONTACT(PRD CTD) PATIENT(PID) PATIENT_VISITS(PV1)");
    EXPECT_EQ(grouped("CCM^I21^CCM_I21", "2.7.1", "PID SCH RGS AIS AIL ORC AL1 DG1 OBX ROL PV1"),
              "MSH PID APPOINTMENT_HISTORY(SCH RESOURCES(RGS RESOURCE_DETAIL(AIS) "
              "RESOURCE_DETAIL(AIL))) CLINICAL_HISTORY(ORC CLINICAL_HISTORY_DETAIL(AL1) "
              "CLINICAL_HISTORY_DETAIL(DG1 OBX) ROLE_CLINICAL_HISTORY(ROL)) PATIENT_VISITS(PV1)");
    EXPECT_THAT(issues_.all(), IsEmpty());
    EXPECT_EQ(grouped("CCM^I21", "2.5", "PID PV1"), "MSH PID PATIENT_VISITS(PV1)");
}

TEST_F(GroupedTest, DocumentsAppointmentsReferralsAnswers) {
    EXPECT_EQ(grouped("MDM^T02^MDM_T02", "2.5", "EVN PID PV1 ORC TQ1 OBR NTE TXA OBX NTE OBX"),
              "MSH EVN PID PV1 COMMON_ORDER(ORC TIMING(TQ1) OBR NTE) TXA OBXNTE(OBX NTE) "
              "OBXNTE(OBX)");
    EXPECT_EQ(grouped("MDM^T10^MDM_T10", "2.8", "EVN PID PV1 TXA CON OBX"),
              "MSH EVN PID PV1 TXA CON OBSERVATION(OBX)");
    EXPECT_EQ(grouped("SIU^S15", "2.3", "SCH PID PV1 RGS AIG AIL AIP"),
              "MSH SCH PATIENT(PID PV1) RESOURCES(RGS GENERAL_RESOURCE(AIG) "
              "LOCATION_RESOURCE(AIL) PERSONNEL_RESOURCE(AIP))");
    EXPECT_EQ(grouped("REF^I12^REF_I12", "2.5", "RF1 PRD PRD CTD PID IN1 DG1 OBR OBX PV1 NTE"),
              "MSH RF1 PROVIDER_CONTACT(PRD) PROVIDER_CONTACT(PRD CTD) PID INSURANCE(IN1) DG1 "
              "OBSERVATION(OBR RESULTS_NOTES(OBX)) PATIENT_VISIT(PV1) NTE");
    EXPECT_EQ(grouped("ACK^PC1^ACK", "2.5^FRA^2.11", "MSA ERR"), "MSH MSA ERR");
    EXPECT_EQ(grouped("ACK", "2.2", "MSA"), "MSH MSA");
    EXPECT_THAT(issues_.all(), IsEmpty());
}

TEST_F(GroupedTest, OneOfAChoiceStandsInItsGroup) {
    EXPECT_EQ(grouped("ORM^O01", "2.5", "PID ORC RXO NTE ORC OBR OBX"),
              "MSH PATIENT(PID) ORDER(ORC ORDER_DETAIL(RXO NTE)) ORDER(ORC ORDER_DETAIL(OBR "
              "OBSERVATION(OBX)))");
}

TEST_F(GroupedTest, SegmentsOfOnesOwnStayWhereTheyStand) {
    EXPECT_EQ(grouped("ADT^A01^ADT_A01", "2.5", "EVN PID PV1 ZBE ZFA PR1 ZPR IN1 ZFM ACC ZZZ"),
              "MSH EVN PID PV1 ZBE ZFA PROCEDURE(PR1 ZPR) INSURANCE(IN1 ZFM) ACC ZZZ");
    EXPECT_EQ(grouped("ORU^R01^ORU_R01", "2.5", "PID OBR OBX PRT PRT OBX"),
              "MSH PATIENT_RESULT(PATIENT(PID) ORDER_OBSERVATION(OBR OBSERVATION(OBX PRT PRT) "
              "OBSERVATION(OBX)))");
    EXPECT_THAT(issues_.all(), IsEmpty());
}

TEST_F(GroupedTest, WhatTheStructureLacksIsToldAndKept) {
    EXPECT_EQ(grouped("ADT^A01^ADT_A01", "2.5", "EVN PID PV1 IN1 QQQ TXA ACC"),
              "MSH EVN PID PV1 INSURANCE(IN1 QQQ TXA) ACC");
    EXPECT_THAT(warnings(), ElementsAre("QQQ", "TXA"));
    EXPECT_THAT(codes(), ElementsAre("100", "100"));
    EXPECT_EQ(issues_.worst(), Severity::warning);
}

TEST_F(GroupedTest, WhatStandsTooLateGoesToItsGroupAllTheSame) {
    EXPECT_EQ(grouped("SIU^S12^SIU_S12", "2.5", "SCH PID RGS AIS AIP AIL NTE RGS"),
              "MSH SCH PATIENT(PID) RESOURCES(RGS SERVICE(AIS) PERSONNEL_RESOURCE(AIP) "
              "LOCATION_RESOURCE(AIL NTE)) RESOURCES(RGS)");
    EXPECT_THAT(warnings(), ElementsAre("AIL"));
    EXPECT_EQ(grouped("PPR^PC1^PPR_PC1", "2.5", "PID PRB ORC OBR GOL OBX"),
              "MSH PID PROBLEM(PRB ORDER(ORC ORDER_DETAIL(OBR)) GOAL(GOL "
              "GOAL_OBSERVATION(OBX)))");
    EXPECT_EQ(grouped("ADT^A01^ADT_A01", "2.5", "PV1 EVN PID PID PV1"), "MSH PV1 EVN PID PID PV1");
    EXPECT_THAT(warnings(), ElementsAre("EVN", "PID[2]"));
}

TEST_F(GroupedTest, AGroupMayLackItsFirstSegmentWhenTheMessageHasNone) {
    EXPECT_EQ(grouped("ORU^R01^ORU_R01", "2.5", "PID OBX OBX"),
              "MSH PATIENT_RESULT(PATIENT(PID) ORDER_OBSERVATION(OBSERVATION(OBX) "
              "OBSERVATION(OBX)))");
    EXPECT_THAT(issues_.all(), IsEmpty());
    EXPECT_EQ(grouped("ORU^R01^ORU_R01", "2.5", "PID OBX OBR"),
              "MSH PATIENT_RESULT(PATIENT(PID OBX) ORDER_OBSERVATION(OBR))");
    EXPECT_THAT(warnings(), ElementsAre("OBX"));
}

TEST_F(GroupedTest, AnUnknownStructureStaysFlat) {
    EXPECT_EQ(grouped("ZAM^Z01^ZAM_Z01", "2.6", "EVN OBX"), "MSH EVN OBX");
    EXPECT_THAT(warnings(), ElementsAre("MSH-9"));
    EXPECT_THAT(codes(), ElementsAre("200"));
    EXPECT_EQ(grouped("", "", "PID OBX"), "MSH PID OBX");
    EXPECT_THAT(codes(), ElementsAre("200"));
    EXPECT_EQ(grouped("ORU^R01^ZZZ_Z99", "2.5", "PID OBR OBX"),
              "MSH PATIENT_RESULT(PATIENT(PID) ORDER_OBSERVATION(OBR OBSERVATION(OBX)))");
}

TEST_F(GroupedTest, PlacesNameTheGroups) {
    const Document document =
        decode(message("PPP^PCB^PPP_PCB", "2.5", "PID PTH PRB PRB").append("PRB|A^B\r"));
    const Node problem = at(document, "PATHWAY.PROBLEM").nextSibling();
    EXPECT_EQ(problem.child("PRB").child("1").path(), "PATHWAY/PROBLEM[2]/PRB-1");
}

TEST_F(GroupedTest, AGroupReachesFromItsFirstSegmentToItsLast) {
    const std::string text = message("ORU^R01^ORU_R01", "2.5", "PID OBR OBX ZZZ OBX");
    const Document document = decode(text);
    const auto bytes = [&](const std::string& path) {
        const Span where = at(document, path).where();
        return text.substr(where.begin, where.size());
    };
    EXPECT_EQ(bytes("PATIENT_RESULT"), "PID|1\rOBR|2\rOBX|3\rZZZ|4\rOBX|5");
    EXPECT_EQ(bytes("PATIENT_RESULT.PATIENT"), "PID|1");
    EXPECT_EQ(bytes("PATIENT_RESULT.ORDER_OBSERVATION.OBSERVATION"), "OBX|3\rZZZ|4");
}

TEST_F(GroupedTest, ItsNodesWriteTheSameBytes) {
    const std::string text = message("PPR^PC1^PPR_PC1", "2.5", "PID PRB GOL ZZZ OBX ORC OBR PRB");
    EXPECT_EQ(rewritten(text), text);
}

TEST_F(GroupedTest, AChangedValueChangesItsBytesAlone) {
    std::string text = message("PPR^PC1^PPR_PC1", "2.5", "PID PRB GOL ZZZ OBX QQQ ORC OBR PRB");
    Document document = decode(text);
    const Node value = at(document, "PROBLEM.GOAL.GOL.1");
    Builder tree(std::move(document));
    tree.text(tree.handle(value), "changed");
    EXPECT_EQ(encode(tree.finish()), text.replace(text.find("GOL|3"), 5, "GOL|changed"));
}

TEST_F(GroupedTest, IssuesCountSegmentsAsTheMessageDoes) {
    grouped("PPR^PC1^PPR_PC1", "2.5", "PID PRB QQQ PRB ORC OBR GOL QQQ PRB QQQ");
    EXPECT_THAT(warnings(), ElementsAre("QQQ[1]", "GOL", "QQQ[2]", "QQQ[3]"));
}

TEST_F(GroupedTest, EnvelopeAndControlIdAreThoseOfTheFlatView) {
    const Document document = decode(message("ORU^R01^ORU_R01", "2.5", "PID OBR OBX"));
    EXPECT_EQ(codec_->controlIdOf(document), "1");
    EXPECT_EQ(codec_->envelope(document).controlId, "1");
}

// Any order of any segments: nothing is lost, nothing changes places, and it ends.
TEST_F(GroupedTest, HostileOrderIsKept) {
    const std::vector<std::string> ids = {"PID", "PV1", "OBX", "OBR", "ORC", "NTE", "ROL",
                                          "GOL", "PRB", "PTH", "VAR", "IN1", "NK1", "ZZZ",
                                          "QQQ", "AIL", "SFT", "TQ1", "DSC", "PRT"};
    for (const char* type : {"ADT^A01^ADT_A01", "ORU^R01^ORU_R01", "PPR^PC1^PPR_PC1",
                             "CCM^I21^CCM_I21", "SIU^S12^SIU_S12", "ORM^O01"}) {
        std::mt19937 random(7);
        std::string segments;
        for (int i = 0; i < 100'000; ++i) segments += ids[random() % ids.size()] + " ";
        segments.pop_back();
        const std::string text = message(type, "2.5", segments);
        const Document document = decode(text);
        ASSERT_TRUE(encode(document) == text) << type;
        EXPECT_LE(issues_.all().size(), 25u);
    }
    for (int round = 0; round < 300; ++round) {
        std::mt19937 random(static_cast<unsigned>(round));
        std::string segments = "PID";
        for (int i = 0; i < 40; ++i) segments += " " + ids[random() % ids.size()];
        const std::string text = message("PPR^PC1^PPR_PC1", "2.5", segments);
        ASSERT_EQ(rewritten(text), text) << round;
    }
}

TEST_F(GroupedTest, CorpusMessagesComeBackByteForByte) {
    const std::string corpus = support::corpus();
    if (corpus.empty()) GTEST_SKIP() << "no corpus beside the checkout";
    const std::unique_ptr<Codec> flat = plugins_.codec("hl7v2");
    std::size_t messages = 0, inGroups = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(corpus + "/hl7v2")) {
        const std::string kind = entry.path().extension();
        if (kind != ".hl7" && kind != ".er7" && kind != ".txt") continue;
        SCOPED_TRACE(entry.path());
        const Bytes file = Bytes::copy(support::fileText(entry.path()));
        Issues issues;
        for (const Span span : codec_->split(file, issues)) {
            const std::string text(file.view(span));
            const Document document = decode(text);
            const Document plain = flat->decode(Bytes::copy(text), issues);
            EXPECT_EQ(encode(document), encode(plain));
            EXPECT_EQ(encode(rebuilt(document)), encode(rebuilt(plain)));
            inGroups += shape(document.root()) != shape(plain.root());
            ++messages;
        }
    }
    EXPECT_GT(messages, 45U);
    EXPECT_GT(inGroups, 25U);
}

}  // namespace
