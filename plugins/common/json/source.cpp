#include "common/json/source.h"

#include <array>
#include <cstdint>
#include <cstring>

namespace json {
namespace {

bool digit(const char* at, const char* end) { return at != end && *at >= '0' && *at <= '9'; }

/// Past the digits at `at`; null if there are none.
const char* digits(const char* at, const char* end) {
    if (!digit(at, end)) return nullptr;
    while (digit(at, end)) ++at;
    return at;
}

/// Bytes that end the easy part of a string: quote, backslash, control.
constexpr std::array<bool, 256> kHard = [] {
    std::array<bool, 256> hard{};
    for (std::size_t c = 0; c < 0x20; ++c) hard[c] = true;
    hard['"'] = hard['\\'] = true;
    return hard;
}();

std::uint64_t eight(const char* at) {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof word);
    return word;
}

constexpr std::uint64_t all(std::uint64_t byte) { return byte * 0x0101010101010101u; }

/// Whether one of eight bytes is zero (high bits are as good as they need to be: it may say yes too
/// often, then the bytes are looked at one by one).
constexpr std::uint64_t zeroIn(std::uint64_t word) { return (word - all(1)) & ~word & all(0x80); }

bool hardIn(std::uint64_t word) {
    return (zeroIn(word ^ all('"')) | zeroIn(word ^ all('\\')) |
            ((word - all(0x20)) & ~word & all(0x80))) != 0;
}

}  // namespace

const char* numberAt(const char* at, const char* end) {
    if (at != end && *at == '-') ++at;
    if (!digit(at, end)) return nullptr;
    at = *at == '0' ? at + 1 : digits(at, end);
    if (at != end && *at == '.') at = digits(at + 1, end);
    if (at != nullptr && at != end && (*at == 'e' || *at == 'E')) {
        ++at;
        if (at != end && (*at == '+' || *at == '-')) ++at;
        at = digits(at, end);
    }
    return at;
}

const char* Source::numberEnd() const {
    const char* const number = numberAt(at_, end_);
    if (number == nullptr || number == end_) return number;
    const char c = *number;
    const bool goesOn = startsNumber(c) || c == '+' || c == '.' || c == 'e' || c == 'E';
    return goesOn ? nullptr : number;
}

char Source::takeNumber() {
    const char* const end = numberEnd();
    number_ = at_;
    at_ = end != nullptr ? end : at_ + 1;
    return end != nullptr ? '0' : kNoNumber;
}

char* Source::PutBegin() {
    inString_ = true;
    escaped_ = false;
    string_ = at_;
    while (end_ - at_ >= 8 && !hardIn(eight(at_))) at_ += 8;
    while (at_ != end_ && !kHard[static_cast<unsigned char>(*at_)]) ++at_;
    length_ = static_cast<std::size_t>(at_ - string_);
    return nullptr;
}

void Source::firstEscape(char c) {
    escaped_ = true;
    buffer_.assign(string_, length_);
    buffer_.push_back(c);
}

}  // namespace json
