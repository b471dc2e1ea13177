#include <set>

#include "codec.h"
#include "mllp/ack.h"

namespace {
using namespace gateway;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const char* markOf(Severity severity) {
    if (severity == Severity::information) return "i ";
    return severity >= Severity::error ? " " : "w ";
}

/// "101 PID-3" of errors, "101w PID-5" of warnings, "104i PID-5" of information.
std::vector<std::string> told(const Issues& issues) {
    std::vector<std::string> all;
    for (const Issue& issue : issues.all()) {
        if (issue.code.empty()) continue;  // the decoder's own
        all.push_back(issue.code + markOf(issue.severity) + issue.where);
    }
    return all;
}

class Hl7v2Check : public Hl7v2Test {
protected:
    /// The findings of the dictionary about these segments, joined by CR.
    std::vector<std::string> check(const std::vector<std::string>& segments) {
        std::string text;
        for (const std::string& segment : segments) text += segment + "\r";
        const Document document = decode(text);
        Issues found;
        codec_->checker()->check(document, found);
        return told(found);
    }
    void configure(const std::string& profile, const std::string& onError) {
        codec_ = plugins_.codec(
            "hl7v2",
            support::map({{"check", support::map({{"profile", support::scalar(profile)},
                                                  {"on_error", support::scalar(onError)}})}}));
    }

