#include <filesystem>

#include "codec.h"

namespace {
using namespace gateway;

std::string withCarriageReturns(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r'))
            out += '\r';
        else if (text[i] != '\n')
            out += text[i];
    }
    return out;
}

class Hl7v2Corpus : public Hl7v2Test {};

TEST_F(Hl7v2Corpus, RoundTripsEveryMessage) {
    const std::string corpus = support::corpus();
    if (corpus.empty()) GTEST_SKIP() << "no corpus beside the checkout";
    std::size_t messages = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(corpus + "/hl7v2")) {
        const std::string kind = entry.path().extension();
        if (kind != ".hl7" && kind != ".er7" && kind != ".txt") continue;
        SCOPED_TRACE(entry.path());
        const Bytes file = Bytes::copy(support::fileText(entry.path()));
        Issues issues;
        for (const Span span : codec_->split(file, issues)) {
            const std::string text(file.view(span));
            const Document document = decode(text);
            EXPECT_EQ(withCarriageReturns(text), encode(document));
            const std::string again = encode(rebuilt(document));
            EXPECT_TRUE(equalTrees(document.root(), decode(again).root()));
            ++messages;
        }
    }
    EXPECT_GT(messages, 45U);
}

TEST_F(Hl7v2Corpus, ReadsTheBatchAndTheFilesOfSeveral) {
    const std::string corpus = support::corpus();
    if (corpus.empty()) GTEST_SKIP() << "no corpus beside the checkout";
    const auto parts = [&](const std::string& name) {
        Issues issues;
        const auto spans =
            codec_->split(Bytes::copy(support::fileText(corpus + "/hl7v2/" + name)), issues);
        EXPECT_TRUE(issues.empty());
        return spans.size();
    };
    EXPECT_EQ(2U, parts("fr-pps/batch_fhs_bhs_two.hl7"));
    EXPECT_EQ(3U, parts("intl/mirth_batch01.hl7"));
}

}  // namespace
