#include <filesystem>
#include <fstream>
#include <random>

#include "codec.h"
#include "support/gateway_process.h"

namespace {
using namespace gateway;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> told(const Issues& issues) {
    std::vector<std::string> all;
    for (const Issue& issue : issues.all())
        if (!issue.code.empty())
            all.push_back(issue.code + (issue.severity >= Severity::error ? " " : "w ") +
                          issue.where);
    return all;
}

std::string joined(const std::vector<std::string>& segments) {
    std::string text;
    for (const std::string& segment : segments) text += segment + "\r";
    return text;
}

class Hl7v2Profile : public Hl7v2Test {
protected:
    /// A profile file with these lines after `base: none` and `rules:`.
    void write(const std::string& rules, const std::string& head = "base: none\n") {
        text(head + "rules:\n" + rules);
    }
    void text(const std::string& yaml) {
        std::ofstream(path_) << yaml;
        use({{"check", path_}});
    }
    std::string refusalOf(const std::string& yaml) {
        try {
            text(yaml);
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return {};
    }
    std::vector<std::string> check(const std::vector<std::string>& segments) {
        codec_->checker()->check(raw_->decode(Bytes::copy(joined(segments)), issues_), last_ = {});
        return told(last_);
    }

    support::TemporaryFolder folder_;
    const std::string path_ = folder_.path() + "/site.yaml";
    const std::unique_ptr<Codec> raw_ = plugins_.codec("hl7v2");
    Issues last_;
    const std::string msh_ = "MSH|^~\\&|A|B|C|D|20250318||ADT^A01^ADT_A01|1|P|2.5";
};

TEST_F(Hl7v2Profile, RequiresSegmentsAndFields) {
    write("  - require: [ZBE, ZBE-1, PID-3.4.2]\n");
    EXPECT_THAT(check({msh_, "PID|1||X^^^N&1.2"}), ElementsAre("100 ZBE"));
    EXPECT_THAT(check({msh_, "ZBE||x", "ZBE|1"}), ElementsAre("101 ZBE[1]-1"));
    EXPECT_THAT(check({msh_, "ZBE|\"\""}), ElementsAre("101w ZBE-1")) << "null is no empty field";
    EXPECT_THAT(check({msh_, "ZBE|1", "PID|1||X^^^N"}), ElementsAre("101 PID-3.4.2"));
    EXPECT_THAT(check({msh_, "ZBE|1", "PID|1"}), ElementsAre("101 PID-3.4.2"));
    EXPECT_THAT(check({msh_, "ZBE|1", "PID|1||X^^^N~Y^^^N&1.2"}), IsEmpty())
        << "one repetition that has it is enough";
}

TEST_F(Hl7v2Profile, ForbidsSegmentsAndFields) {
    write("  - forbid: [ZFU, ZBE-3]\n");
    EXPECT_THAT(check({msh_, "ZBE|1|2||4"}), IsEmpty());
    EXPECT_THAT(check({msh_, "ZBE|1|2|3|4", "ZFU|1"}), ElementsAre("100 ZFU", "199 ZBE-3"));
}

TEST_F(Hl7v2Profile, AllowsValuesAndFixesOne) {
    write("  - values: {ZBE-4: [INSERT, UPDATE], MSH-17: FRA}\n");
    EXPECT_THAT(check({msh_, "ZBE||||INSERT"}), IsEmpty());
    EXPECT_THAT(check({msh_ + "|||||FRA", "ZBE|"}), IsEmpty());
    EXPECT_THAT(check({msh_ + "|||||BEL", "ZBE||||DELETE~UPDATE~"}),
                ElementsAre("103 ZBE-4[1]", "103 MSH-17"));
    EXPECT_THAT(last_.all().front().text.en, HasSubstr("expected INSERT or UPDATE"));
    EXPECT_THAT(last_.all().front().text.fr, HasSubstr("INSERT ou UPDATE"));
    EXPECT_EQ("site:3", last_.all().front().rule);
}

TEST_F(Hl7v2Profile, AsksForEachOfSeveralValues) {
    write("  - contains: {OBX-3.1: [A, B]}\n");
    EXPECT_THAT(check({msh_, "OBX|1||A", "OBX|2||B^x"}), IsEmpty());
    EXPECT_THAT(check({msh_, "OBX|1||A", "OBX|2||C"}), ElementsAre("101 OBX"));
}

TEST_F(Hl7v2Profile, ChecksTypesLengthsAndCounts) {
    write(
        "  - types: {ZBE-2: TS}\n    lengths: {PID-5.1: 4}\n"
        "    repeats: {PID-3: 1..2, ZBE: 1, NK1: 0..*}\n");
    EXPECT_THAT(check({msh_, "PID|1||A||ABCD", "ZBE|1|20250318"}), IsEmpty());
    EXPECT_THAT(check({msh_, "PID|1||A~B~C||ABCDE", "ZBE|1|soon", "ZBE|2"}),
                ElementsAre("102 ZBE[1]-2", "104 PID-5", "198 PID-3", "198 ZBE"));
    EXPECT_THAT(check({msh_, "PID|1", "ZBE|1"}), ElementsAre("198 PID-3"));
}

TEST_F(Hl7v2Profile, AppliesToMessagesByGlob) {
    write("  - messages: [ADT^A0*, 'ORU^?01']\n    require: [ZBE]\n");
    const auto of = [&](const std::string& type) {
        return check({"MSH|^~\\&|A|B|C|D|20250318||" + type + "|1|P|2.5"}).size();
    };
    EXPECT_EQ(1U, of("ADT^A01"));
    EXPECT_EQ(1U, of("ORU^R01^ORU_R01"));
    EXPECT_EQ(0U, of("ADT^A11"));
    EXPECT_EQ(0U, of("ORU"));
    EXPECT_EQ(0U, of("ADT^" + std::string(100'000, 'A')));
}

TEST_F(Hl7v2Profile, AppliesOnConditionOfTheSegmentItself) {
    write("  - when: {OBX-2: [NM, SN]}\n    unless: {OBX-11: X}\n    require: [OBX-6]\n");
    EXPECT_THAT(check({msh_, "OBX|1|ST", "OBX|2|NM", "OBX|3|SN|||||||||X", "OBX|4|NM||||kg"}),
                ElementsAre("101 OBX[2]-6"));
}

TEST_F(Hl7v2Profile, AppliesOnConditionOfAnotherSegment) {
    write(
        "  - when: {PV1-2: [E, I], ZFM: absent}\n    require: [ZBE-9]\n"
        "  - when: {PV2: present}\n    require: [ZFD]\n");
    EXPECT_THAT(check({msh_, "PV1|1|I", "ZBE|1"}), ElementsAre("101 ZBE-9"));
    EXPECT_THAT(check({msh_, "PV1|1|O", "ZBE|1"}), IsEmpty());
    EXPECT_THAT(check({msh_, "PV1|1|I", "ZBE|1", "ZFM|8"}), IsEmpty());
    EXPECT_THAT(check({msh_, "PV2|1"}), ElementsAre("100 ZFD"));
}

TEST_F(Hl7v2Profile, AsksEachRepetitionByItself) {
    write(
        "  - each: PID-3\n    when: {PID-3.5: INS, PV1-2: I}\n"
        "    require: [PID-3.4.2]\n    values: {PID-3.4.1: [N]}\n    types: {PID-3.7: TS}\n");
    EXPECT_THAT(check({msh_, "PID|1||A^^^X^PI~B^^^N&1^INS", "PV1|1|I"}), IsEmpty());
    EXPECT_THAT(check({msh_, "PID|1||A^^^X^PI~B^^^X^INS^^soon", "PV1|1|I"}),
                ElementsAre("101 PID-3[2].4.2", "103 PID-3[2].4", "102 PID-3[2].7"));
    EXPECT_THAT(check({msh_, "PID|1||B^^^N^INS", "PV1|1|I"}), ElementsAre("101 PID-3.4.2"));
    EXPECT_THAT(check({msh_, "PID|1||A^^^X^PI~B^^^X^INS", "PV1|1|O"}), IsEmpty());
    EXPECT_THAT(refusalOf("rules:\n  - each: PID-3\n    require: [PID-5]\n"),
                HasSubstr("expected one field"));
    EXPECT_THAT(refusalOf("rules:\n  - each: PID-3.1\n    require: [PID-3]\n"),
                HasSubstr("expected one field"));
    EXPECT_THAT(refusalOf("rules:\n  - each: PID\n    require: [PID-3]\n"),
                HasSubstr("expected a field"));
}

TEST_F(Hl7v2Profile, SeeksErrorsBehindAnyNumberOfWarnings) {
    write(
        "  - severity: warning\n    values: {NTE-3: [A]}\n"
        "  - require: [ZBE]\n");
    std::vector<std::string> segments(200, "NTE|1||B");
    segments.insert(segments.begin(), msh_);
    EXPECT_THAT(check(segments), Contains("100 ZBE"));
    EXPECT_EQ(102U, told(last_).size());
}

TEST_F(Hl7v2Profile, IsLinearInRepetitions) {
    write(
        "  - each: PID-3\n    when: {PID-5: present, PID-3.7: X}\n    severity: warning\n"
        "    forbid: [PID-3.2]\n    values: {PID-3.1: [Q]}\n    types: {PID-3.1: NM}\n"
        "    lengths: {PID-3.1: 0}\n"
        "  - severity: warning\n    forbid: [PID-3.2]\n    values: {PID-3.1: [Q]}\n"
        "    types: {PID-3.1: NM}\n    lengths: {PID-3.1: 0}\n");
    std::string repetitions;
    for (int i = 0; i < 100'000; ++i) repetitions += "A^B^^^^^X~";
    EXPECT_EQ(101U, check({msh_, "PID|1||" + repetitions + "|T"}).size());
    use({{"check", "pam-fr-2.11"}});
    EXPECT_THAT(check({msh_, "PID|1||1||" + repetitions}), testing::SizeIs(testing::Ge(101U)));
}

TEST_F(Hl7v2Profile, SpeaksItsOwnWords) {
    write(
        "  - require: [ZBE]\n    severity: warning\n    code: '207'\n"
        "    text: {en: own words, fr: ses mots}\n");
    EXPECT_THAT(check({msh_}), ElementsAre("207w ZBE"));
    EXPECT_EQ("own words", last_.all().front().text.en);
    EXPECT_EQ("ses mots", last_.all().front().text.fr);
}

TEST_F(Hl7v2Profile, StandsBesideTheStandardUnlessToldOtherwise) {
    write("  - require: [ZBE]\n", "");
    EXPECT_THAT(check({msh_, "EVN||20250318", "PID|1||X||TEST", "PV1|1|I"}),
                ElementsAre("100 ZBE"));
    EXPECT_THAT(check({msh_, "EVN||20250318", "PID|1||X||TEST"}),
                ElementsAre("100 PV1", "100 ZBE"));
    write("  - require: [ZBE]\n", "anywhere: [PRT]\n");
    EXPECT_THAT(check({msh_, "EVN||20250318", "PRT|1", "PID|1||X||TEST", "PV1|1|I", "ZBE|"}),
                IsEmpty());
}

TEST_F(Hl7v2Profile, IsLinearInTheSegments) {
    write(
        "  - when: {ORC-1: X}\n    require: [OBX-6]\n  - when: {OBX-2: X}\n    require: [ORC-2]\n");
    std::vector<std::string> segments = {msh_};
    for (int i = 0; i < 20'000; ++i) segments.insert(segments.end(), {"ORC|Y", "OBX|1|Y"});
    EXPECT_THAT(check(segments), IsEmpty());
}

TEST_F(Hl7v2Profile, TellsMistakesWithTheirPlace) {
    EXPECT_THAT(refusalOf("rules:\n  - require: [ZBE]\n    forbd: [ZBE-3]\n"),
                testing::AllOf(HasSubstr("site.yaml:3:5"), HasSubstr("forbid")));
    EXPECT_THAT(refusalOf("rules:\n  - require: [ZBE, ZBE-x]\n"), HasSubstr("site.yaml:2:20"));
    EXPECT_THAT(refusalOf("rules:\n  - require: [XXX-1]\n"), HasSubstr("segment XXX"));
    EXPECT_THAT(refusalOf("rules:\n  - values: {ZBE: [A]}\n"), HasSubstr("site.yaml:2:14"));
    EXPECT_THAT(refusalOf("rules:\n  - values: {ZBE-1: {a: b}}\n"), HasSubstr("list of values"));
    EXPECT_THAT(refusalOf("rules:\n  - types: {ZBE-1: DATE}\n"), HasSubstr("expected one of: NM"));
    EXPECT_THAT(refusalOf("rules:\n  - lengths: {ZBE-1: x}\n"), HasSubstr("whole number"));
    EXPECT_THAT(refusalOf("rules:\n  - repeats: {ZBE-1: 3..2}\n"), HasSubstr("smaller number"));
    EXPECT_THAT(refusalOf("rules:\n  - when: {ZBE: A}\n    require: [ZFA]\n"),
                HasSubstr("present or absent"));
    EXPECT_THAT(refusalOf("rules:\n  - messages: [ADT^A01]\n"), HasSubstr("asks for something"));
    EXPECT_THAT(refusalOf("rules:\n  - require: [ZBE]\n    severity: grave\n"),
                HasSubstr("one of: error, warning"));
    EXPECT_THAT(refusalOf("rules: [\n"), HasSubstr("not readable as YAML"));
    EXPECT_THAT(refusalOf("just a text\n"), HasSubstr("rules"));
    EXPECT_THAT(refusalOf("base: all\nrules:\n  - require: [ZBE]\n"), HasSubstr("site.yaml:1:7"));
    EXPECT_THAT(refusalOf("title: a\ntitle: b\n"), HasSubstr("site.yaml:2:1"));
}

class PamFrance : public Hl7v2Test {
protected:
    PamFrance() { use({{"check", "pam-fr-2.11"}}); }

    static std::string movement(const std::string& event, const std::string& zbe,
                                const std::string& more = {}) {
        const std::string structure = event == "A03" ? "ADT_A03" : "ADT_A01";
        return joined(
                   {"MSH|^~\\&|GAM|CHU|DPI|CHU|20250318094210||ADT^" + event + "^" + structure +
                        "|1|P|2.5^FRA^2.11|||||FRA|UNICODE UTF-8|FR||2.11^IHE_FRANCE-2.11-PAM",
                    "EVN||20250318094210",
                    "PID|1||X1^^^CHU&1.2.3&ISO^PI||TEST^INVENTED^INVENTED^^^^L|||||||||||||||||||"
                    "||||||||VALI|20250318",
                    "PV1|1|I"}) +
               (zbe.empty() ? "" : zbe + "\r") + (more.empty() ? "" : more + "\r");
    }
    std::vector<std::string> findings(const std::string& text) {
        (void)refusal(text);
        return told(issues_);
    }
    const std::string zbe_ =
        "ZBE|1^CHU|20250318||INSERT|N||Ward^^^^^CHU^UF^^^12|Ward^^^^^CHU^UF^^^12|HMS";
};

TEST_F(PamFrance, AcceptsAMovement) {
    EXPECT_FALSE(refusal(movement("A01", zbe_)));
    EXPECT_THAT(findings(movement("A01", zbe_)), IsEmpty());
    EXPECT_THAT(findings(movement("A03", zbe_, "ZFM|8|8||6")), IsEmpty());
}

TEST_F(PamFrance, AsksForAZbeOfMovementsOnly) {
    EXPECT_THAT(findings(movement("A01", "")), ElementsAre("100 ZBE"));
    EXPECT_THAT(findings(movement("A08", "")), IsEmpty());
    EXPECT_THAT(findings(movement("A28", zbe_)), Contains("100 ZBE"));
    EXPECT_TRUE(refusal(movement("A01", "")));
}

TEST_F(PamFrance, ForbidsZbe3) {
    EXPECT_THAT(findings(movement("A01", "ZBE|1^CHU|20250318|20250319|INSERT|N||||HMS")),
                ElementsAre("199 ZBE-3"));
}

TEST_F(PamFrance, ToleratesAnActionOneFieldTooFar) {
    const std::string text = movement("A01", "ZBE|1^CHU|20250318|20250319||INSERT|N||||HMS");
    EXPECT_FALSE(refusal(text));
    EXPECT_THAT(findings(text), ElementsAre("199w ZBE-5", "199w ZBE-3"));
}

TEST_F(PamFrance, KnowsTheValuesOfZbe) {
    EXPECT_THAT(findings(movement("A01", "ZBE|1^CHU|20250318||DELETE|X||||Q")),
                ElementsAre("103 ZBE-4", "103 ZBE-5", "103 ZBE-9"));
    EXPECT_THAT(findings(movement("A01", "ZBE||soon||UPDATE|N||||HMS")),
                ElementsAre("101 ZBE-1.1", "102 ZBE-2", "101w ZBE-6"));
}

TEST_F(PamFrance, KnowsTheOtherSegments) {
    EXPECT_THAT(findings(movement("A01", zbe_, "ZFM|9|8|Q|6")),
                ElementsAre("103 ZFM-1", "103w ZFM-3"));
    EXPECT_THAT(findings(movement("A01", zbe_, "ZFA|OPEN|soon|||||||XX")),
                testing::UnorderedElementsAre("103w ZFA-1", "103w ZFA-9", "102w ZFA-2"));
    EXPECT_THAT(findings(movement("A03", zbe_, "ZFA|ACTIF")), ElementsAre("100w ZFA"));
    EXPECT_THAT(findings(movement("A01", zbe_, "ZFU|1")), ElementsAre("100w ZFU"));
}

TEST_F(PamFrance, WarnsOfAnIdentityThatCannotBeTold) {
    const auto with = [&](const std::string& identifiers, const std::string& rest = "") {
        std::string text = movement("A01", zbe_);
        const std::string whole = "X1^^^CHU&1.2.3&ISO^PI";
        text.replace(text.find(whole), whole.size(), identifiers);
        if (!rest.empty()) text.replace(text.find("|VALI|20250318"), 14, rest);
        EXPECT_FALSE(refusal(text));
        return findings(text);
    };
    const std::string pi = "X1^^^CHU&1.2.3&ISO^PI~";
    EXPECT_THAT(with(pi + "1^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.8&ISO^INS^^20250318"),
                IsEmpty());
    EXPECT_THAT(with(pi + "1^^^ASIP-SANTE-INS-NIA&1.2.250.1.213.1.4.9&ISO^INS"), IsEmpty());
    EXPECT_THAT(with(pi + "1^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.9&ISO^INS"),
                ElementsAre("103w PID-3[2].4.2"));
    EXPECT_THAT(with(pi + "1^^^CHU&1.2.3&ISO^INS"), ElementsAre("103w PID-3[2].4.1"));
    EXPECT_THAT(with(pi + "1^^^ASIP-SANTE-INS-NIR^INS"),
                ElementsAre("101w PID-3[2].4.2", "101w PID-3[2].4.3"));
    EXPECT_THAT(with("X1"), ElementsAre("101w PID-3.4", "101w PID-3.5"));
    EXPECT_THAT(with("X1^^^CHU&1.2.3&ISO^PI", "|VALI|"), ElementsAre("101w PID-33"));
}

TEST_F(PamFrance, WarnsOfAPlaceOfBirthWithoutItsCode) {
    const auto with = [&](const std::string& address) {
        std::string text = movement("A01", zbe_);
        const std::string name = "^^^^L|||||||";
        return findings(text.replace(text.find(name), name.size(), "^^^^L||||||" + address + "|"));
    };
    EXPECT_THAT(with("1 Rue^^Ville^^^^H~^^^^^^BDL^^63220"), IsEmpty());
    EXPECT_THAT(with("1 Rue^^Ville^^^^H~^^Ville^^^^BDL"), ElementsAre("101w PID-11[2].9"));
}

TEST_F(PamFrance, WarnsOfWardsRelativesAndRoles) {
    EXPECT_THAT(findings(movement(
                    "A01", "ZBE|1^CHU|20250318||INSERT|N||Ward^^^^^CHU^UF|Ward^^^^^CHU^UF|M")),
                ElementsAre("101w ZBE-7.10", "101w ZBE-8.10"));
    EXPECT_THAT(findings(movement("A01", "ZBE|1^CHU|20250318||INSERT|N||||S")), IsEmpty());
    const std::string text = movement("A01", "");
    const std::size_t at = text.find("PV1|");
    EXPECT_THAT(findings(text.substr(0, at) + "NK1|1|A^B|||||K\r" + text.substr(at) + zbe_ + "\r"),
                ElementsAre("101w NK1-33"));
    const auto role = [&](const std::string& code) {
        return findings(text.substr(0, at) + "ROL||UC|" + code + "|1^A\r" + text.substr(at) + zbe_ +
                        "\r");
    };
    EXPECT_THAT(role("ODRP"), IsEmpty());
    EXPECT_THAT(role("AT"), IsEmpty());
    EXPECT_THAT(role("XYZ"), ElementsAre("103w ROL-3"));
}

TEST_F(PamFrance, ReadsTheOfficialSamplesWithoutAFinding) {
    const std::string corpus = support::corpus();
    if (corpus.empty()) GTEST_SKIP() << "no corpus beside the checkout";
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(corpus + "/hl7v2/fr-pam")) {
        const auto refused = refusal(support::fileText(entry.path()));
        EXPECT_FALSE(refused) << entry.path() << ": " << refused->where << ": " << refused->what;
        EXPECT_THAT(told(issues_), IsEmpty()) << entry.path();
        ++files;
    }
    EXPECT_LE(4U, files);
}

TEST_F(PamFrance, SurvivesWhatIsCutOrChanged) {
    const std::string whole = movement("A01", zbe_, "NK1|1|A^B|||||C\rZFA|ACTIF|20250318\rZFM|8|8");
    std::mt19937 random(7);
    const std::string marks = "|^~\\&\r\"AZ09. ";
    std::size_t read = 0;
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        read += refusal(whole.substr(0, size)) ? 0 : 1;
        std::string changed = whole;
        for (int i = 0; i < 8; ++i)
            changed[60 + random() % (whole.size() - 60)] = marks[random() % marks.size()];
        (void)refusal(changed);  // refused or not, never anything but an Error
    }
    EXPECT_GT(read, 0U);
}

class CdaTransmission : public Hl7v2Test {
protected:
    CdaTransmission() { use({{"check", "cda-hl7v2-2.1"}}); }
    static std::string result(const std::string& orc, const std::string& status,
                              const std::string& mark = "N") {
        std::vector<std::string> segments = {
            "MSH|^~\\&|LAB|L|PFI|P|20250318094210||ORU^R01^ORU_R01|1|P|2.5|||||FRA|UNICODE UTF-8|||"
            "2.1^CISIS_CDA_HL7_V2",
            "PID|||X1^^^INS&1.2.3&ISO^INS||TEST^INVENTED",
            "PV1|1|I|||||||||||||||||V1",
            "ORC|" + orc,
            "OBR|1|||11502-2^x^LN",
            "OBX|1|ED|11502-2^x^LN||^TEXT^XML^Base64^AAAA||||||" + status,
            "PRT||UC||SB^^participation|1"};
        for (const char* name :
             {"MASQUE_PS", "INVISIBLE_PATIENT", "INVISIBLE_REP_LEGAUX", "CONNEXION_SECRETE",
              "MODIF_CONF_CODE", "DESTDMP", "DESTMSSANTEPS", "DESTMSSANTEPAT"})
            segments.push_back("OBX|2|CE|" + std::string(name) + "||" + mark + "||||||F");
        return joined(segments);
    }
    std::vector<std::string> findings(const std::string& text) {
        (void)refusal(text);
        return told(issues_);
    }
};

TEST_F(CdaTransmission, AcceptsADocument) { EXPECT_THAT(findings(result("NW", "F")), IsEmpty()); }

TEST_F(CdaTransmission, RefusesWhereOrderAndDocumentDisagree) {
    EXPECT_THAT(findings(result("NW", "C")), ElementsAre("103 OBX[1]-11"));
    EXPECT_THAT(findings(result("RO", "C")), IsEmpty());
    EXPECT_THAT(findings(result("CA", "F")), ElementsAre("103 OBX[1]-11"));
    EXPECT_THAT(findings(result("XX", "F")), ElementsAre("103 ORC-1"));
}

TEST_F(CdaTransmission, KnowsTheMarks) {
    EXPECT_EQ(8U, findings(result("NW", "F", "X")).size());
    std::string text = result("NW", "F");
    text.erase(text.find("OBX|2|CE|DESTDMP"),
               text.find("OBX|2|CE|DESTMSSANTEPS") - text.find("OBX|2|CE|DESTDMP"));
    EXPECT_THAT(findings(text), ElementsAre("101 OBX"));
}

}  // namespace
