#include "mllp/framer.h"

#include <algorithm>

#include "gateway/error.h"

namespace mllp {
namespace {

constexpr char kStart = '\x0b';
constexpr char kEnd = '\x1c';
constexpr char kReturn = '\r';

/// Where 0x1C 0x0D begins in `bytes`, or npos.
std::size_t endIn(std::string_view bytes) {
    for (std::size_t at = bytes.find(kEnd); at != bytes.npos; at = bytes.find(kEnd, at + 1))
        if (at + 1 < bytes.size() && bytes[at + 1] == kReturn) return at;
    return bytes.npos;
}

}  // namespace

std::optional<std::string> Framer::take(std::string_view& bytes) {
    if (!inFrame_) {
        const std::size_t start = bytes.find(kStart);
        skipped_ += std::min(start, bytes.size());
        bytes.remove_prefix(std::min(start, bytes.size()));
        if (bytes.empty()) return std::nullopt;
        bytes.remove_prefix(1);
        inFrame_ = true;
    }
    if (bytes.empty()) return std::nullopt;
    if (!frame_.empty() && frame_.back() == kEnd && bytes.front() == kReturn) {
        frame_.pop_back();  // the end was cut in two
        bytes.remove_prefix(1);
        return finish();
    }
    const std::size_t end = endIn(bytes);
    append(bytes.substr(0, end));
    if (end == bytes.npos) {
        bytes = {};
        return std::nullopt;
    }
    bytes.remove_prefix(end + 2);
    return finish();
}

void Framer::append(std::string_view part) {
    // One byte more than the limit may be the first of the two that end the frame.
    const std::size_t size = frame_.size() + part.size();
    if (size > most_ + 1)
        throw gateway::Error(gateway::Fault::rejected, "byte " + std::to_string(most_),
                             "a frame may have " + std::to_string(most_) + " bytes at most");
    if (size > frame_.capacity() && !frame_.empty())
        frame_.reserve(std::min(std::max(size, frame_.capacity() * 2), most_ + 1));
    frame_.append(part);
}

std::string Framer::finish() {
    if (frame_.size() > most_)
        throw gateway::Error(gateway::Fault::rejected, "byte " + std::to_string(most_),
                             "a frame may have " + std::to_string(most_) + " bytes at most");
    std::string whole;
    whole.swap(frame_);
    inFrame_ = false;
    return whole;
}

void checkFramable(std::string_view body) {
    const std::size_t end = endIn(body);
    if (end != body.npos || (!body.empty() && body.back() == kEnd))
        throw gateway::Error(gateway::Fault::rejected,
                             "byte " + std::to_string(std::min(end, body.size() - 1)),
                             "the message holds the bytes that end an MLLP frame");
}

void appendFrame(std::string& out, std::string_view body) {
    checkFramable(body);
    out.reserve(out.size() + body.size() + 3);
    ((out += kFrameStart) += body) += kFrameEnd;
}

std::string framed(std::string_view body) {
    std::string out;
    appendFrame(out, body);
    return out;
}

}  // namespace mllp
