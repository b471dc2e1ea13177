#include "link.h"

#include <algorithm>
#include <array>

namespace transport_mllp {
using mllp::Clock;
using mllp::Stream;

namespace {

constexpr std::size_t kMaxAnswer = std::size_t{1} << 20;
constexpr std::uint64_t kMostJunk = std::uint64_t{64} << 10;
/// How long the last byte of a frame may be behind those before it.
constexpr auto kLastByte = std::chrono::seconds(1);

}  // namespace

Link::Link(std::unique_ptr<Stream> stream) : stream_(std::move(stream)), framer_(kMaxAnswer) {}

Link::Got Link::read(std::string& frame, Clock::time_point deadline) {
    std::array<char, 4096> buffer;
    for (;;) {
        std::string_view bytes = rest_;
        std::optional<std::string> whole = framer_.take(bytes);
        rest_.erase(0, rest_.size() - bytes.size());
        if (whole) {
            frame = std::move(*whole);
            return Got::frame;
        }
        if (framer_.skipped() > kMostJunk) return Got::junk;
        const auto patience = framer_.lacksReturn() ? Clock::now() + kLastByte : deadline;
        std::size_t got = 0;
        const Stream::Read read =
            stream_->read(buffer.data(), buffer.size(), got, std::min(deadline, patience));
        if (read == Stream::Read::data) {
            rest_.assign(buffer.data(), got);
            continue;
        }
        if (framer_.lacksReturn()) {
            frame = framer_.takeWithoutReturn();
            return Got::frame;
        }
        return read == Stream::Read::closed ? Got::closed : Got::nothing;
    }
}

}  // namespace transport_mllp
