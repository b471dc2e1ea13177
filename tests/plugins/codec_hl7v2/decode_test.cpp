#include "codec.h"

namespace {
using namespace gateway;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// "PID(3(1=A 4(1=B)) 5=C)" of a tree below its root; null is "!".
std::string shape(Node node) {
    std::string text;
    for (const Node child : node.children()) {
        if (!text.empty()) text += " ";
        text += child.name();
        if (child.isNull()) text += "!";
        if (child.hasText()) text += "=" + std::string(child.text());
        if (child.firstChild()) text += "(" + shape(child) + ")";
    }
    return text;
}

class Hl7v2Decode : public Hl7v2Test {
protected:
    /// The shape of one ZZZ segment's fields.
    std::string fields(const std::string& rest, const std::string& encoding = "^~\\&") {
        const Document document = decode("MSH|" + encoding + "|A\rZZZ|" + rest + "\r");
        return shape(document.root().child("ZZZ"));
    }
};

TEST_F(Hl7v2Decode, MakesATreeOfSegmentsFieldsComponentsSubcomponents) {
    const Document document = decode(
        "MSH|^~\\&|APP|FAC|||20250102||ADT^A01^ADT_A01|M1|P|2.5\r"
        "PID|1||77^^^AUT&1.2.3&ISO^PI~88||DOE^JANE\r");
    EXPECT_EQ("ADT_A01", document.root().name());
    EXPECT_EQ(
        "MSH(1=| 2=^~\\& 3=APP 4=FAC 7=20250102 9(1=ADT 2=A01 3=ADT_A01) 10=M1 11=P 12=2.5) "
        "PID(1=1 3(1=77 4(1=AUT 2=1.2.3 3=ISO) 5=PI) 3=88 5(1=DOE 2=JANE))",
        shape(document.root()));
    EXPECT_THAT(warnings(), IsEmpty());
    EXPECT_TRUE(document.untouched());
}

TEST_F(Hl7v2Decode, NamesTheRootByTheMessageStructure) {
    const auto root = [&](const std::string& type) {
        return std::string(decode("MSH|^~\\&|||||||" + type + "|1\r").root().name());
    };
    EXPECT_EQ("PPP_PCB", root("PPP^PCB^PPP_PCB"));
    EXPECT_EQ("ADT_A04", root("ADT^A04"));
    EXPECT_EQ("ACK", root("ACK"));
    EXPECT_EQ("HL7V2", root(""));
    EXPECT_EQ("HL7V2", root("doe jane"));
    EXPECT_EQ("HL7V2", decode("MSH|^~\\&").root().name());
}

TEST_F(Hl7v2Decode, DropsWhatIsEmptyAndKeepsNull) {
    EXPECT_EQ("", fields(""));
    EXPECT_EQ("", fields("|||^^&&~^|"));
    EXPECT_EQ("2! 4=X", fields("|\"\"||X|"));
    EXPECT_EQ("1(2! 3(1! 2=x))", fields("^\"\"^\"\"&x"));
    EXPECT_EQ("1=\"\"x", fields("\"\"x"));
}

TEST_F(Hl7v2Decode, ReadsALoneFirstComponentAsTheFieldItself) {
    for (const char* text : {"A", "A^", "A&", "A&^", "A^&^"})
        EXPECT_EQ("1=A", fields(text)) << text;
    EXPECT_EQ("1(1=A 3=B)", fields("A&^^B"));
    EXPECT_EQ("1(1(1=A 2=B))", fields("A&B"));
    EXPECT_EQ("1(1(2=B))", fields("&B"));
    EXPECT_EQ("1(2=B)", fields("^B"));
    EXPECT_EQ("1(2(2=B) 3(1=C 2=D) 4=E)", fields("^&B^C&D^E&"));
}

TEST_F(Hl7v2Decode, MakesRepetitionsSiblingsAndCountsEmptyOnes) {
    EXPECT_EQ("1=A 1=B 1(1=C 2=D)", fields("A~B~C^D"));
    const Document document = decode("MSH|^~\\&\rPID|||~~A~~B^C\r");
    std::vector<std::string> paths;
    for (const Node field : document.root().child("PID").children()) paths.push_back(field.path());
    EXPECT_THAT(paths, ElementsAre("PID-3[3]", "PID-3[5]", "PID-_3"));
    EXPECT_EQ("1:empty=2 2:empty=1", at(document, "PID._3").text());
}

TEST_F(Hl7v2Decode, ResolvesEscapesAndKeepsTheOthers) {
    EXPECT_EQ("1=a|b^c&d~e\\f", fields("a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f"));
    EXPECT_EQ("1=one\ntwo", fields("one\\.br\\two"));
    EXPECT_EQ("1=\r\n _1=1:returns", fields("\\X0D0A\\"));
    EXPECT_EQ("1=\xC3\xA9", fields("\\XC3A9\\"));
    EXPECT_EQ("1=\xC3\xA9", fields("\\Xc3a9\\"));
    for (const char* kept :
         {"\\H\\bold\\N\\", "\\.sp+3\\", "\\Zabc\\", "\\C2842\\", "\\M1B2442\\", "\\X0\\",
          "\\XZZ\\", "\\X00\\", "\\XC3\\", "\\\\", "a\\b", "\\", "\\P\\"})
        EXPECT_EQ("1=" + std::string(kept) + " _1=1:kept", fields(kept));
    EXPECT_EQ("1=a|\\H\\\\E\\ _1=1:kept", fields("a\\F\\\\H\\\\E\\"))
        << "\\E\\ stays beside a kept one";
}

TEST_F(Hl7v2Decode, TakesDelimitersFromTheHeaderAlone) {
    const Document document = decode("MSH*:;!,*A*B\rPID*1:2*a!F!b;c,d^|~\\&\r");
    EXPECT_EQ("MSH(1=* 2=:;!, 3=A 4=B) PID(1(1=1 2=2) 2=a*b 2(1(1=c 2=d^|~\\&)))",
              shape(document.root()));
    EXPECT_EQ("1=a#b", fields("a\\P\\b", "^~\\&#"));
}

TEST_F(Hl7v2Decode, ReadsShortAndDoubledEncodingCharactersWithAWarning) {
    EXPECT_EQ("1(1=a 2=b\\&c)", fields("a^b\\&c", "^~"));
    EXPECT_THAT(warnings(), ElementsAre("MSH-2"));
    EXPECT_EQ("1(1(1=a 2=b|c))", fields("a&b\\F\\c", "^~\\\\&"));
    EXPECT_THAT(warnings(), ElementsAre("MSH-2"));
}

TEST_F(Hl7v2Decode, ReadsEverySegmentEnd) {
    for (const std::string end : {"\r", "\n", "\r\n", "\r\r", "\n\n"}) {
        const Document document = decode("MSH|^~\\&|A" + end + "PID|1" + end + "PV1" + end);
        EXPECT_EQ("MSH(1=| 2=^~\\& 3=A) PID(1=1) PV1", shape(document.root()));
        EXPECT_EQ(end.starts_with('\n') ? 1U : 0U, issues_.all().size());
    }
    EXPECT_EQ("MSH(1=| 2=^~\\&) PID(1=1)", shape(decode("MSH|^~\\&\rPID|1").root()));
    EXPECT_THAT(warnings(), ElementsAre("segment 2"));
}

TEST_F(Hl7v2Decode, SkipsAByteOrderMark) {
    const Document document = decode("\xEF\xBB\xBFMSH|^~\\&|A\r");
    EXPECT_EQ("MSH(1=| 2=^~\\& 3=A)", shape(document.root()));
    EXPECT_EQ("A", document.source().view(at(document, "MSH.3").where()));
}

TEST_F(Hl7v2Decode, KnowsWhereEachNodeStood) {
    const std::string text = "MSH|^~\\&|A\rPID|1||7^^^N&1^PI~\\F\\|x\r";
    const Document document = decode(text);
    const auto source = [&](Node node) { return document.source().view(node.where()); };
    const Node patient = document.root().child("PID");
    EXPECT_EQ("PID|1||7^^^N&1^PI~\\F\\|x", source(patient));
    EXPECT_EQ("7^^^N&1^PI", source(patient.child("3")));
    EXPECT_EQ("N&1", source(patient.child("3").child("4")));
    EXPECT_EQ("1", source(patient.child("3").child("4").child("2")));
    EXPECT_EQ("\\F\\", source(patient.child("3").nextSibling()));
    EXPECT_EQ("|", source(at(document, "MSH.1")));
    EXPECT_EQ("^~\\&", source(at(document, "MSH.2")));
}

TEST_F(Hl7v2Decode, SpellsPathsAsIntegratorsDo) {
    const Document document = decode("MSH|^~\\&|A\rOBX|1||a\rOBX|2||a^b&c~d\r");
    const Node second = document.root().firstChild().nextSibling().nextSibling();
    const Node field = second.child("3");
    EXPECT_EQ("OBX[2]", second.path());
    EXPECT_EQ("OBX[2]-1", second.child("1").path());
    EXPECT_EQ("OBX[2]-3[1]", field.path());
    EXPECT_EQ("OBX[2]-3[1].2", field.child("2").path());
    EXPECT_EQ("OBX[2]-3[1].2.2", field.child("2").child("2").path());
    EXPECT_EQ("OBX[2]-3[2]", field.nextSibling().path());
    EXPECT_EQ("MSH-3", at(document, "MSH.3").path());
}

TEST_F(Hl7v2Decode, SaysHowALineEndInsideAValueIsWritten) {
    for (const char* line : {"second line of a note", "12 rue", "", " "}) {
        const auto failure =
            refusal("MSH|^~\\&|A\rNTE|1||first line\n" + std::string(line) + "~\rPID|1\r");
        ASSERT_TRUE(failure) << line;
        EXPECT_EQ("segment 3", failure->where);
        EXPECT_THAT(failure->what, HasSubstr("\\.br\\"));
        EXPECT_THAT(failure->what, Not(HasSubstr("note")));
    }
    EXPECT_THAT(refusal("MSH|^~\\&|A\rpid|1\r")->what, Not(HasSubstr("\\.br\\")));
}

TEST_F(Hl7v2Decode, RefusesWhatIsNoMessageAndNamesThePlace) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"", "segment 1"},
        {"DOE", "segment 1"},
        {"PID|1||DOE\r", "segment 1"},
        {"MSH", "MSH"},
        {"MSH|", "MSH"},
        {"MSH|\rPID|DOE", "MSH"},
        {"MSHA^~\\&|DOE", "MSH-1"},
        {"MSH|^~\\&DOE^JANE|", "MSH-2"},
        {"MSH|^^\\&|DOE", "MSH-2"},
        {"MSH|^|\\&|DOE\r|", "segment 2"},
        {"MSH||DOE", "MSH-2"},
        {"MSH|^ \\&|DOE", "MSH-2"},
        {"MSH|^~\\A|DOE", "MSH-2"},
        {"MSH|^~\\&|DOE\rdoe|1\r", "segment 2"},
        {"MSH|^~\\&|DOE\rPIDX|1\r", "segment 2"},
        {"MSH|^~\\&|DOE\rPID^1\r", "segment 2"},
        {"MSH|^~\\&|DOE\rPID|1\r \r", "segment 3"},
        {"MSH|^~\\&|DOE\rPI", "segment 2"},
        {"MSH|^~\\&|DOE\r\x0B", "segment 2"},
        {"MSH|^~\\&|DOE\rMSH|^~\\&|DOE\r", "segment 2"},
        {std::string("MSH|^~\\&|DOE\0|", 15), "byte 12"},
        {std::string("MSH|^~\\&|A\rPID|x^\0y", 19), "byte 17"},
    };
    for (const auto& [text, where] : cases) {
        const auto failure = refusal(text);
        ASSERT_TRUE(failure) << "accepted: " << text;
        EXPECT_EQ(Fault::malformed, failure->fault) << text;
        EXPECT_EQ(where, failure->where) << text;
        EXPECT_THAT(failure->what, Not(HasSubstr("DOE")));
    }
}

}  // namespace
