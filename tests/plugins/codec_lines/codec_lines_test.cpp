#include "support/plugins.h"

namespace {
using namespace gateway;
using testing::HasSubstr;
using testing::Not;

class CodecLines : public testing::Test {
protected:
    Document decode(const std::string& text) {
        Issues issues;
        return codec_->decode(Bytes::copy(text), issues);
    }
    std::string encode(const Document& document) {
        Sink out;
        gateway::Issues issues;
        codec_->encode(document, out, issues);
        return out.text();
    }

    support::Plugins plugins_{{"codec_lines"}};
    std::unique_ptr<Codec> codec_ = plugins_.codec("lines");
};

TEST_F(CodecLines, ReadsBackWhatItWrites) {
    for (const char* body : {"", "\n", "one\n", "one\n\ntwo\n"})
        EXPECT_EQ(body, encode(decode(body))) << "body: " << body;
}

TEST_F(CodecLines, SaysWhereALineIsCutAndNotWhatItHeld) {
    try {
        decode("one\nDOE^JANE");
        FAIL() << "accepted a line without ending";
    } catch (const Error& error) {
        EXPECT_EQ(Fault::malformed, error.fault);
        EXPECT_EQ("byte 4", error.where);
        EXPECT_THAT(error.what(), Not(HasSubstr("DOE")));
    }
}

}  // namespace
