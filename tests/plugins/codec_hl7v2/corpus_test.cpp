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

class Hl7v2Corpus : public Hl7v2Test {
protected:
    static void leaves(Node node, std::vector<Node>& all) {
        for (const Node child : node.children()) {
            if (child.name().starts_with('_')) continue;
            if (child.hasText() || child.isNull()) all.push_back(child);
            leaves(child, all);
        }
    }

    /// After one value or another is changed, its bytes alone differ.
    void expectEdits(const std::string& text) {
        std::vector<Node> all;
        const Document document = decode(text);
        leaves(document.root(), all);
        const std::size_t step = std::max<std::size_t>(all.size() / 40, 1);
        for (std::size_t i = 2; i < all.size(); i += step) {
            if (all[i].path().starts_with("MSH-18")) continue;
            const Span where = all[i].where();
            Builder tree(decode(text));
            std::vector<Node> same;
            leaves(tree.root().node(), same);
            tree.text(tree.handle(same[i]), "changed");
            EXPECT_EQ(withCarriageReturns(text.substr(0, where.begin)) + "changed" +
                          withCarriageReturns(text.substr(where.end)),
                      encode(tree.finish()))
                << all[i].path();
        }
    }
};

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
            expectEdits(text);
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
