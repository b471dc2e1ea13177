#include <tuple>

#include "codec.h"

namespace {
using namespace gateway;
using testing::ElementsAre;
using testing::IsEmpty;

class Hl7v2Split : public Hl7v2Test {
protected:
    std::vector<std::string> split(const std::string& text) {
        issues_ = {};
        const Bytes body = Bytes::copy(text);
        std::vector<std::string> parts;
        for (const Span span : codec_->split(body, issues_)) parts.emplace_back(body.view(span));
        return parts;
    }
};

const std::string kA = "MSH|^~\\&|A\rPID|1\r", kB = "MSH|^~\\&|B\r";

TEST_F(Hl7v2Split, LeavesOneMessageWhole) {
    for (const std::string& text : {kA, "\xEF\xBB\xBF" + kA, kA + "\r\n\r\n", std::string(),
                                    std::string("no message"), "junk\r" + kA})
        EXPECT_THAT(split(text), ElementsAre(text));
}

TEST_F(Hl7v2Split, CutsAtEveryHeader) {
    EXPECT_THAT(split(kA + kB + kA), ElementsAre(kA, kB, kA));
    EXPECT_THAT(split("\r\n" + kA + "\r\r" + kB + "\r"), ElementsAre(kA, kB));
    const std::string feed = "MSH|^~\\&|A||||||ADT^A01|1|P|2.5\nPID|1\n";
    EXPECT_THAT(split(feed + feed + "\n" + feed), ElementsAre(feed, feed, feed));
    EXPECT_THAT(split("MSH|^~\\&|A\r\nPID|1\r\nMSH|^~\\&|B\r\n"),
                ElementsAre("MSH|^~\\&|A\r\nPID|1\r\n", "MSH|^~\\&|B\r\n"));
}

TEST_F(Hl7v2Split, TakesMessagesOutOfABatchAndChecksTheCounts) {
    EXPECT_THAT(split("FHS|^~\\&\rBHS|^~\\&\r" + kA + kB + "BTS|2\rFTS|1\r"), ElementsAre(kA, kB));
    EXPECT_THAT(warnings(), IsEmpty());
    EXPECT_THAT(split("BHS|^~\\&\n" + kA + "BTS\n"), ElementsAre(kA));
    EXPECT_THAT(warnings(), IsEmpty());
    EXPECT_THAT(split("FHS|^~\\&\rBHS|^~\\&\r" + kA + "BTS|2\rBHS\r" + kB + "BTS|1\rFTS|3\r"),
                ElementsAre(kA, kB));
    EXPECT_THAT(warnings(), ElementsAre("BTS-1", "FTS-1"));
}

TEST_F(Hl7v2Split, CallsMissingMessagesAnErrorAndSurplusAWarning) {
    split("BHS|^~\\&\r" + kA + "BTS|2\r");
    EXPECT_EQ(Severity::error, issues_.worst());
    split("BHS|^~\\&\r" + kA + kB + "BTS|1\r");
    EXPECT_EQ(Severity::warning, issues_.worst());
}

TEST_F(Hl7v2Split, CountsSeveralFilesAndBatchesEachForItself) {
    const std::string file = "FHS|^~\\&\rBHS|^~\\&\r" + kA + "BTS|1\rFTS|1\r";
    EXPECT_THAT(split(file + file + "\r\n" + file), ElementsAre(kA, kA, kA));
    EXPECT_THAT(warnings(), IsEmpty());
    split("FHS|^~\\&\rBHS\r" + kA + "BTS|1\rBHS\r" + kB + "BTS|3\rFTS|2\r");
    EXPECT_THAT(warnings(), ElementsAre("BTS[2]-1"));
    for (const char* count : {"0", "1"}) {  // no BHS: one batch, or none
        split("FHS|^~\\&\r" + kA + kB + "FTS|" + count + "\r");
        EXPECT_THAT(warnings(), IsEmpty()) << count;
    }
    split("FHS|^~\\&\r" + kA + kB + "FTS|2\r");
    EXPECT_THAT(warnings(), ElementsAre("FTS-1"));
}

TEST_F(Hl7v2Split, TellsOfTrailersThatAreMissing) {
    EXPECT_THAT(split("FHS|^~\\&\rBHS|^~\\&\r" + kA), ElementsAre(kA));
    EXPECT_THAT(warnings(), ElementsAre("BHS", "FHS"));
    split("BHS|^~\\&\rBHS|^~\\&\r" + kA + "BTS|1\rBTS\r");
    EXPECT_THAT(warnings(), ElementsAre("BHS"));
}

TEST_F(Hl7v2Split, ReadsFilesThatWereJoinedWithTheirMarks) {
    const std::string mark = "\xEF\xBB\xBF";
    EXPECT_THAT(split(mark + kA + mark + kB), ElementsAre(kA, mark + kB));
    EXPECT_EQ("B", at(decode(mark + kB), "MSH.3").text());
    EXPECT_THAT(split(mark + "BHS|^~\\&\r\n" + kA + "BTS|1\r\n" + mark + "BHS|^~\\&\r\n" + kB +
                      "BTS|1\r\n"),
                ElementsAre(kA, kB));
    EXPECT_THAT(warnings(), IsEmpty());
}

TEST_F(Hl7v2Split, DoesNotCutInsideAValue) {
    const std::string head = "MSH|^~\\&|A||||||ORU^R01|1|P|2.5\r", text = "OBX|1|TX|a||line one";
    const std::string header = "MSH|^~\\&|B||||||ADT^A01|2|P|2.5|in text\r";
    for (const std::string& line :
         {std::string("MSH|^~x|in text\r"), std::string("MSH\r"), header,
          std::string("MSH: in text\r"), std::string("BTS|2\r"), std::string("FTS\r"),
          std::string("BHS|^~\\&|x\r"), std::string("FHS|^~\\&|x\r"), "\n" + header}) {
        const std::string body = head + text + "\n" + line + "PV1|1\r";
        SCOPED_TRACE(body);
        EXPECT_THAT(split(body), ElementsAre(body));
        EXPECT_THAT(split(kA + body + kB), ElementsAre(kA, body, kB)) << "others go their way";
        const auto refused = refusal(body);
        ASSERT_TRUE(refused);
        EXPECT_EQ(Fault::malformed, refused->fault);
        EXPECT_EQ("segment 3", refused->where);
        EXPECT_THAT(refused->what, testing::HasSubstr("OBX"));
        EXPECT_THAT(refused->what, testing::HasSubstr("\\.br\\"));
    }
    const std::string feed = "MSH|^~\\&|A||||||ORU^R01|1|P|2.5\nOBX|1|TX|a||line one\n";
    for (const std::string line : {"MSH|^~x|in text\n", "MSH|^~\\&\n", "MSH|^~\\&|see below\n",
                                   "BTS: none\n", "FHS^FTS are segments\n", "BHS|in text\n"})
        EXPECT_THAT(split(feed + line), ElementsAre(feed + line)) << line;
    for (const std::string line : {"MSH|^^^^|in text\r\n", "MSH|^~x|in text\r"})
        EXPECT_THAT(split(head + text + "\r\n" + line), ElementsAre(head + text + "\r\n" + line));
}

TEST_F(Hl7v2Split, ReadsFeedsOfEachLineEndJoined) {
    const auto message = [](const std::string& end) {
        return "MSH|^~\\&|A||||||ADT^A01|1|P|2.5" + end + "PID|1" + end;
    };
    const std::string returns = message("\r"), feeds = message("\n"), both = message("\r\n");
    for (const auto& [a, b, c] :
         {std::tuple(returns, feeds, both), std::tuple(feeds, returns, both),
          std::tuple(both, feeds, returns), std::tuple(feeds, both, feeds),
          std::tuple(returns, both, returns), std::tuple(both, returns, feeds)})
        EXPECT_THAT(split(a + b + c), ElementsAre(a, b, c)) << a << b << c;
    EXPECT_THAT(split(returns + "\n" + returns + "\n" + returns),
                ElementsAre(returns + "\n", returns + "\n", returns))
        << "joined by an editor";
    const std::string line = returns.substr(0, returns.size() - 1) + "\n";
    EXPECT_THAT(split(line + line + line), ElementsAre(line, line, line)) << "one in each line";
    EXPECT_THAT(split("BHS|^~\\&\n" + returns + "BTS|1\nBHS|^~\\&\n" + feeds + "BTS|1\n"),
                ElementsAre(returns, feeds));
    EXPECT_THAT(warnings(), IsEmpty());
}

TEST_F(Hl7v2Split, LetsNothingDisappear) {
    EXPECT_THAT(split("BHS|^~\\&\r" + kA + "BTS|1\rPID|lost\r"), ElementsAre(kA, "PID|lost\r"));
    EXPECT_THAT(split("BHS|^~\\&\rPID|lost\r" + kA + "BTS|1\r"), ElementsAre("PID|lost\r", kA));
    EXPECT_THAT(split("junk\rmore\r" + kA + kB), ElementsAre("junk\rmore\r", kA, kB));
    EXPECT_THAT(split("BHS|^~\\&\rBTS|0\r"), ElementsAre("BHS|^~\\&\rBTS|0\r"));
}

TEST_F(Hl7v2Split, IsLinear) {
    for (const std::string& part : {kA, std::string("\r\n"), std::string("BHS|\n"),
                                    std::string("BTS|1\r"), std::string("x\r"),
                                    std::string("\xEF\xBB\xBF"
                                                "MSH\n")}) {
        std::string text = kA;
        while (text.size() < 10'000'000) text += part;
        EXPECT_FALSE(split(text).empty());
        EXPECT_LE(issues_.all().size(), 20U);
    }
}

}  // namespace
