#include "mllp/ack.h"

#include <set>

namespace {
using namespace gateway;
using mllp::Head;
using mllp::Verdict;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const Time kNow = timeFromText("2025-03-18T08:42:10.000Z");

std::string ack(std::string_view message, const Verdict& verdict = Verdict::accepted()) {
    return mllp::acknowledgement(Head(message), verdict, kNow, "ID1");
}

std::string admission(const std::string& rest = "|P|2.5",
                      const std::string& type = "ADT^A01^ADT_A01") {
    return "MSH|^~\\&|DPI|CHU^310783055^F|PASSERELLE|RESO|20250318094210||" + type + "|MSG0001" +
           rest + "\rEVN||20250318\r";
}

TEST(Ack, AnswersWithApplicationsSwappedAndTheSameVersionAndCharset) {
    EXPECT_EQ(
        "MSH|^~\\&|PASSERELLE|RESO|DPI|CHU^310783055^F|20250318084210+0000||ACK^A01^ACK|ID1|P|2.5"
        "||||||UNICODE UTF-8\rMSA|AA|MSG0001\r",
        ack(admission("|P|2.5||||||UNICODE UTF-8")));
}

TEST(Ack, UsesTheDelimitersOfTheMessage) {
    EXPECT_EQ("MSH#*%!?#B##A##20250318084210+0000##ACK*A08*ACK#ID1#T#2.3.1\rMSA#AA#7\r",
              ack("MSH#*%!?#A##B####ADT*A08#7#T#2.3.1\r"));
}

TEST(Ack, ReadsAMessageAfterAByteOrderMarkABatchHeadAndWithLineFeeds) {
    EXPECT_THAT(ack("\xEF\xBB\xBF" + admission()), HasSubstr("MSA|AA|MSG0001\r"));
    EXPECT_THAT(ack("FHS|^~\\&|X\rBHS|^~\\&|X\r" + admission()), HasSubstr("MSA|AA|MSG0001\r"));
    EXPECT_THAT(ack("MSH|^~\\&|||||||ADT^A01|9|P|2.4\nEVN|\n"), HasSubstr("|2.4\rMSA|AA|9\r"));
}

TEST(Ack, SaysInTheFormOfTheVersionWhereAMessageIsWrong) {
    const Verdict wrong = Verdict::of(Error(Fault::malformed, "PID[2]-3[1].4", "no authority"));
    EXPECT_THAT(ack(admission("|P|2.5"), wrong),
                HasSubstr("MSA|AE|MSG0001|PID[2]-3[1].4: no authority\r"
                          "ERR||PID^2^3^1^4|102^Data type error^HL70357|E|||PID[2]-3[1].4: no "
                          "authority|PID[2]-3[1].4: no authority\r"));
    EXPECT_THAT(ack(admission("|P|2.3.1"), wrong),
                HasSubstr("MSA|AE|MSG0001|PID[2]-3[1].4: no authority\r"
                          "ERR|PID^2^3^102&Data type error&HL70357\r"));
    EXPECT_THAT(ack(admission("|P|2.7"), wrong), HasSubstr("MSA|AE|MSG0001\rERR||"));
}

TEST(Ack, LeavesOutALocationThatIsNoPlaceOfHl7) {
    const Verdict wrong = Verdict::of(Error(Fault::malformed, "byte 212", "cut"));
    EXPECT_THAT(
        ack(admission(), wrong),
        HasSubstr("ERR|||100^Segment sequence error^HL70357|E|||byte 212: cut|byte 212: cut\r"));
    EXPECT_THAT(ack(admission("|P|2.4"), wrong),
                HasSubstr("ERR|^^^100&Segment sequence error&HL70357\r"));
}

TEST(Ack, TellsTheFaultByItsFirstField) {
    const std::map<Fault, std::string> expected = {
        {Fault::malformed, "AE"},   {Fault::unsupported, "AR"}, {Fault::rejected, "AE"},
        {Fault::unavailable, "AR"}, {Fault::uncertain, "AR"},   {Fault::internal, "AR"}};
    for (const auto& [fault, code] : expected)
        EXPECT_THAT(ack(admission(), Verdict::of(Error(fault, "", "x"))),
                    HasSubstr("MSA|" + code + "|MSG0001"))
            << toText(fault);
    EXPECT_THAT(ack(admission(), Verdict::conflict()), HasSubstr("205^Duplicate key identifier"));
    EXPECT_THAT(ack(admission(), Verdict::of(Error(Fault::unsupported, "MSH-12", "x"))),
                HasSubstr("203^Unsupported version id"));
}

TEST(Ack, AnswersInEnhancedModeAsAsked) {
    const auto code = [](const std::string& conditions, const Verdict& verdict) {
        return mllp::parseAck(ack(admission("|P|2.5|||" + conditions), verdict)).code;
    };
    const Verdict good = Verdict::accepted();
    const Verdict bad = Verdict::of(Error(Fault::rejected, "", "x"));
    EXPECT_EQ("CA", code("AL|NE", good));
    EXPECT_EQ("CE", code("AL|AL", bad));
    EXPECT_EQ("", code("ER|NE", good));
    EXPECT_EQ("CE", code("ER|NE", bad));
    EXPECT_EQ("CA", code("SU|NE", good));
    EXPECT_EQ("", code("SU|NE", bad));
    EXPECT_EQ("AA", code("NE|AL", good));
    EXPECT_EQ("AA", code("|AL", good));
    EXPECT_EQ("AE", code("SU|AL", bad));
    EXPECT_EQ("", code("NE|NE", bad));
    EXPECT_EQ("AA", code("|", good));
}

TEST(Ack, IsNeverLeftOutForWhatIsNoCode) {
    const auto codes = [](const std::string& conditions, const Verdict& verdict) {
        const std::string message = admission("|P|2.5|||" + conditions);
        const Head head(message);
        return mllp::parseAck(mllp::acceptAcknowledgement(head, verdict, kNow, "1")).code + "/" +
               mllp::parseAck(mllp::applicationAcknowledgement(head, verdict, kNow, "2")).code;
    };
    const auto told = [](const std::string& conditions) {
        const std::string message = admission("|P|2.5|||" + conditions);
        Issues issues;
        mllp::tellConditions(Head(message), issues);
        std::string all;
        for (const Issue& one : issues.all()) {
            EXPECT_EQ(Severity::warning, one.severity);
            all += one.where + one.text.en.substr(one.text.en.rfind(' ')) + ";";
        }
        return all;
    };
    const Verdict good = Verdict::accepted();
    const Verdict bad = Verdict::of(Error(Fault::malformed, "", "x"));
    struct Case {
        const char *conditions, *good, *bad, *told;
    };
    for (const Case& one : std::vector<Case>{
             {"XX|XX", "CA/", "CE/", "MSH-15 AL;MSH-16 empty;"},
             {"XX|", "CA/", "CE/", "MSH-15 AL;"},
             {"|XX", "/AA", "/AE", "MSH-16 empty;"},
             {"NE|XX", "/AA", "/AE", "MSH-16 AL;"},
             {"al|al", "CA/AA", "CE/AE", "MSH-15 AL;MSH-16 AL;"},
             {" AL |Ne", "CA/", "CE/", "MSH-15 AL;MSH-16 NE;"},
             {"ne|su ", "/AA", "/", "MSH-15 NE;MSH-16 SU;"},
             {"  | ", "/AA", "/AE", ""},
             {"\"\"|\"\"", "/AA", "/AE", ""},
             {"^x|", "/AA", "/AE", ""},
             {"A|NE", "CA/", "CE/", "MSH-15 AL;"},
             {"ALL|NE", "CA/", "CE/", "MSH-15 AL;"},
             {"NE|NE", "/", "/", ""},
             {"AL~XX|ER", "CA/", "CE/AE", ""},
         }) {
        EXPECT_EQ(one.good, codes(one.conditions, good)) << one.conditions;
        EXPECT_EQ(one.bad, codes(one.conditions, bad)) << one.conditions;
        EXPECT_EQ(one.told, told(one.conditions)) << one.conditions;
    }
}

TEST(Ack, EscapesWhatItSays) {
    const Verdict wrong = Verdict::of(Error(Fault::rejected, "", "a|b^c~d\\e&f\rg\x1c\xC3\xA9"));
    EXPECT_THAT(ack(admission(), wrong), HasSubstr("a\\F\\b\\S\\c\\R\\d\\E\\e\\T\\f g ?\rERR"));
    EXPECT_THAT(ack(admission("|P|2.5||||||UNICODE UTF-8"), wrong), HasSubstr("\xC3\xA9\rERR"));
    EXPECT_THAT(ack("MSH|^~|A|B|||||ADT^A01|9|P|2.5\r", wrong), HasSubstr("|a b c d"));
}

TEST(Ack, CannotBeMadeToEndItsFrame) {
    EXPECT_THAT(ack("MSH|^~\\&|A\x0b|B||||||9|P|2.5||||||X\x1c\r"),
                testing::AllOf(HasSubstr("||||||X \rMSA"), Not(HasSubstr("\x0b"))));
}

TEST(Ack, RejectsWhatHasNoHeadThatCanBeRead) {
    for (const std::string& message :
         {std::string(), std::string("MSH"), std::string("MSH|"), std::string("MSHAAAAA|x"),
          std::string("MSH|||||"), std::string("{\"json\": 1}"), std::string(100'000, 'x'),
          std::string("MSH|^^^^|A|B\r"), std::string("\0\0MSH|^~\\&|", 12)}) {
        const std::string answer =
            ack(message, Verdict::of(Error(Fault::malformed, "byte 0", "no MSH")));
        EXPECT_THAT(answer, StartsWith("MSH|^~\\&|||||20250318084210+0000||ACK|ID1|P|2.5\r"
                                       "MSA|AR||byte 0: no MSH\rERR|||100"))
            << message.substr(0, 20);
    }
}

TEST(Ack, BuildsOneFromAHeadCutAtEveryByte) {
    const std::string whole = admission("|P|2.5|||AL|NE|||UNICODE UTF-8");
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        const std::string answer = ack(whole.substr(0, size));
        if (answer.empty()) continue;  // a condition that is cut asks for nothing
        EXPECT_THAT(answer, StartsWith("MSH|^~"));
        EXPECT_THAT(answer, HasSubstr("\rMSA|"));
    }
}

TEST(Ack, ReadsABoundedPartOfAHostileHead) {
    const std::string answer = ack("MSH|^~\\&|" + std::string(50'000'000, 'A'));
    EXPECT_LT(answer.size(), 2000U);
}

TEST(Ack, SpeaksOfTheEventAsTheVersionDoes) {
    EXPECT_THAT(ack(admission("|P|2.1")), HasSubstr("||ACK|ID1|P|2.1\r"));
    EXPECT_THAT(ack(admission("|P|2.3")), HasSubstr("||ACK^A01|ID1|P|2.3\r"));
    EXPECT_THAT(ack(admission("|P|2.3.1")), HasSubstr("||ACK^A01^ACK|ID1|P|2.3.1\r"));
    EXPECT_THAT(ack(admission("|P|2.5^FRA^2.11")), HasSubstr("||ACK^A01^ACK|ID1|P|2.5^FRA^2.11\r"));
    EXPECT_THAT(ack(admission("|P|")), HasSubstr("||ACK^A01^ACK|ID1|P|2.5\r"));
    EXPECT_THAT(ack(admission("|P|2.5", "ADT")), HasSubstr("||ACK|ID1|P|2.5\r"));
    EXPECT_THAT(ack(admission("|P|2.5", "ADT^A01;x")), HasSubstr("||ACK|ID1|"));
}

TEST(Ack, HasAnIdOfTwentyCharacters) {
    EXPECT_THAT(
        mllp::acknowledgement(Head(admission()), Verdict::accepted(), kNow, std::string(30, 'I')),
        HasSubstr("^ACK|" + std::string(20, 'I') + "|P|"));
}

TEST(Ack, KeepsTheCountryThatFranceAsksFor) {
    EXPECT_THAT(ack(admission("|P|2.5|||||FRA|UNICODE UTF-8")),
                HasSubstr("|P|2.5|||||FRA|UNICODE UTF-8\rMSA"));
    EXPECT_THAT(ack(admission("|P|2.5|||||FRA|")), HasSubstr("|P|2.5|||||FRA\rMSA"));
    EXPECT_THAT(ack(admission("|P|2.5|||||DOE JANE|")), HasSubstr("|P|2.5\rMSA"));
}

TEST(Ack, UsesTheFirstOfSeveralCharsets) {
    EXPECT_THAT(ack(admission("|P|2.5||||||8859/1~UNICODE UTF-8")), HasSubstr("||8859/1\rMSA"));
}

TEST(Ack, WritesItsTextsInTheCharsetOfTheSender) {
    const auto said = [](const std::string& charset) {
        const Verdict wrong =
            Verdict::of(Error(Fault::rejected, "", "\xC3\xA9\xC5\x93\xE2\x82\xAC\xF0\x9F\x98\x80"));
        return ack(admission("|P|2.4||||||" + charset), wrong);
    };
    EXPECT_THAT(said("UNICODE UTF-8"),
                HasSubstr("|AE|MSG0001|\xC3\xA9\xC5\x93\xE2\x82\xAC\xF0\x9F\x98\x80\rERR"));
    EXPECT_THAT(said("8859/1"), HasSubstr("|AE|MSG0001|\xE9???\rERR"));
    EXPECT_THAT(said("8859/15"), HasSubstr("|AE|MSG0001|\xE9\xBD\xA4?\rERR"));
    EXPECT_THAT(said("ASCII"), HasSubstr("|AE|MSG0001|????\rERR"));
    EXPECT_THAT(said("8859/5"), HasSubstr("|AE|MSG0001|????\rERR"));
}

TEST(Ack, TakesAnEscapeMarkWrittenTwiceForOne) {
    EXPECT_THAT(ack("MSH|^~\\\\&|A|B|||||ADT^A01|9|P|2.5\r"),
                testing::AllOf(StartsWith("MSH|^~\\&|"), HasSubstr("\rMSA|AA|9\r")));
}

Issue issue(Severity severity, const std::string& where, const std::string& code,
            const std::string& en, const std::string& fr = {}) {
    Issue one;
    one.severity = severity;
    one.where = where;
    one.code = code;
    one.text = {en, fr};
    return one;
}

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
    return found;
}

