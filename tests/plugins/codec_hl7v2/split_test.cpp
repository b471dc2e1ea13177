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
    EXPECT_THAT(split("MSH|^~\\&|A\nPID|1\nMSH|^~\\&|B"),
                ElementsAre("MSH|^~\\&|A\nPID|1\n", "MSH|^~\\&|B"));
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
