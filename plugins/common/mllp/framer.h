/// @file  MLLP's framing, 0x0B … 0x1C 0x0D, off a stream of bytes and onto it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mllp {

inline constexpr std::size_t kMaxFrame = std::size_t{64} << 20;

/// Takes frames off a stream, however it is cut. 0x1C 0x0D ends a frame; either of them alone, and
/// 0x0B, are data inside one. Two mistakes of senders are seen through: a frame that lacks its
/// final 0x0D, or has 0x0A in its place, ends where the next begins, 0x1C 0x0B "MSH"; and 0x0B
/// "MSH" without an end before it is a sender that starts anew: what it had begun is given up,
/// never joined with what follows. That is so behind a line end; within a line it is data, unless
/// the delimiters of a message follow. Whatever stands between frames is skipped and counted. Each
/// byte is looked at once, and copied once: into the frame's own text.
class Framer {
public:
    explicit Framer(std::size_t maxFrame = kMaxFrame) : most_(maxFrame) {}

    /// Takes bytes off the front of `bytes` until a frame is whole, which is returned, or nothing
    /// is left.
    /// @throws gateway::Error(rejected) when a frame grows over the limit; begun() then has its
    ///         first part, and the stream cannot be read on
    std::optional<std::string> take(std::string_view& bytes);
    /// Whether a frame has begun and not ended.
    bool inFrame() const { return inFrame_; }
    /// Whether what has begun ends like a message and lacks nothing but the final 0x0D: when
    /// nothing more comes, it may be taken as whole.
    bool lacksReturn() const;
    /// The frame that lacksReturn().
    std::string takeWithoutReturn();
    /// Takes that frame back when more of it has come; no other has begun since.
    void resume(std::string frame);
    /// What has come of the frame that is not whole yet.
    std::string_view begun() const { return frame_; }
    /// How many bytes outside of frames were skipped.
    std::uint64_t skipped() const { return skipped_; }
    /// How much has come since the last frame that belongs to none, line ends alone left out.
    std::size_t unframed() const { return unframed_; }
    /// How many frames were given up because their sender started anew.
    std::uint64_t abandoned() const { return abandoned_; }
    /// The heads of such frames since the last call, the first few, each in front of the frame that
    /// take() returned next.
    std::vector<std::string> takeAbandoned() { return std::exchange(abandonedHeads_, {}); }
    /// How many bytes it holds.
    std::size_t held() const { return frame_.size() + abandonedBytes(); }

private:
    bool enter(std::string_view& bytes);
    bool feed(char byte);
    enum class Start { no, perhaps, yes };
    Start startsAnew() const;
    bool startAnew();
    std::size_t abandonedBytes() const;
    std::size_t endAlone() const;
    void append(std::string_view part);
    std::string finish();

    std::size_t most_;
    std::string frame_;
    std::string whole_;
    std::size_t anew_ = 0;     ///< behind a 0x0B in frame_ that may start another; 0: none
    std::size_t endSize_ = 0;  ///< of the end of the frame that was taken without its 0x0D
    bool inFrame_ = false;
    std::size_t unframed_ = 0;
    std::uint64_t skipped_ = 0;
    std::uint64_t abandoned_ = 0;
    std::vector<std::string> abandonedHeads_;
};

/// @throws gateway::Error(rejected) when the body itself holds 0x1C 0x0D, or ends in 0x1C
void checkFramable(std::string_view body);
inline constexpr std::string_view kFrameStart = "\x0b";
inline constexpr std::string_view kFrameEnd = "\x1c\r";
/// Commit acknowledgements of MLLP release 2, in their frames: stored, and not stored.
inline constexpr std::string_view kCommit = "\x0b\x06\x1c\r";
inline constexpr std::string_view kNoCommit = "\x0b\x15\x1c\r";
/// Appends the body in its frame. @throws as checkFramable()
void appendFrame(std::string& out, std::string_view body);
std::string framed(std::string_view body);

}  // namespace mllp