TEST(Ack, HasOneErrForEachErrorFound) {
    Issues found;
    found.add(issue(Severity::warning, "PID-8", "102", "odd"));
    found.add(issue(Severity::error, "PID-3", "101", "required field is missing",
                    "champ obligatoire absent"));
    found.add(issue(Severity::error, "NK1[2]-7[3].1", "103", "not of the table"));
    found.add(issue(Severity::error, "segment 4", "100", "out of order"));
    const Verdict wrong = Verdict::of(Error(Fault::rejected, "PID-3", "3 errors"), found);

    EXPECT_THAT(
        ack(admission("|P|2.5"), wrong),
        testing::EndsWith(
            "MSA|AE|MSG0001|PID-3: 3 errors\r"
            "ERR||PID^1^3^1|101^Required field missing^HL70357|E|||PID-3: required field is "
            "missing|PID-3: required field is missing\r"
            "ERR||NK1^2^7^3^1|103^Table value not found^HL70357|E|||NK1[2]-7[3].1: not of the "
            "table|NK1[2]-7[3].1: not of the table\r"
            "ERR|||100^Segment sequence error^HL70357|E|||segment 4: out of order|segment 4: out "
            "of order\r"));
    EXPECT_THAT(
        ack(admission("|P|2.4"), wrong),
        testing::EndsWith("MSA|AE|MSG0001|PID-3: 3 errors\r"
                          "ERR|PID^1^3^101&Required field missing&HL70357~NK1^2^7^103&Table value "
                          "not found&HL70357~^^^100&Segment sequence error&HL70357\r"));
}