    const std::string msh = "MSH|^~\\&|A|B|C|D|20250318094210||ADT^A01^ADT_A01|1|P|2.5";
    const std::string evn = "EVN||20250318094210";
    const std::string pid = "PID|1||X1^^^H||TEST^INVENTED";
    const std::string pv1 = "PV1|1|I";
};

TEST_F(Hl7v2Check, FindsNothingInAMessageOfTheStandard) {
    EXPECT_THAT(check({msh, evn, pid, pv1}), IsEmpty());
    EXPECT_THAT(check({msh, evn, pid, pv1, "ZZZ|anything", "AL1|1||X", "ZZZ|again"}), IsEmpty());
    EXPECT_THAT(check({"MSH|^~\\&|A|B|C|D|20250318||ORU^R01^ORU_R01|1|P|2.5", pid, pv1, "OBR|1|||X",
                       "NTE|1", "OBX|1|NM|X||1.5||||||F", "OBX|2|ST|X||a||||||F", "NTE|1",
                       "OBR|2|||Y", "OBX|1|DT|X||20250318||||||F"}),
                IsEmpty());
}

TEST_F(Hl7v2Check, NamesRequiredFieldsThatAreMissing) {
    EXPECT_THAT(check({msh, evn, "PID|1||||", pv1}), ElementsAre("101 PID-3", "101 PID-5"));
    EXPECT_THAT(check({msh, evn, pid, "NK1|1|X", "NK1|", pv1}), ElementsAre("101 NK1[2]-1"));
    EXPECT_THAT(check({"MSH|^~\\&|A|B|C|D|||ADT^A01^ADT_A01||P|2.5", evn, pid, pv1}),
                ElementsAre("101 MSH-7", "101 MSH-10"));
}

TEST_F(Hl7v2Check, WarnsOfRequiredFieldsThatAreNull) {
    EXPECT_THAT(check({msh, evn, "PID|1||\"\"||TEST", pv1}), ElementsAre("101w PID-3"));
    EXPECT_THAT(check({msh, evn, "PID|1||\"\"~X1^^^H||TEST", pv1}), IsEmpty());
    EXPECT_THAT(check({msh, evn, "PID|1||\"\"^^^H||TEST", pv1}), Not(Contains("101 PID-3")));
}

TEST_F(Hl7v2Check, WarnsOfRequiredComponents) {
    EXPECT_THAT(check({msh, evn, "PID|1||^^^H||TEST", pv1}), ElementsAre("101w PID-3.1"));
}

TEST_F(Hl7v2Check, NamesFieldsThatRepeatTooOften) {
    EXPECT_THAT(check({msh, evn, pid, "PV1|1|I~O"}), ElementsAre("198 PV1-2"));
    EXPECT_THAT(check({msh, evn, "PID|1||X1^^^H~X2^^^H~X3^^^H||TEST", pv1}), IsEmpty());
}

TEST_F(Hl7v2Check, InformsOfLengthsBefore27AndWarnsFromThereOn) {
    EXPECT_THAT(check({msh, evn, pid, "PV1|1|INPATIENT"}), ElementsAre("104i PV1-2"));
    const std::string newer = "MSH|^~\\&|A|B|C|D|20250318094210||ADT^A01^ADT_A01|1|P|2.7";
    EXPECT_THAT(check({newer, evn, "PID|12345||X1^^^H^PI||TEST^^^^^^L", pv1}),
                ElementsAre("104w PID-1", "102 PID-1"));
    EXPECT_THAT(check({msh, evn, pid, "PV1|1|\xC3\xA9"}), IsEmpty()) << "characters, not bytes";
}

TEST_F(Hl7v2Check, NamesTextsThatAreNotOfTheirType) {
    const auto observation = [&](const std::string& type, const std::string& value) {
        return check({"MSH|^~\\&|A|B|C|D|20250318||ORU^R01^ORU_R01|1|P|2.5", "PID|1||X1^^^H||T",
                      "OBR|1|||X", "OBX|1|" + type + "|X||" + value + "||||||F"});
    };
    for (const char* good : {"1", "-1.5", "+.5", "0", "100000000000000000000", "1."})
        EXPECT_THAT(observation("NM", good), IsEmpty()) << good;
    for (const char* bad : {"1,5", "a", "1e5", "-", ".", "1.5.2", " 1"})
        EXPECT_THAT(observation("NM", bad), ElementsAre("102 OBX-5")) << bad;
    for (const char* good : {"2025", "202502", "20240229"})
        EXPECT_THAT(observation("DT", good), IsEmpty()) << good;
    for (const char* bad : {"25", "202513", "20250230", "2025-03-18", "202503181000"})
        EXPECT_THAT(observation("DT", bad), ElementsAre("102 OBX-5")) << bad;
    for (const char* good : {"10", "1030", "103059", "103059.1234", "1030+0100"})
        EXPECT_THAT(observation("TM", good), IsEmpty()) << good;
    for (const char* bad : {"24", "1060", "10:30", "1030.5", "1030+01"})
        EXPECT_THAT(observation("TM", bad), ElementsAre("102 OBX-5")) << bad;
    for (const char* good : {"2025", "2025031810", "202503181030", "20250318103059.5-0500"})
        EXPECT_THAT(observation("TS", good), IsEmpty()) << good;
    for (const char* bad : {"2025031", "2025031825", "20250318T1030", "20250318103061"})
        EXPECT_THAT(observation("TS", bad), ElementsAre("102 OBX-5")) << bad;
    EXPECT_THAT(check({msh, "EVN||yesterday", pid, pv1}), ElementsAre("102 EVN-2"));
    EXPECT_THAT(check({msh, evn, "PID|x||X1^^^H||TEST", pv1}), ElementsAre("102 PID-1"));
}

TEST_F(Hl7v2Check, NamesTheRepetitionAndTheComponent) {
    EXPECT_THAT(check({msh, evn, "PID|1||X1^^^H~X2^^^H^PI^^soon||TEST", pv1}),
                ElementsAre("102 PID-3[2].7"));
}

TEST_F(Hl7v2Check, SpellsPlacesAsTheTreeDoes) {
    const std::string text = msh + "\r" + evn + "\r" + pid + "\r" + pv1 +
                             "\rOBX|1|NM|X||1\rOBX|2|NM|X||1~~x^y||||||F" + std::string(120, '|') +
                             "z\rOBX|x|CX|X||a^^^b^^^bad&c\r";
    const Document document = decode(text);
    Issues found;
    codec_->checker()->check(document, found);
    std::set<std::string> paths;
    const std::function<void(Node)> collect = [&](Node node) {
        for (const Node child : node.children()) {
            paths.insert(child.path());
            collect(child);
        }
    };
    collect(document.root());
    EXPECT_GE(found.all().size(), 4U);
    for (const Issue& issue : found.all()) {
        if (issue.code == "101") continue;  // of what is not there
        EXPECT_TRUE(paths.contains(issue.where)) << issue.where;
    }
}

TEST_F(Hl7v2Check, NamesSegmentsThatAreMissing) {
    EXPECT_THAT(check({msh, evn, pid}), ElementsAre("100 PV1"));
    EXPECT_THAT(check({msh, pid, pv1}), ElementsAre("100 EVN"));
    EXPECT_THAT(check({"MSH|^~\\&|A|B|C|D|20250318||ORU^R01^ORU_R01|1|P|2.5", pid, "OBR|1|||X",
                       "ORC|RE", "OBX|1|ST|X||a||||||F"}),
                ElementsAre("100 OBR[2]"));
    EXPECT_THAT(check({"MSH|^~\\&|A|B|C|D|20250318||ORU^R01^ORU_R01|1|P|2.5", pid}),
                ElementsAre("100 OBR"));
}

TEST_F(Hl7v2Check, NamesASegmentOutOfOrderOnce) {
    EXPECT_THAT(check({msh, evn, pv1, pid}), ElementsAre("100 PID"));
    EXPECT_THAT(check({msh, evn, pid, pv1, "NK1|1"}), ElementsAre("100 NK1"));
    EXPECT_THAT(check({msh, pid, evn, pv1}), ElementsAre("100 EVN"));
    EXPECT_THAT(
        check({"MSH|^~\\&|A|B|C|D|20250318||ORU^R01^ORU_R01|1|P|2.5", "NTE|1", pid, "OBR|1|||X"}),
        ElementsAre("100 NTE"));
}

TEST_F(Hl7v2Check, NamesASegmentWhoseGroupLacksItsBeginning) {
    const std::string siu = "MSH|^~\\&|A|B|C|D|20250318||SIU^S12^SIU_S12|1|P|2.5";
    const std::string sch = "SCH|1|||||X||||||||||Y||||Z";
    EXPECT_THAT(check({siu, sch, "RGS|1", "AIS|1||X", "AIL|1", "AIP|1", "RGS|2", "AIS|1||X"}),
                IsEmpty());
    EXPECT_THAT(check({siu, sch, "RGS|1", "AIP|1", "AIL|1", "AIL|2"}),
                ElementsAre("100 AIL[1]", "100 AIL[2]"));
}

TEST_F(Hl7v2Check, NamesASegmentThatStandsTooOften) {
    EXPECT_THAT(check({msh, evn, pid, pv1, pv1}), ElementsAre("100 PV1[2]"));
}

TEST_F(Hl7v2Check, NamesASegmentOfAnotherMessage) {
    EXPECT_THAT(check({msh, evn, pid, pv1, "PRB|AD|20250318|X|1"}), ElementsAre("100 PRB"));
    EXPECT_THAT(check({msh, evn, pid, pv1, "QQQ|1"}), ElementsAre("100 QQQ"));
}

TEST_F(Hl7v2Check, NamesTypesAndVersionsThatThereAreNot) {
    const auto head = [&](const std::string& type, const std::string& rest) {
        return check({"MSH|^~\\&|A|B|C|D|20250318||" + type + "|1|" + rest});
    };
    EXPECT_THAT(head("QQQ^A01^QQQ_A01", "P|2.5"), ElementsAre("200 MSH-9"));
    EXPECT_THAT(head("ADT^B99^ADT_B99", "P|2.5"), ElementsAre("201 MSH-9"));
    EXPECT_THAT(head("ZAM^Z01^ZAM_Z01", "P|2.5"), IsEmpty());
    EXPECT_THAT(head("ACK^A01^ACK", "X|2.5"), ElementsAre("202 MSH-11", "100 MSA"));
    EXPECT_THAT(head("ZAM^Z01^ZAM_Z01", "P|3"), ElementsAre("203 MSH-12"));
    EXPECT_THAT(check({"MSH|^~\\&|A|B|C|D|20250318||ADT^Z99^ADT_A01|1|P|2.5", evn, pid}),
                ElementsAre("100 PV1"))
        << "an event of a site's own, in a structure that is known";
}

TEST_F(Hl7v2Check, GoesByTheVersionOfTheMessage) {
    EXPECT_THAT(check({"MSH|^~\\&|A|B|C|D|20250318||ADT^A01|1|P|2.3", "EVN|A01|20250318",
                       "PID|1||X1||TEST", pv1}),
                IsEmpty());
    EXPECT_THAT(check({"MSH|^~\\&|A|B|C|D|20250318||ADT^A01^ADT_A01|1|P|2.9", evn, pid, pv1}),
                Not(Contains(testing::StartsWith("203"))));
}

TEST_F(Hl7v2Check, StopsAtAHundredFindings) {
    std::vector<std::string> segments = {"MSH|^~\\&|A|B|C|D|20250318||ORU^R01^ORU_R01|1|P|2.5", pid,
                                         "OBR|1|||X"};
    for (int i = 0; i < 5000; ++i) segments.push_back("OBX|x|NM|||soon");
    EXPECT_EQ(101U, check(segments).size());
}

TEST_F(Hl7v2Check, SeeksErrorsBehindAnyNumberOfWarnings) {
    std::vector<std::string> segments = {"MSH|^~\\&|A|B|C|D|20250318||ORU^R01^ORU_R01|1|P|2.5", pid,
                                         "OBR|1|||X"};
    for (int i = 1; i <= 120; ++i)
        segments.push_back("OBX|" + std::to_string(i) + "|ST|X||a||||||F" + std::string(30, '|') +
                           "x");
    segments.push_back("OBX|121|NM|||abc");
    const std::vector<std::string> found = check(segments);
    EXPECT_EQ(100, std::count_if(found.begin(), found.end(), [](const std::string& one) {
                  return one.starts_with("199w OBX");
              }));
    EXPECT_THAT(found, testing::IsSupersetOf({"199w message", "101 OBX[121]-3", "101 OBX[121]-11",
                                              "102 OBX[121]-5"}));
    std::string text;
    for (const std::string& segment : segments) text += segment + "\r";
    use({{"check", "dictionary"}});
    EXPECT_TRUE(refusal(text));
}

TEST_F(Hl7v2Check, TellsNoMoreThanItFound) {
    std::vector<std::string> segments = {"MSH|^~\\&|A|B|C|D|20250318||ORU^R01^ORU_R01|1|P|2.5", pid,
                                         "OBR|1|||X"};
    for (int i = 1; i <= 100; ++i) segments.push_back("OBX|1|NM|X||soon||||||F");
    EXPECT_EQ(100U, check(segments).size());
}

TEST_F(Hl7v2Check, IsLinearInFieldsAndRepetitions) {
    std::string repetitions, fields;
    for (int i = 0; i < 100'000; ++i) repetitions += "a~";
    for (int i = 0; i < 500'000; ++i) fields += "a|";
    EXPECT_EQ(
        101U,
        check({msh, evn, "PID|1||X1^^^H||T" + std::string(54, '|') + repetitions, pv1}).size());
    EXPECT_THAT(check({msh, evn, "PID|" + fields, pv1}), Contains("199w message"));
    EXPECT_THAT(
        check({msh, evn, "PID|1||" + repetitions + "|T" + std::string(24, '|') + repetitions, pv1}),
        Contains(testing::StartsWith("198 PID-")));
}

TEST_F(Hl7v2Check, FindsNothingInOurOwnAcknowledgements) {
    Issues issues;
    for (const char* where : {"PID[2]-3[1].4", "byte 12", "EVN"}) {
        Issue issue;
        issue.where = where;
        issue.code = "101";
        issue.text = {"missing", "absent"};
        issues.add(issue);
    }
    const mllp::Verdict wrong =
        mllp::Verdict::of(Error(Fault::rejected, "EVN", "three errors"), issues);
    for (const char* version : {"2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.8"})
        for (const char* mode : {"", "|||AL|AL|FRA|UNICODE UTF-8"})
            for (const mllp::Verdict& verdict : {mllp::Verdict::accepted("stored"), wrong}) {
                const std::string message =
                    std::string("MSH|^~\\&|A|B|C|D|20250318||ADT^A01^ADT_A01|1|P|") + version +
                    mode;
                const std::string ack = mllp::acknowledgement(mllp::Head(message), verdict, Time{},
                                                              mllp::newControlId());
                Issues found;
                codec_->checker()->check(decode(ack), found);
                // Lengths of old versions are too short for what they name themselves: ACK^A01^ACK.
                EXPECT_THAT(told(found), testing::Each(testing::StartsWith("104i MSH"))) << ack;
            }
}

TEST_F(Hl7v2Check, SaysNothingOfWhatItFound) {
    Issues found;
    codec_->checker()->check(
        decode(msh + "\rEVN||SECRET1\rPID|SECRET2||SECRET3||SECRET4\rPV1|1|SECRET5\rPV1|SECRET6\r"),
        found);
    ASSERT_FALSE(found.empty());
    for (const Issue& issue : found.all())
        EXPECT_THAT(issue.where + issue.text.en + issue.text.fr + issue.rule,
                    Not(HasSubstr("SECRET")));
}

TEST_F(Hl7v2Check, ReadsLenientlyUnlessAsked) {
    const std::string text = msh + "\r" + evn + "\rPID|1\r";
    EXPECT_FALSE(refusal(text));
    EXPECT_THAT(told(issues_), IsEmpty());
    use({{"check", "none"}});
    EXPECT_FALSE(refusal(text));
    EXPECT_THAT(told(issues_), IsEmpty());
}

TEST_F(Hl7v2Check, RefusesWhenAskedAndTellsEveryFinding) {
    use({{"check", "dictionary"}});
    const auto refused = refusal(msh + "\r" + evn + "\rPID|1\r");
    ASSERT_TRUE(refused);
    EXPECT_EQ(Fault::rejected, refused->fault);
    EXPECT_EQ("PV1", refused->where);
    EXPECT_THAT(refused->what, HasSubstr("3 errors, the first: the segment is missing"));
    EXPECT_THAT(told(issues_), ElementsAre("100 PV1", "101 PID-3", "101 PID-5"));
}

TEST_F(Hl7v2Check, RefusesAnUnknownTypeAsUnsupported) {
    use({{"check", "dictionary"}});
    const auto refused = refusal("MSH|^~\\&|A|B|C|D|20250318||QQQ^A01|1|P|2.5\r");
    ASSERT_TRUE(refused);
    EXPECT_EQ(Fault::unsupported, refused->fault);
    EXPECT_EQ("MSH-9", refused->where);
}

TEST_F(Hl7v2Check, OnlyWarnsWhenAsked) {
    configure("dictionary", "warn");
    EXPECT_FALSE(refusal(msh + "\r" + evn + "\rPID|1\r"));
    EXPECT_THAT(told(issues_), ElementsAre("100w PV1", "101w PID-3", "101w PID-5"));
}

TEST_F(Hl7v2Check, KeepsWarningsOfWhatItAccepts) {
    use({{"check", "dictionary"}});
    EXPECT_FALSE(refusal(msh + "\r" + evn + "\rPID|1||^^^H||TEST\rPV1|1|INPATIENT\r"));
    EXPECT_THAT(told(issues_), ElementsAre("101w PID-3.1")) << "lengths are no news to a sender";
}

TEST_F(Hl7v2Check, RefusesToWriteWhatAMapMadeWrong) {
    use({{"check", "dictionary"}});
    const Document good = decode(msh + "\r" + evn + "\r" + pid + "\r" + pv1 + "\r");
    EXPECT_FALSE(failureOf([&] { encode(rebuilt(good)); }));
    Builder tree("ADT_A01");
    tree.copy(tree.root(), Name::permanent("MSH"), good.root().child("MSH"));
    const Document bad = tree.finish();
    const auto refused = failureOf([&] { encode(bad); });
    ASSERT_TRUE(refused);
    EXPECT_EQ("EVN", refused->where);
}

TEST_F(Hl7v2Check, ChecksATreeWithGroups) {
    const Document flat = decode("MSH|^~\\&|A|B|C|D|20250318||ORU^R01^ORU_R01|1|P|2.5\r" + pid +
                                 "\rOBR|1|||X\rOBX|1|NM|X||soon||||||F\r");
    Builder tree("ORU_R01");
    tree.copy(tree.root(), Name::permanent("MSH"), flat.root().child("MSH"));
    const auto result = tree.add(tree.root(), "PATIENT_RESULT");
    tree.copy(tree.add(result, "PATIENT"), Name::permanent("PID"), flat.root().child("PID"));
    const auto order = tree.add(result, "ORDER_OBSERVATION");
    tree.copy(order, Name::permanent("OBR"), flat.root().child("OBR"));
    tree.copy(tree.add(order, "OBSERVATION"), Name::permanent("OBX"), flat.root().child("OBX"));
    Issues found;
    codec_->checker()->check(tree.finish(), found);
    EXPECT_THAT(told(found), ElementsAre(testing::EndsWith("OBX-5")));
}

TEST_F(Hl7v2Check, WarnsOfAHeadThatNoReceiverCanUse) {
    Builder tree("ADT_A01");
    const auto head = tree.add(tree.root(), "MSH");
    tree.text(tree.add(head, "9"), "ADT");
    tree.text(tree.add(head, "12"), "2.5");
    Sink out;
    Issues issues;
    codec_->encode(tree.finish(), out, issues);
    EXPECT_THAT(told(issues), ElementsAre("101w MSH-7", "101w MSH-10", "101w MSH-11"));
}

TEST_F(Hl7v2Check, TellsOptionsThatItDoesNotKnow) {
    const auto refused = [&](const std::string& name) {
        try {
            use({{"check", name}});
        } catch (const std::runtime_error& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    EXPECT_THAT(refused("pam-fr"), HasSubstr("pam-fr-2.11"));
    EXPECT_THAT(refused("missing.yaml"), HasSubstr("missing.yaml"));
    EXPECT_THROW(configure("dictionary", "maybe"), std::runtime_error);
}

}  // namespace
