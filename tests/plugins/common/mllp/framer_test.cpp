#include "mllp/framer.h"

#include "gateway/error.h"

namespace {
using mllp::framed;
using mllp::Framer;
using testing::ElementsAre;
using Frames = std::vector<std::string>;

Frames takeAll(Framer& framer, std::string_view bytes) {
    Frames frames;
    while (std::optional<std::string> frame = framer.take(bytes)) frames.push_back(*frame);
    EXPECT_TRUE(bytes.empty());
    return frames;
}

TEST(Framer, TakesFramesCutAtEveryByte) {
    const std::string marks = "a\x0b\x1c\x1c\x0b\x1c";
    const std::string stream =
        "junk" + framed("one") + "\n" + framed("") + "\x0b" + marks + "\x1c\r" + framed("\r\r");
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        Framer framer;
        Frames frames = takeAll(framer, stream.substr(0, cut));
        for (std::string& frame : takeAll(framer, stream.substr(cut)))
            frames.push_back(std::move(frame));
        EXPECT_THAT(frames, ElementsAre("one", "", marks, "\r\r")) << "cut at " << cut;
        EXPECT_EQ(5U, framer.skipped());
        EXPECT_FALSE(framer.inFrame());
    }
}

TEST(Framer, TakesFramesThatComeByteByByte) {
    Framer framer;
    Frames frames;
    for (const char byte : framed("one") + "x" + framed("t\x1cwo"))
        for (std::string& frame : takeAll(framer, {&byte, 1})) frames.push_back(std::move(frame));
    EXPECT_THAT(frames, ElementsAre("one", "t\x1cwo"));
}

TEST(Framer, TakesFiftyFramesOfOneRead) {
    std::string stream;
    for (int i = 0; i < 50; ++i) mllp::appendFrame(stream, "message " + std::to_string(i));
    Framer framer;
    const Frames frames = takeAll(framer, stream);
    ASSERT_EQ(50U, frames.size());
    EXPECT_EQ("message 49", frames.back());
}

TEST(Framer, RefusesAFrameOverTheLimitAndKeepsItsBeginning) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{1000}}) {
        Framer exact(10);
        EXPECT_THAT(takeAll(exact, framed("0123456789")), ElementsAre("0123456789"));
        Framer framer(10);
        const std::string stream = framed("0123456789X");
        try {
            for (std::size_t at = 0; at < stream.size(); at += piece)
                takeAll(framer, std::string_view(stream).substr(at, piece));
            FAIL() << "took a frame over the limit";
        } catch (const gateway::Error& error) {
            EXPECT_EQ(gateway::Fault::rejected, error.fault);
            EXPECT_EQ("byte 10", error.where);
        }
    }
}

TEST(Framer, LimitsAFrameThatNeverEnds) {
    Framer framer(1000);
    const std::string part(100, '\x1c');
    EXPECT_THROW(
        {
            takeAll(framer, "\x0b");
            for (int i = 0; i < 20; ++i) takeAll(framer, part);
        },
        gateway::Error);
    EXPECT_LE(framer.begun().size(), 1001U);
}

TEST(Framer, TakesALargeFrameInSmallPiecesInLinearTime) {
    const std::string body(std::size_t{32} << 20, '\x1c');
    const std::string stream = "\x0b" + body + "\x1c\r";
    const auto begin = std::chrono::steady_clock::now();
    Framer framer;
    Frames frames;
    for (std::size_t at = 0; at < stream.size(); at += 1000)
        for (std::string& frame : takeAll(framer, std::string_view(stream).substr(at, 1000)))
            frames.push_back(std::move(frame));
    ASSERT_EQ(1U, frames.size());
    EXPECT_TRUE(body == frames[0]);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

TEST(FrameWriter, RefusesABodyThatWouldEndItsFrame) {
    EXPECT_EQ("\x0bMSH\x1c\r", framed("MSH"));
    EXPECT_THROW(framed("a\x1c\rb"), gateway::Error);
    EXPECT_THROW(framed("a\x1c"), gateway::Error);
    EXPECT_NO_THROW(
        framed("a\x1c"
               "b\x0b\r"));
}

}  // namespace
