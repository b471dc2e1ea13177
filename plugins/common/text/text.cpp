#include "common/text/text.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace text {

namespace {

std::uint64_t eight(const char* at) {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof word);
    return word;
}

/// Past the bytes below 0x80 at `at`, by words; some may be left.
std::size_t skipAscii(std::string_view text, std::size_t at) {
    constexpr std::uint64_t kHigh = 0x8080808080808080u;
    const char* const data = text.data();
    while (text.size() - at >= 32) {
        const char* const from = data + at;
        if (((eight(from) | eight(from + 8) | eight(from + 16) | eight(from + 24)) & kHigh) != 0)
            break;
        at += 32;
    }
    while (text.size() - at >= 8 && (eight(data + at) & kHigh) == 0) at += 8;
    return at;
}

bool follows(std::string_view text, std::size_t at, std::size_t count) {
    if (text.size() - at < count) return false;
    for (std::size_t i = 0; i < count; ++i)
        if ((static_cast<unsigned char>(text[at + i]) & 0xC0u) != 0x80u) return false;
    return true;
}

}  // namespace

std::size_t badUtf8(std::string_view text) {
    for (std::size_t at = skipAscii(text, 0); at < text.size();) {
        const auto c = static_cast<unsigned char>(text[at]);
        if (c < 0x80) {
            at = skipAscii(text, at + 1);
            continue;
        }
        const std::size_t more = c < 0xC2 ? 0u : c < 0xE0 ? 1u : c < 0xF0 ? 2u : c < 0xF5 ? 3u : 0u;
        if (more == 0 || !follows(text, at + 1, more)) return at;
        const auto second = static_cast<unsigned char>(text[at + 1]);
        const bool wrong = (c == 0xE0 && second < 0xA0) || (c == 0xED && second > 0x9F) ||
                           (c == 0xF0 && second < 0x90) || (c == 0xF4 && second > 0x8F);
        if (wrong) return at;
        at += more + 1;
    }
    return std::string_view::npos;
}

std::string place(std::string_view text, std::size_t byte) {
    const std::string_view before = text.substr(0, std::min(byte, text.size()));
    const auto lines = std::count(before.begin(), before.end(), '\n');
    const std::size_t lineBreak = before.rfind('\n');
    std::string_view line = before.substr(lineBreak == before.npos ? 0 : lineBreak + 1);
    if (lines == 0 && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
    const auto characters = std::count_if(line.begin(), line.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u;
    });
    return "line " + std::to_string(lines + 1) + ", column " + std::to_string(characters + 1);
}

}  // namespace text
