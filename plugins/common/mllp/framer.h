/// @file  MLLP's framing, 0x0B … 0x1C 0x0D, off a stream of bytes and onto it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mllp {

inline constexpr std::size_t kMaxFrame = std::size_t{64} << 20;

/// Takes frames off a stream, however it is cut. Only 0x1C followed by 0x0D ends a frame; either of
/// them alone, and 0x0B, are data inside one. Whatever stands between frames is skipped and
/// counted. Each byte is looked at once, and copied once: into the frame's own text.
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
    /// What has come of the frame that is not whole yet.
    std::string_view begun() const { return frame_; }
    /// How many bytes outside of frames were skipped.
    std::uint64_t skipped() const { return skipped_; }

private:
    void append(std::string_view part);
    std::string finish();

    std::size_t most_;
    std::string frame_;
    bool inFrame_ = false;
    std::uint64_t skipped_ = 0;
};

/// @throws gateway::Error(rejected) when the body itself holds 0x1C 0x0D, or ends in 0x1C
void checkFramable(std::string_view body);
inline constexpr std::string_view kFrameStart = "\x0b";
inline constexpr std::string_view kFrameEnd = "\x1c\r";
/// Appends the body in its frame. @throws as checkFramable()
void appendFrame(std::string& out, std::string_view body);
std::string framed(std::string_view body);

}  // namespace mllp
