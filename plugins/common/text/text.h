/// @file  What readers of text formats share: UTF-8 checked, places told by line and column.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace text {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// The first byte that is no UTF-8 (surrogates are none), or npos.
std::size_t badUtf8(std::string_view text);

/// "line 3, column 14" of a byte; columns in characters, both from 1.
std::string place(std::string_view text, std::size_t byte);

}  // namespace text
