/// @file  A connection to a peer, and what came on it that nobody has looked at yet.
#pragma once

#include <memory>
#include <string>

#include "mllp/framer.h"
#include "mllp/stream.h"

namespace transport_mllp {

/// Used by one thread at a time. Frames that come together, or ahead of the message that they are
/// not about, are not lost between two exchanges.
class Link {
public:
    enum class Got { frame, nothing, closed, junk };

    explicit Link(std::unique_ptr<mllp::Stream> stream);

    mllp::Stream& stream() { return *stream_; }
    /// The next frame that comes before the deadline; one that lacks its final 0x0D is taken when
    /// nothing follows. What stands between frames is passed over; too much of it is junk.
    /// @throws gateway::Error when the connection fails or a frame is too large
    Got read(std::string& frame, mllp::Clock::time_point deadline);
    /// The answer that settled the last message on this connection: peers that say it twice mean
    /// nothing by it.
    const std::string& lastAnswer() const { return lastAnswer_; }
    void answered(std::string frame) { lastAnswer_ = std::move(frame); }
    /// Whether a byte is here that read() has not looked at.
    bool hasMore() const { return !rest_.empty(); }

private:
    std::unique_ptr<mllp::Stream> stream_;
    mllp::Framer framer_;
    std::string rest_;
    std::string lastAnswer_;
};

}  // namespace transport_mllp