TEST(Ack, SpeaksFrenchToTheUsersOfAFrenchSender) {
    Issues found;
    found.add(issue(Severity::error, "PID-3", "101", "missing", "absent \xC3\xA9"));
    const Verdict wrong = Verdict::of(Error(Fault::rejected, "PID-3", "x"), found);
    EXPECT_THAT(ack(admission("|P|2.5|||||FRA|UNICODE UTF-8"), wrong),
                testing::EndsWith("|||PID-3: missing|PID-3: absent \xC3\xA9\r"));
    EXPECT_THAT(ack(admission("|P|2.5|||||FRA|UNICODE UTF-8|EN"), wrong),
                testing::EndsWith("|||PID-3: missing|PID-3: missing\r"));
    EXPECT_THAT(ack(admission("|P|2.5||||||8859/1|FR"), wrong),
                testing::EndsWith("|||PID-3: missing|PID-3: absent \xE9\r"));
}

TEST(Ack, TellsTheErrorItselfWhenNoFindingStandsAtItsPlace) {
    Issues found;
    found.add(issue(Severity::error, "PID-3", "101", "missing"));
    const std::string answer =
        ack(admission(), Verdict::of(Error(Fault::malformed, "segment 7", "cut"), found));
    EXPECT_THAT(answer, HasSubstr("ERR|||100^Segment sequence error^HL70357|E|||segment 7: cut"));
    EXPECT_EQ(2U, count(answer, "\rERR|"));
}

