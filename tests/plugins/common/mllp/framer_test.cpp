#include "mllp/framer.h"

#include "gateway/error.h"
#include "support/sanitized.h"

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

/// What a stream holds, whatever the reads it comes in.
struct Stream {
    const char* what;
    std::string bytes;
    Frames frames;
    std::uint64_t skipped = 0;
    std::uint64_t abandoned = 0;
    bool open = false;  ///< a frame has begun and not ended
};

std::vector<Stream> streams() {
    const std::string marks = "a\x0b\x1c\x1c\x0b\x1c\x0b\x1cMS\x0bMS\x0b";
    const std::string start = "\x0b";
    const std::string one = "MSH|^~\\&|A\rPID|1\r";
    const std::string two = "MSH|^~\\&|B\r";
    return {
        {"nothing", "", {}},
        {"one frame", framed(one), {one}},
        {"three frames", framed(one) + framed(two) + framed(one), {one, two, one}},
        {"junk before, between and after",
         "junk\r\x1c\r" + framed(one) + "\r\n" + framed(two) + "\x1c\r\n",
         {one, two},
         12},
        {"no last segment end", framed("MSH|^~\\&|A\rPID|1"), {"MSH|^~\\&|A\rPID|1"}},
        {"marks inside data", framed(marks) + framed(one), {marks, one}},
        {"an end whose return is doubled", framed("\r\r") + "\r" + framed(one), {"\r\r", one}, 1},
        {"empty frames", framed("") + framed("") + framed(one), {"", "", one}},
        {"a message without framing", one + framed(two), {two}, one.size()},
        {"the start twice", start + framed(one) + start + start + framed(two), {one, two}, 3},
        {"the start alone before an end", start + framed(""), {""}, 1},
        {"no return after the end", start + one + "\x1c" + framed(two), {one, two}},
        {"no return after an empty frame", start + "\x1c" + framed(two), {"", two}},
        {"a line feed instead of the return", start + one + "\x1c\n" + framed(two), {one, two}},
        {"a sender that starts anew",
         start + "MSH|^~\\&|A\rPI" + framed(two) + framed(one),
         {two, one},
         0,
         1},
        {"a start within a line",
         framed(one + "NTE|1||a\x0bMSH|b\r") + framed(two),
         {one + "NTE|1||a\x0bMSH|b\r", two}},
        {"starts within lines that are none",
         framed("a\x0bMSH||b\x0bMSH|^|c\x0bMSH|^~\\&#!|d\x0bMSHA\x0bMSH|^~ |e\x0bMSH|^~"),
         {"a\x0bMSH||b\x0bMSH|^|c\x0bMSH|^~\\&#!|d\x0bMSHA\x0bMSH|^~ |e\x0bMSH|^~"}},
        {"a sender that starts anew behind a line",
         start + one + framed("MSH") + framed(two),
         {"MSH", two},
         0,
         1},
        {"a sender that starts anew twice, in other delimiters",
         start + "MSH|^~\\&|A\rPI\x0bMSH|^~" + framed("MSH#*%!?#B\r"),
         {"MSH#*%!?#B\r"},
         0,
         1},
        {"a frame that goes on", framed(one) + start + two, {one}, 0, 0, true},
        {"bytes alone", "\x0b\x06\x1c\r\x0b\x15\x1c\r", {"\x06", "\x15"}},
    };
}

void expectHeld(const Stream& stream, const std::vector<std::size_t>& cuts) {
    Framer framer;
    Frames frames;
    std::size_t at = 0;
    for (const std::size_t cut : cuts) {
        for (std::string& frame :
             takeAll(framer, std::string_view(stream.bytes).substr(at, cut - at)))
            frames.push_back(std::move(frame));
        at = cut;
    }
    EXPECT_EQ(stream.frames, frames) << stream.what << ", cut at " << cuts[0];
    EXPECT_EQ(stream.skipped, framer.skipped()) << stream.what << ", cut at " << cuts[0];
    EXPECT_EQ(stream.abandoned, framer.abandoned()) << stream.what << ", cut at " << cuts[0];
    EXPECT_EQ(stream.open, framer.inFrame()) << stream.what << ", cut at " << cuts[0];
}

