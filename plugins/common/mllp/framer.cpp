#include "mllp/framer.h"

#include <algorithm>
#include <new>

#include "gateway/error.h"
#include "mllp/head.h"

namespace mllp {
namespace {

constexpr char kStart = '\x0b';
constexpr char kEnd = '\x1c';
constexpr char kReturn = '\r';
constexpr std::string_view kName = "MSH";
constexpr std::string_view kEndAlone = "\x1c\n";
constexpr std::size_t kFewestMarks = 2;
constexpr std::size_t kMostMarks = 5;
constexpr std::size_t kMostAbandoned = 8;
constexpr std::size_t kAbandonedHead = 2048;
constexpr std::size_t kSmall = std::size_t{256} << 10;

/// Where 0x1C 0x0D begins in `bytes`, or npos.
std::size_t endIn(std::string_view bytes) {
    for (std::size_t at = bytes.find(kEnd); at != bytes.npos; at = bytes.find(kEnd, at + 1))
        if (at + 1 < bytes.size() && bytes[at + 1] == kReturn) return at;
    return bytes.npos;
}

/// Behind 0x0B "MSH": the field separator, some encoding characters, the separator.
template <class Start>
Start delimitersIn(std::string_view text) {
    if (!std::all_of(text.begin(), text.end(), isMark)) return Start::no;
    if (text.size() < 2 || text.back() != text.front())
        return text.size() <= 1 + kMostMarks ? Start::perhaps : Start::no;
    return text.size() >= 2 + kFewestMarks ? Start::yes : Start::no;
}

[[noreturn]] void tooLarge(std::size_t most) {
    throw gateway::Error(
        gateway::Fault::rejected, "byte " + std::to_string(most),
        gateway::say("a frame may have {0} bytes at most", "un cadre peut avoir au plus {0} octets",
                     {std::to_string(most)}));
}

}  // namespace

std::optional<std::string> Framer::take(std::string_view& bytes) {
    if (!inFrame_ && !enter(bytes)) return std::nullopt;
    std::size_t end = 0;  // the next 0x1C, looked for once
    for (std::size_t at = 0; at < bytes.size();) {
        if (anew_ == 0 && (frame_.empty() || frame_.back() != kEnd)) {
            if (at == 0 || end < at) end = std::min(bytes.find(kEnd, at), bytes.size());
            const std::size_t data = std::min(bytes.substr(at, end - at).find(kStart), end - at);
            append(bytes.substr(at, data));
            at += data;
            if (at == bytes.size()) break;
        }
        if (!feed(bytes[at++])) continue;
        bytes.remove_prefix(at);
        return std::move(whole_);
    }
    bytes = {};
    return std::nullopt;
}

bool Framer::enter(std::string_view& bytes) {
    const std::size_t start = std::min(bytes.find(kStart), bytes.size());
    skipped_ += start;
    const std::string_view between = bytes.substr(0, start);
    if (between.find_first_not_of("\r\n\x1c") != between.npos) unframed_ += start;
    bytes.remove_prefix(start);
    if (bytes.empty()) return false;
    bytes.remove_prefix(1);
    inFrame_ = true;
    unframed_ = 0;
    return !bytes.empty();
}

/// Takes a byte that may mean something. @return whether whole_ is a frame now
bool Framer::feed(char byte) {
    if (byte == kReturn && !frame_.empty() && frame_.back() == kEnd) {
        frame_.pop_back();
        whole_ = finish();
        return true;
    }
    if (byte == kStart && frame_.empty()) {
        ++skipped_;  // the start twice
        return false;
    }
    append({&byte, 1});
    if (byte == kStart) anew_ = frame_.size();
    if (byte == kStart || anew_ == 0) return false;
    const Start start = startsAnew();
    if (start == Start::no) anew_ = 0;
    return start == Start::yes && startAnew();
}

Framer::Start Framer::startsAnew() const {
    const std::string_view frame = frame_;
    const std::string_view name = frame.substr(anew_, kName.size());
    if (!kName.starts_with(name)) return Start::no;
    if (name != kName) return Start::perhaps;
    const char before = frame[anew_ - 2];  // never the frame's first: a doubled start is skipped
    if (before == '\r' || before == '\n' || before == kEnd) return Start::yes;
    return delimitersIn<Start>(frame.substr(anew_ + kName.size()));
}

/// The size of an end without its 0x0D, 0x0A perhaps in its place, that the frame ends in; else 0.
std::size_t Framer::endAlone() const {
    if (frame_.ends_with(kEnd)) return 1;
    return frame_.ends_with(kEndAlone) ? kEndAlone.size() : 0;
}

bool Framer::lacksReturn() const {
    const std::size_t end = endAlone();
    return inFrame_ && end != 0 && frame_.size() - end <= most_ &&
           std::string_view(frame_).substr(0, frame_.size() - end).ends_with(kReturn);
}

/// @return whether the frame before was whole but for its 0x0D
bool Framer::startAnew() {
    std::string next = frame_.substr(anew_);
    frame_.resize(anew_ - 1);
    anew_ = 0;
    const std::size_t end = endAlone();
    const bool ended = end != 0;
    if (ended) {
        frame_.resize(frame_.size() - end);
        whole_ = finish();
        inFrame_ = true;
    } else {
        ++abandoned_;
        if (abandonedHeads_.size() < kMostAbandoned)
            abandonedHeads_.push_back(frame_.substr(0, kAbandonedHead));
    }
    frame_.swap(next);  // and the memory of what was given up goes
    return ended;
}

std::size_t Framer::abandonedBytes() const {
    std::size_t bytes = 0;
    for (const std::string& head : abandonedHeads_) bytes += head.size();
    return bytes;
}

void Framer::append(std::string_view part) {
    // So many bytes over the limit may still turn out to be the frame's end and the next one's
    // start.
    const std::size_t most = most_ + 2 + kName.size();
    const std::size_t size = frame_.size() + part.size();
    if (size > most) tooLarge(most_);
    if (size > frame_.capacity() && !frame_.empty()) {
        // A large frame gets all the addresses that it can ever need at once. Memory comes with
        // the bytes; growing would hold them twice while they are copied.
        try {
            frame_.reserve(size > kSmall ? most : std::max(size, frame_.capacity() * 2));
        } catch (const std::bad_alloc&) {  // addresses are rationed here (overcommit_memory=2)
            frame_.reserve(std::min(std::max(size, frame_.capacity() * 2), most));
        }
    }
    frame_.append(part);
}

std::string Framer::finish() {
    if (frame_.size() > most_) tooLarge(most_);
    std::string whole;
    whole.swap(frame_);
    inFrame_ = false;
    anew_ = 0;
    return whole;
}

std::string Framer::takeWithoutReturn() {
    endSize_ = endAlone();
    frame_.resize(frame_.size() - endSize_);
    return finish();
}

void Framer::resume(std::string frame) {
    frame_ = std::move(frame);
    frame_ += kEndAlone.substr(0, endSize_);
    inFrame_ = true;
}

void checkFramable(std::string_view body) {
    const std::size_t end = endIn(body);
    if (end != body.npos || (!body.empty() && body.back() == kEnd))
        throw gateway::Error(gateway::Fault::rejected,
                             "byte " + std::to_string(std::min(end, body.size() - 1)),
                             {"the message holds the bytes that end an MLLP frame",
                              "le message contient les octets qui terminent un cadre MLLP"});
}

void appendFrame(std::string& out, std::string_view body) {
    checkFramable(body);
    // Room doubles: reserving what is needed alone would copy all at each call.
    if (const std::size_t size = out.size() + body.size() + 3; size > out.capacity())
        out.reserve(out.empty() ? size : std::max(size, out.capacity() * 2));
    ((out += kFrameStart) += body) += kFrameEnd;
}

std::string framed(std::string_view body) {
    std::string out;
    appendFrame(out, body);
    return out;
}

}  // namespace mllp