TEST(Ack, TellsTwentyFindingsAtMost) {
    Issues found;
    for (int i = 1; i <= 100; ++i)
        found.add(issue(Severity::error, "OBX[" + std::to_string(i) + "]-3", "101",
                        std::string(10'000, '|')));
    const Error error(Fault::rejected, "OBX[1]-3", "100 errors");
    const std::string answer = ack(admission(), Verdict::of(error, found));
    EXPECT_EQ(20U, count(answer, "\rERR|"));
    EXPECT_LT(answer.size(), 60'000U);
    EXPECT_EQ(19U, count(ack(admission("|P|2.3"), Verdict::of(error, found)), "~OBX^"));
}

TEST(Ack, MayTellWarningsOfWhatIsAccepted) {
    Issues told;
    told.add(issue(Severity::warning, "ZBE-3", "199", "not used"));
    EXPECT_THAT(ack(admission(), Verdict::accepted(told)),
                testing::EndsWith("MSA|AA|MSG0001\rERR||ZBE^1^3^1|199^Other HL7 error^HL70357|W|||"
                                  "ZBE-3: not used|ZBE-3: not used\r"));
    EXPECT_THAT(ack(admission("|P|2.4"), Verdict::accepted(told)),
                testing::EndsWith("MSA|AA|MSG0001\r"));
}

TEST(Ack, UsesACodeOfTheTableWhateverTheFindingSays) {
    Issues found;
    found.add(issue(Severity::error, "PID-3", "business-rule", "x"));
    found.add(issue(Severity::error, "/plan", "DOE|JANE", "x"));
    const std::string answer =
        ack(admission(), Verdict::of(Error(Fault::rejected, "PID-3", "x"), found));
    EXPECT_THAT(answer, HasSubstr("ERR||PID^1^3^1|102^Data type error^"));
    EXPECT_THAT(answer, HasSubstr("ERR|||207^Application internal error^"));
}

TEST(Ack, SendsTheAcceptAnswerAndThenTheApplicationAnswer) {
    const auto codes = [](const std::string& conditions, const Verdict& verdict) {
        const std::string message = admission("|P|2.5|||" + conditions);
        const Head head(message);
        return mllp::parseAck(mllp::acceptAcknowledgement(head, verdict, kNow, "1")).code + "/" +
               mllp::parseAck(mllp::applicationAcknowledgement(head, verdict, kNow, "2")).code;
    };
    const Verdict good = Verdict::accepted();
    const Verdict bad = Verdict::of(Error(Fault::rejected, "", "x"));
    const Verdict later = Verdict::of(Error(Fault::unavailable, "", "x"));
    EXPECT_EQ("CA/AA", codes("AL|AL", good));
    EXPECT_EQ("CE/AE", codes("AL|AL", bad));
    EXPECT_EQ("CR/AR", codes("AL|AL", later));
    EXPECT_EQ("/", codes("NE|NE", bad));
    EXPECT_EQ("CA/", codes("SU|ER", good));
    EXPECT_EQ("/AE", codes("SU|ER", bad));
    EXPECT_EQ("CE/", codes("ER|SU", bad));
    EXPECT_EQ("/AA", codes("ER|SU", good));
    EXPECT_EQ("/AA", codes("|AL", good));
    EXPECT_EQ("CA/", codes("AL|", good));
    EXPECT_EQ("/AA", codes("|", good)) << "original mode";
}

TEST(Ack, AsksForNoAnswerInEnhancedMode) {
    EXPECT_THAT(ack(admission("|P|2.5|||AL|NE||UNICODE UTF-8")),
                HasSubstr("|ID1|P|2.5|||NE|NE||UNICODE UTF-8\rMSA|CA|MSG0001\r"));
    EXPECT_THAT(ack(admission("|P|2.3|||AL|AL")), HasSubstr("|ID1|P|2.3|||NE|NE\rMSA|CA|"));
    EXPECT_THAT(ack(admission("|P|2.5")), HasSubstr("|ID1|P|2.5\rMSA|AA|"));
}

TEST(Ack, NamesTheBatchThatOneFrameHolds) {
    const std::string fhs = "FHS|^~\\&|A|B|C|D|20250318||name||FILE7|\r";
    const std::string bhs = "BHS#*~\\&#A#B#C#D#20250318##name##BATCH9\r";
    EXPECT_THAT(ack(fhs + bhs + admission()), HasSubstr("MSA|AA|FILE7\r"));
    EXPECT_THAT(ack(bhs + admission()), HasSubstr("MSA|AA|BATCH9\r"));
    EXPECT_THAT(ack("FHS|^~\\&|A\r" + bhs + admission()), HasSubstr("MSA|AA|BATCH9\r"));
    EXPECT_THAT(ack(admission() + bhs), HasSubstr("MSA|AA|MSG0001\r"));
    const Verdict none = Verdict::of(Error(Fault::malformed, "segment 1", "expected MSH"));
    EXPECT_THAT(ack(fhs + "BTS|0\rFTS|1\r", none), HasSubstr("MSA|AR|FILE7|segment 1: "));
    EXPECT_THAT(ack("BHS#*#3#4#5#6#7#8#9#10#A|PID|B\r" + admission()),
                HasSubstr("MSA|AA|A PID B\r"));
}

TEST(Head, KnowsABatchOfNothingWhoseCountsFit) {
    const std::string fhs = "FHS|^~\\&|A\r", bhs = "BHS#*~\\&#A\r";
    for (const std::string& nothing :
         {fhs + "BTS|0\rFTS|1\r", fhs + bhs + "BTS#0#none\rFTS|1\r", fhs + "FTS|0\n", fhs + bhs,
          bhs + "BTS|\r\n", fhs + bhs + "BTS|0\r" + bhs + "BTS|0\rFTS|2"})
        EXPECT_TRUE(mllp::isEmptyBatch(nothing)) << nothing;
    for (const std::string& other :
         {std::string(), std::string("\r"), std::string("BTS|0\rFTS|1\r"), fhs + "BTS|1\rFTS|1\r",
          fhs + "FTS|1\r", fhs + bhs + "BTS#0\rFTS|2\r", fhs + "BTS|0x\r", fhs + "PID|1\r",
          fhs + admission() + "BTS|0\r", "FHSX" + bhs})
        EXPECT_FALSE(mllp::isEmptyBatch(other)) << other;
}

TEST(Ack, ReadsWhatAPeerAnswers) {
    EXPECT_EQ("AA", mllp::parseAck("MSH|^~\\&|\rMSA|AA|42\r").code);
    EXPECT_EQ("42", mllp::parseAck("MSH|^~\\&|\nSFT|x\nMSA|AE|42|text").controlId);
    EXPECT_EQ("CR", mllp::parseAck("MSH#^~\\&#\rMSA#CR#42#text").code);
    EXPECT_EQ("", mllp::parseAck("MSH|^~\\&|\rMSA|XX|42").code);
    EXPECT_EQ("", mllp::parseAck("MSH|^~\\&|\rPID|AA|42").code);
    EXPECT_EQ("", mllp::parseAck("hello").code);
    EXPECT_EQ("", mllp::parseAck("").code);
}

TEST(Ack, ReadsTheErrorsOfAPeersAnswer) {
    const mllp::Ack accept = mllp::parseAck("MSH|^~\\&|||||||ACK|OWN1|P|2.5\rMSA|CA|42\r");
    EXPECT_EQ("OWN1", accept.ownId);
    EXPECT_TRUE(accept.positive());
    EXPECT_TRUE(accept.accepts());
    EXPECT_TRUE(accept.errorCodes.empty());

    const mllp::Ack refused = mllp::parseAck(
        "MSH|^~\\&|||||||ACK|OWN2|P|2.5\rMSA|AE|42|first\rERR||PID^1^3|101^x|E\r"
        "ERR|||207^y|E||||last\r");
    EXPECT_FALSE(refused.positive());
    EXPECT_FALSE(refused.accepts());
    EXPECT_THAT(refused.errorCodes, testing::ElementsAre("101", "207"));
    EXPECT_EQ("first\n|PID^1^3|101^x|E\n||207^y|E||||last", refused.words);

    EXPECT_THAT(mllp::parseAck("MSH|^~\\&|||||||ACK|1|P|2.4\rMSA|AE|42\r"
                               "ERR|PID^1^3^101&x~PV1^1^2^103&y~A^B^C^DOE\r")
                    .errorCodes,
                testing::ElementsAre("101", "103"));
}

TEST(Ack, ReadsABoundedPartOfAHostileAnswer) {
    std::string hostile = "MSH|^~\\&|||||||ACK|1|P|2.5\rMSA|AE|42\r";
    for (int i = 0; i < 100'000; ++i) hostile += "ERR|||207^" + std::string(50, 'x') + "\r";
    const mllp::Ack read = mllp::parseAck(hostile);
    EXPECT_LE(read.errorCodes.size(), 50U);
    EXPECT_LE(read.words.size(), 4096U);
}

TEST(Ack, IsReadBack) {
    Issues found;
    found.add(issue(Severity::error, "PID-3", "101", "missing"));
    for (const char* version : {"2.3", "2.4", "2.5", "2.8"}) {
        const mllp::Ack read =
            mllp::parseAck(ack(admission(std::string("|P|") + version),
                               Verdict::of(Error(Fault::rejected, "PID-3", "x"), found)));
        EXPECT_EQ("AE", read.code);
        EXPECT_EQ("MSG0001", read.controlId);
        EXPECT_THAT(read.errorCodes, testing::ElementsAre("101")) << version;
    }
}

TEST(ControlId, IsOfTwentyCharactersAndNeverTheSame) {
    std::set<std::string> ids;
    for (int i = 0; i < 10'000; ++i) ids.insert(mllp::newControlId());
    EXPECT_EQ(10'000U, ids.size());
    EXPECT_EQ(20U, ids.begin()->size());
}

}  // namespace