TEST(Framer, TakesTheSameFramesWhereverTheStreamIsCut) {
    for (const Stream& stream : streams()) {
        const std::size_t size = stream.bytes.size();
        for (std::size_t first = 0; first <= size; ++first) {
            expectHeld(stream, {first, size});
            for (std::size_t second = first; second <= size; ++second)
                expectHeld(stream, {first, second, size});
        }
        std::vector<std::size_t> everywhere(size + 1);
        for (std::size_t i = 0; i <= size; ++i) everywhere[i] = i;
        expectHeld(stream, everywhere);
    }
}

TEST(Framer, KnowsAFrameThatLacksItsReturnAlone) {
    Framer framer;
    takeAll(framer, "\x0bMSH|^~\\&|A\r");
    EXPECT_FALSE(framer.lacksReturn());
    takeAll(framer, "\x1c");
    ASSERT_TRUE(framer.lacksReturn());
    EXPECT_EQ("MSH|^~\\&|A\r", framer.takeWithoutReturn());
    EXPECT_FALSE(framer.inFrame());
    EXPECT_THAT(takeAll(framer, "\r" + framed("two")), ElementsAre("two"));
    takeAll(framer, "\x0bMSH|^~\\&|A\r\x1c\n");
    ASSERT_TRUE(framer.lacksReturn());
    EXPECT_EQ("MSH|^~\\&|A\r", framer.takeWithoutReturn());
    takeAll(framer, "\x0b value with \x1c");  // within a segment: data
    EXPECT_FALSE(framer.lacksReturn());
}

TEST(Framer, GoesOnWithAFrameThatItGaveTooEarly) {
    for (const char* const end : {"\x1c", "\x1c\n"}) {
        Framer framer;
        takeAll(framer, "\x0bMSH|^~\\&|A\r" + std::string(end));
        framer.resume(framer.takeWithoutReturn());
        EXPECT_THAT(takeAll(framer, "rest\r\x1c\r" + framed("two")),
                    ElementsAre("MSH|^~\\&|A\r" + std::string(end) + "rest\r", "two"));
    }
}

TEST(Framer, GivesTheHeadsOfFramesThatWereGivenUp) {
    Framer framer;
    const std::string begun = "MSH|^~\\&|A\rPID|";
    EXPECT_THAT(takeAll(framer, "\x0b" + begun + framed("MSH|^~\\&|B\r")),
                ElementsAre("MSH|^~\\&|B\r"));
    EXPECT_THAT(framer.takeAbandoned(), ElementsAre(begun));
    EXPECT_THAT(framer.takeAbandoned(), testing::IsEmpty());
    std::string many = "\x0b";
    for (int i = 0; i < 100; ++i) many += "MSH|^~\\&|A" + std::string(50'000, 'x') + "\r\x0b";
    takeAll(framer, many + "MSH|");
    EXPECT_EQ(101U, framer.abandoned());
    EXPECT_LT(framer.held(), 20'000U);
    EXPECT_LE(framer.takeAbandoned().size(), 10U);
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
    EXPECT_LE(framer.begun().size(), 1005U);
}

TEST(Framer, TakesALargeFrameInSmallPiecesInLinearTime) {
    const std::string body(std::size_t{support::kSanitized ? 8 : 32} << 20, '\x1c');
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

TEST(Framer, CountsWhatBelongsToNoFrameSinceTheLast) {
    Framer framer;
    takeAll(framer, "\r\nMSH|");
    EXPECT_EQ(6U, framer.unframed());
    takeAll(framer, "^~");
    EXPECT_EQ(8U, framer.unframed());
    takeAll(framer, framed("one") + "\r\n\n");
    EXPECT_EQ(0U, framer.unframed());
    EXPECT_EQ(11U, framer.skipped());
}

TEST(Framer, HoldsALargeFrameOnce) {
    // Addresses are taken at once, memory comes with the bytes: growing never copies them.
    Framer framer(std::size_t{64} << 20);
    const std::string part(std::size_t{64} << 10, 'x');
    takeAll(framer, "\x0b");
    const char* place = nullptr;
    for (int i = 0; i < 800; ++i) {
        takeAll(framer, part);
        if (framer.begun().size() < std::size_t{1} << 20) continue;
        if (place == nullptr) place = framer.begun().data();
        ASSERT_EQ(place, framer.begun().data());
    }
    const Frames frames = takeAll(framer, "\x1c\r");
    ASSERT_EQ(1U, frames.size());
    EXPECT_EQ(800 * part.size(), frames[0].size());
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
