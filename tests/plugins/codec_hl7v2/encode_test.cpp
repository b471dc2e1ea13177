#include "codec.h"

namespace {
using namespace gateway;
using testing::HasSubstr;
using testing::Not;

class Hl7v2Encode : public Hl7v2Test {
protected:
    using Handle = Builder::Handle;

    /// Adds PATH ("PID.3.1") below a node, with a text.
    static Handle put(Builder& tree, Handle under, const std::string& path,
                      const std::string& text) {
        for (std::size_t from = 0; from <= path.size();) {
            const std::size_t end = std::min(path.find('.', from), path.size());
            under = tree.add(under, std::string_view(path).substr(from, end - from));
            from = end + 1;
        }
        tree.text(under, text);
        return under;
    }
    static Handle header(Builder& tree) {
        const Handle header = tree.add(tree.root(), "MSH");
        put(tree, header, "3", "APP");
        return header;
    }
    std::optional<Failure> rejection(Builder& tree) {
        const Document document = tree.finish();
        return failureOf([&] { encode(document); });
    }
};

TEST_F(Hl7v2Encode, WritesAnUntouchedMessageAsItCame) {
    for (const std::string text :
         {"MSH|^~\\&|A|||\rPID|1||^^&&~\"\"|\\Zx\\|\r", "MSH|^~\\&|A",
          "\xEF\xBB\xBFMSH*:;!,*A\rPID*1\r\rZ01\r", "\r\rMSH|^~\\&#|A|\\X41\\\r"})
        EXPECT_EQ(text, encode(decode(text)));
    EXPECT_EQ("MSH|^~\\&|A\rPID|1\r", encode(decode("MSH|^~\\&|A\nPID|1\n")));
    EXPECT_EQ("MSH|^~\\&|A\rPID|1\r\r", encode(decode("MSH|^~\\&|A\r\nPID|1\r\n\r\n")));
}

TEST_F(Hl7v2Encode, WritesNumberedChildrenInAnyOrderAndWithGaps) {
    Builder tree("ADT_A01");
    header(tree);
    const Handle patient = tree.add(tree.root(), "PID");
    put(tree, patient, "8", "F");
    const Handle name = tree.add(patient, "5");
    put(tree, name, "2", "JANE");
    put(tree, name, "1", "DOE");
    const Handle id = tree.add(patient, "3");
    put(tree, id, "1", "77");
    put(tree, id, "4.2", "1.2.3");
    put(tree, patient, "3", "88");
    put(tree, patient, "120", "far");
    EXPECT_EQ("MSH|^~\\&|APP\rPID|||77^^^&1.2.3~88||DOE^JANE|||F" + std::string(112, '|') + "far\r",
              encode(tree.finish()));
}

TEST_F(Hl7v2Encode, WritesGroupsInDocumentOrder) {
    Builder tree("PPP_PCB");
    header(tree);
    put(tree, tree.root(), "PID.3", "77");
    const Handle pathway = tree.add(tree.root(), "PATHWAY");
    put(tree, pathway, "PTH.1", "AD");
    for (const char* problem : {"P1", "P2"}) {
        const Handle group = tree.add(pathway, "PROBLEM");
        put(tree, group, "PRB.1", problem);
        put(tree, tree.add(group, "GOAL"), "GOL.1", "G");
        put(tree, tree.add(group, "ORDER"), "ORC.1", "NW");
    }
    const Document document = tree.finish();
    EXPECT_EQ("MSH|^~\\&|APP\rPID|||77\rPTH|AD\rPRB|P1\rGOL|G\rORC|NW\rPRB|P2\rGOL|G\rORC|NW\r",
              encode(document));
    EXPECT_EQ("HL7V2", decode(encode(document)).root().name());
}

TEST_F(Hl7v2Encode, EscapesForTheDelimitersOfTheTarget) {
    Builder tree("ADT_A01");
    header(tree);
    const Handle note = tree.add(tree.root(), "NTE");
    put(tree, note, "3", "a|b^c&d~e\\f#g");
    put(tree, note, "4", "one\ntwo\r\nthree\rfour");
    put(tree, note, "5", "\"\"");
    put(tree, note, "6", "\x0B\x1C");
    tree.kind(tree.add(note, "7"), Kind::null);
    EXPECT_EQ(
        "MSH|^~\\&|APP\rNTE|||a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f#g|"
        "one\\.br\\two\\.br\\three\\.br\\four|\\X2222\\|\\X0B\\\\X1C\\|\"\"\r",
        encode(tree.finish()));

    Builder odd("ADT_A01");
    const Handle oddHeader = odd.add(odd.root(), "MSH");
    put(odd, oddHeader, "1", "*");
    put(odd, oddHeader, "2", ":;!,#");
    put(odd, odd.root(), "NTE.3", "a#|*:;!,#");
    EXPECT_EQ("MSH*:;!,#\rNTE***a#|!F!!S!!R!!E!!T!!P!\r", encode(odd.finish()));
}

TEST_F(Hl7v2Encode, SaysWhereLineEndsBecameOne) {
    const auto told = [&] {
        std::vector<std::string> places;
        for (const Issue& issue : issues_.all())
            if (issue.text.en.find("carriage return") != std::string::npos)
                places.push_back(issue.where);
        return places;
    };
    const auto written = [&](const std::string& text) {
        Builder tree("ADT_A01");
        header(tree);
        put(tree, tree.root(), "NTE.3", text);
        issues_ = {};
        return encode(tree.finish());
    };
    EXPECT_EQ("MSH|^~\\&|APP\rNTE|||a\\.br\\b\\.br\\c\\.br\\d\r", written("a\r\nb\rc\nd"));
    EXPECT_THAT(told(), testing::ElementsAre("NTE-3"));
    written("a\nb");
    EXPECT_THAT(told(), testing::IsEmpty());
    rewritten("MSH|^~\\&|A\rNTE|||a\\X0D\\b\\X0D0A\\\\.br\\c\r");
    EXPECT_THAT(told(), testing::IsEmpty()) << "written in hexadecimal, as they came";
    Builder many("ADT_A01");
    header(many);
    for (int i = 0; i < 100; ++i) put(many, many.root(), "NTE.3", "a\rb");
    issues_ = {};
    encode(many.finish());
    EXPECT_EQ(21U, told().size());
}

TEST_F(Hl7v2Encode, WritesWhatItReadFromTheNodesAlone) {
    for (const std::string text :
         {"MSH|^~\\&|A\rPID|||~~A~~B^C|\"\"^x&\"\"|a\\F\\\\H\\\\E\\b\\N\\\r",
          "MSH|^~\\&|A\rNTE|||\\Zabc\\a\\b|C:\\temp\\|\\X00\\|\\.sp+3\\one\\.br\\two\r",
          "MSH*:;!,*A*B\rPID*1:2*a!F!b;c,d^|~\\&\rZZ1\r", "MSH|^~\\\\&|A\rPID|a&b\r",
          "MSH|^~\\&#|A#1|cut off#|number\\P\\\r", "MSH|^~\\&|A|||||||||||||||~8859/1\r",
          "MSH|^~|A\x1C\r", "MSH|^~\\&|A|a\\b\x1C\r"})
        EXPECT_EQ(text, rewritten(text));
}

TEST_F(Hl7v2Encode, RejectsWhatER7CannotCarryAndNamesThePath) {
    const auto expectRejected = [&](const std::string& where, auto build) {
        Builder tree("ADT_A01");
        header(tree);
        build(tree);
        const auto failure = rejection(tree);
        ASSERT_TRUE(failure) << where;
        EXPECT_EQ(Fault::rejected, failure->fault);
        EXPECT_EQ(where, failure->where);
        EXPECT_THAT(failure->what, Not(HasSubstr("DOE")));
    };
    expectRejected("PID-name", [](Builder& t) { put(t, t.root(), "PID.name", "DOE"); });
    expectRejected("PID-0", [](Builder& t) { put(t, t.root(), "PID.0", "DOE"); });
    expectRejected("PID", [](Builder& t) { put(t, t.root(), "PID", "DOE"); });
    expectRejected("PATIENT", [](Builder& t) { put(t, t.root(), "PATIENT", "DOE"); });
    expectRejected("PID-5.1.1", [](Builder& t) { put(t, t.root(), "PID.5.1.1.1", "DOE"); });
    expectRejected("PID-5.1[2]", [](Builder& t) {
        const Handle name = t.add(t.add(t.root(), "PID"), "5");
        put(t, name, "1", "DOE");
        put(t, name, "1", "DOE");
    });
    expectRejected("PID-5", [](Builder& t) {
        const Handle name = put(t, t.root(), "PID.5", "DOE");
        put(t, name, "1", "DOE");
    });
    expectRejected("PID-5", [](Builder& t) { put(t, t.root(), "PID.5", std::string("DOE\0", 4)); });
    Builder headless("ADT_A01");
    put(headless, headless.root(), "PID.3", "DOE");
    EXPECT_EQ("PID", rejection(headless)->where);
    Builder empty("ADT_A01");
    EXPECT_EQ("message", rejection(empty)->where);
    Builder odd("ADT_A01");
    put(odd, odd.root(), "MSH.2", "^^^^");
    EXPECT_EQ("MSH-2", rejection(odd)->where);
}

}  // namespace
