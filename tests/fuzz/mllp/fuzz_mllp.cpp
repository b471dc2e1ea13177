/// Any bytes: the same frames however the stream is cut, and acknowledgements that can be framed
/// and read back.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/error.h"
#include "mllp/ack.h"
#include "mllp/framer.h"

namespace {
using gateway::Error;
using gateway::Fault;

constexpr std::size_t kMaxFrame = 1000;

void check(bool good) {
    if (!good) std::abort();
}

struct Taken {
    std::vector<std::string> frames;
    std::uint64_t skipped = 0;
    std::uint64_t abandoned = 0;
    bool tooLarge = false;
    friend bool operator==(const Taken&, const Taken&) = default;
};

Taken take(std::string_view stream, std::size_t piece) {
    mllp::Framer framer(kMaxFrame);
    Taken taken;
    try {
        for (; !stream.empty(); stream.remove_prefix(std::min(piece, stream.size()))) {
            std::string_view bytes = stream.substr(0, piece);
            while (std::optional<std::string> frame = framer.take(bytes))
                taken.frames.push_back(std::move(*frame));
            check(bytes.empty());
        }
    } catch (const Error&) {
        taken.tooLarge = true;
    }
    taken.skipped = framer.skipped();
    taken.abandoned = framer.abandoned();
    if (!taken.tooLarge && framer.lacksReturn()) taken.frames.push_back(framer.takeWithoutReturn());
    return taken;
}

void acknowledge(std::string_view message, const mllp::Verdict& verdict) {
    const mllp::Head head(message);
    const std::string ack = mllp::acknowledgement(head, verdict, gateway::Time{}, "ID");
    if (ack.empty()) return;  // the sender asks for none
    check(ack.size() < 20'000);
    check(std::all_of(ack.begin(), ack.end(),
                      [](char c) { return c == '\r' || static_cast<unsigned char>(c) >= ' '; }));
    mllp::checkFramable(ack);
    const mllp::Ack read = mllp::parseAck(ack);
    check(read.code.size() == 2);
    check(read.positive() == (verdict.kind == mllp::Verdict::Kind::accept));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::string_view stream = input.substr(1);
    const Taken whole = take(stream, stream.size() + 1);
    check(whole == take(stream, 1));
    check(whole == take(stream, std::size_t{data[0]} + 1));

    std::vector<std::string> messages = whole.frames;
    messages.emplace_back(stream);
    for (const std::string& message : messages) {
        mllp::parseAck(message);
        acknowledge(message, mllp::Verdict::accepted("stored, in progress"));
        acknowledge(message, mllp::Verdict::conflict());
        // The fuzzer's own words as place and text, too.
        const std::string words = message.substr(0, 40);
        acknowledge(message, mllp::Verdict::of(Error(Fault::malformed, words, words)));
        acknowledge(message, mllp::Verdict::of(Error(Fault::unavailable, "PID-3.1", words)));
    }
    return 0;
}
