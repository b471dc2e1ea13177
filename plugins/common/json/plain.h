/// @file  How far a string needs neither escape nor care.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace json {

/// Past the bytes at `at` that are neither quote, backslash nor control.
inline const char* plainEnd(const char* at, const char* end) {
    constexpr auto all = [](std::uint64_t byte) { return byte * 0x0101010101010101u; };
    constexpr auto zeroIn = [all](std::uint64_t word) { return (word - all(1)) & ~word; };
    if constexpr (std::endian::native == std::endian::little) {
        while (end - at >= 8) {
            std::uint64_t word;
            std::memcpy(&word, at, sizeof word);
            // The lowest mark is that of the first such byte; above it there may be false ones.
            const std::uint64_t hard = (zeroIn(word ^ all('"')) | zeroIn(word ^ all('\\')) |
                                        ((word - all(0x20)) & ~word)) &
                                       all(0x80);
            if (hard != 0) return at + std::countr_zero(hard) / 8;
            at += 8;
        }
    }
    while (at != end && static_cast<unsigned char>(*at) >= 0x20 && *at != '"' && *at != '\\') ++at;
    return at;
}

}  // namespace json
