/// One suite for every codec: round trip, cut at each byte, huge, hostile.
#include <random>

#include "samples.h"
#include "support/plugins.h"

namespace {
using namespace gateway;

class CodecSuite : public testing::TestWithParam<Sample> {
protected:
    Document decode(std::string text) {
        Issues issues;
        return codec_->decode(Bytes(std::move(text)), issues);
    }
    std::string encode(const Document& document) {
        Sink out;
        Issues issues;
        codec_->encode(document, out, issues);
        return out.text();
    }
    /// The same tree as a map makes it: without a source.
    static Document copyOf(const Document& document) {
        const Node root = document.root();
        TreeLimits limits;
        limits.depth = 4096;
        Builder tree(root.name(), limits);
        tree.kind(tree.root(), root.kind());
        if (!root.type().empty()) tree.type(tree.root(), tree.intern(root.type()));
        if (root.hasText()) tree.text(tree.root(), root.text(), root.kind());
        for (const Node child : root.children())
            tree.copy(tree.root(), tree.intern(child.name()), child);
        return tree.finish();
    }
    /// Reads what may be no message. What is read must be written back; what is refused must be
    /// refused as malformed or unsupported, and say nothing of its content.
    bool survives(const std::string& text) {
        try {
            const Document read = decode(text);
            const std::string written = encode(read);
            if (written != text) {  // HL7 v2 ends all its segments as the first one ends
                EXPECT_TRUE(equalTrees(read.root(), decode(written).root())) << written;
            }
            return true;
        } catch (const Error& error) {
            EXPECT_TRUE(error.fault == Fault::malformed || error.fault == Fault::unsupported)
                << error.what();
            EXPECT_EQ(std::string::npos, std::string(error.what()).find(kMark)) << error.what();
            EXPECT_EQ(std::string::npos, error.where.find(kMark)) << error.where;
            return false;
        }
    }

    const Sample& sample_ = GetParam();
    support::Plugins plugins_{{sample_.plugin}};
    std::unique_ptr<Codec> codec_ = plugins_.codec(sample_.codec);
};

TEST_P(CodecSuite, WritesBackTheVeryBytesOfAnUntouchedTree) {
    EXPECT_EQ(sample_.whole, encode(decode(sample_.whole)));
    EXPECT_NE("", codec_->extension());
    EXPECT_NE("", codec_->mediaType());
}

TEST_P(CodecSuite, WritesATreeWithoutSourceThatReadsTheSame) {
    const Document first = decode(sample_.whole);
    const std::string written = encode(copyOf(first));
    const Document second = decode(written);
    EXPECT_TRUE(equalTrees(first.root(), second.root())) << written;
    EXPECT_EQ(written, encode(copyOf(second)));
}

TEST_P(CodecSuite, SurvivesAMessageCutAnywhere) {
    std::size_t read = 0;
    for (std::size_t size = 0; size + 2 < sample_.whole.size(); ++size)
        read += survives(sample_.whole.substr(0, size)) ? 1 : 0;
    if (!sample_.anyCut) {
        EXPECT_EQ(0u, read);
    }
}

TEST_P(CodecSuite, SurvivesAnyByteAnywhere) {
    std::mt19937 random(20251127);
    for (int i = 0; i < 3000; ++i) {
        std::string text = sample_.whole;
        for (int flips = 1 + static_cast<int>(random() % 4); flips > 0; --flips)
            text[random() % text.size()] = static_cast<char>(random() % 256);
        survives(text);
    }
    for (const char* text : {"", "\0", "\xFF\xFE", "\xEF\xBB\xBF", "<", "{", "MSH|", "\"", "\r\n"})
        survives(text);
}

TEST_P(CodecSuite, ReadsAHugeMessage) {
    constexpr int kParts = 200'000;
    const std::string text = sample_.many(kParts);
    const Document read = decode(text);
    EXPECT_GE(read.nodes(), static_cast<std::size_t>(kParts));
    Sink out;
    Issues issues;
    codec_->encode(read, out, issues);
    const Bytes written = out.take();
    EXPECT_TRUE(text == written.view());
    if (sample_.sharesSource) {
        EXPECT_EQ(read.source().view().data(), written.view().data()) << "copied, not shared";
    }
}

TEST_P(CodecSuite, SurvivesAnyDepth) {
    if (sample_.deep == nullptr) GTEST_SKIP() << "this format does not nest";
    EXPECT_FALSE(survives(sample_.deep(100'000)));
    EXPECT_TRUE(survives(sample_.deep(50)));
}

TEST_P(CodecSuite, GivesEachNodeAPlaceInItsBytes) {
    const Document read = decode(sample_.whole);
    std::vector<Node> open{read.root()};
    std::size_t placed = 0;
    while (!open.empty()) {
        const Node node = open.back();
        open.pop_back();
        EXPECT_LE(node.where().begin, node.where().end) << node.path();
        EXPECT_LE(node.where().end, sample_.whole.size()) << node.path();
        placed += node.where().empty() ? 0 : 1;
        for (const Node child : node.children()) open.push_back(child);
    }
    EXPECT_GT(placed, 2u);
}

INSTANTIATE_TEST_SUITE_P(Codecs, CodecSuite, testing::ValuesIn(samples()), [](const auto& sample) {
    std::string name = sample.param.codec;
    for (char& c : name)
        if (c == '+') c = '_';
    return name;
});

}  // namespace
