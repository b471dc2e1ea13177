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
                          "ERR||PID^2^3^1^4|102^Data type error^HL70357|E||||PID[2]-3[1].4: no "
                          "authority\r"));
    EXPECT_THAT(ack(admission("|P|2.3.1"), wrong),
                HasSubstr("MSA|AE|MSG0001|PID[2]-3[1].4: no authority\r"
                          "ERR|PID^2^3^102&Data type error&HL70357\r"));
    EXPECT_THAT(ack(admission("|P|2.7"), wrong), HasSubstr("MSA|AE|MSG0001\rERR||"));
}

TEST(Ack, LeavesOutALocationThatIsNoPlaceOfHl7) {
    const Verdict wrong = Verdict::of(Error(Fault::malformed, "byte 212", "cut"));
    EXPECT_THAT(ack(admission(), wrong),
                HasSubstr("ERR|||100^Segment sequence error^HL70357|E||||byte 212: cut\r"));
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
    EXPECT_EQ("", code("NE|NE", bad));
    EXPECT_EQ("AA", code("|", good));
}

TEST(Ack, EscapesWhatItSays) {
    const Verdict wrong = Verdict::of(Error(Fault::rejected, "", "a|b^c~d\\e&f\rg\x1c\xC3\xA9"));
    EXPECT_THAT(ack(admission(), wrong), HasSubstr("a\\F\\b\\S\\c\\R\\d\\E\\e\\T\\f g ??\rERR"));
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

TEST(Ack, ReadsWhatAPeerAnswers) {
    EXPECT_EQ("AA", mllp::parseAck("MSH|^~\\&|\rMSA|AA|42\r").code);
    EXPECT_EQ("42", mllp::parseAck("MSH|^~\\&|\nSFT|x\nMSA|AE|42|text").controlId);
    EXPECT_EQ("CR", mllp::parseAck("MSH#^~\\&#\rMSA#CR#42#text").code);
    EXPECT_EQ("", mllp::parseAck("MSH|^~\\&|\rMSA|XX|42").code);
    EXPECT_EQ("", mllp::parseAck("MSH|^~\\&|\rPID|AA|42").code);
    EXPECT_EQ("", mllp::parseAck("hello").code);
    EXPECT_EQ("", mllp::parseAck("").code);
}

TEST(ControlId, IsOfTwentyCharactersAndNeverTheSame) {
    std::set<std::string> ids;
    for (int i = 0; i < 10'000; ++i) ids.insert(mllp::newControlId());
    EXPECT_EQ(10'000U, ids.size());
    EXPECT_EQ(20U, ids.begin()->size());
}

}  // namespace
