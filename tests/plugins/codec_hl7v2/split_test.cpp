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

TEST_F(Hl7v2Split, LetsNothingDisappear) {
    EXPECT_THAT(split("BHS|^~\\&\r" + kA + "BTS|1\rPID|lost\r"), ElementsAre(kA, "PID|lost\r"));
    EXPECT_THAT(split("BHS|^~\\&\rPID|lost\r" + kA + "BTS|1\r"), ElementsAre("PID|lost\r" + kA));
    EXPECT_THAT(split("junk\r" + kA + kB), ElementsAre("junk\r" + kA, kB));
}

}  // namespace
