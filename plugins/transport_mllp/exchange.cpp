#include "exchange.h"

#include <array>
#include <optional>

#include "mllp/ack.h"
#include "mllp/framer.h"

namespace transport_mllp {
using namespace gateway;
using mllp::Stream;

namespace {

constexpr std::size_t kMaxAnswer = std::size_t{1} << 20;
constexpr std::size_t kCopyLimit = std::size_t{256} << 10;

void write(Stream& stream, std::string_view body, mllp::Clock::time_point deadline) {
    if (body.size() <= kCopyLimit) return stream.write(mllp::framed(body), deadline);
    for (const std::string_view part : {mllp::kFrameStart, body, mllp::kFrameEnd})
        stream.write(part, deadline);
}

/// The first frame that comes, or why none came.
std::optional<std::string> readFrame(Stream& stream, mllp::Clock::time_point deadline,
                                     std::string& cause) {
    mllp::Framer framer(kMaxAnswer);
    std::array<char, 4096> buffer;
    for (;;) {
        std::size_t got = 0;
        switch (stream.read(buffer.data(), buffer.size(), got, deadline)) {
            case Stream::Read::late: cause = "no answer in time"; return std::nullopt;
            case Stream::Read::closed:
                cause = "the peer closed the connection without a whole answer";
                return std::nullopt;
            case Stream::Read::data: break;
        }
        std::string_view bytes(buffer.data(), got);
        if (std::optional<std::string> frame = framer.take(bytes)) return frame;
        if (framer.skipped() > kMaxAnswer) {
            cause = "what the peer says is not MLLP";
            return std::nullopt;
        }
    }
}

}  // namespace

Answer exchange(Stream& stream, const std::string& peer, const Bytes& body,
                const std::string& controlId, mllp::Clock::time_point deadline) {
    mllp::checkFramable(body.view());
    const std::uint64_t before = stream.sent();
    std::string cause;
    std::optional<std::string> frame;
    try {
        write(stream, body.view(), deadline);
        frame = readFrame(stream, deadline, cause);
    } catch (const Error& error) {
        const bool sent = stream.sent() != before && !stream.refused();
        throw Error(sent ? Fault::uncertain : Fault::unavailable, peer, error.what());
    }
    if (!frame) throw Error(Fault::uncertain, peer, cause);
    const mllp::Ack ack = mllp::parseAck(*frame);
    if (ack.code.empty())
        throw Error(Fault::uncertain, peer, "the peer's answer is no acknowledgement");
    if (!controlId.empty() && ack.controlId != controlId)
        throw Error(Fault::uncertain, peer, "the peer's answer is to another message (MSA-2)");
    Answer answer{Bytes(std::move(*frame)), ack.code};
    if (!ack.positive())
        throw Refused(peer, "the peer refused the message with " + ack.code, std::move(answer));
    return answer;
}

}  // namespace transport_mllp
