/// @file  What readers of text formats share: UTF-8 checked, places told by line and column.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace text {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// The first byte that is no UTF-8 (surrogates are none), or npos.
std::size_t badUtf8(std::string_view text);

/// "line 3, column 14" of a byte; columns in characters, both from 1.
std::string place(std::string_view text, std::size_t byte);

/// Cheap to make and mostly different for different names: to compare before the names themselves.
inline std::uint32_t signature(std::string_view name) {
    if (name.empty()) return 0;
    const auto byte = [&](std::size_t at) {
        return std::uint32_t{static_cast<unsigned char>(name[at])};
    };
    return (static_cast<std::uint32_t>(name.size()) & 0xFFu) | byte(0) << 8u |
           byte(name.size() / 2) << 16u | byte(name.size() - 1) << 24u;
}

}  // namespace text
