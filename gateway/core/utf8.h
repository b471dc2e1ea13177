/// @file  Well-formed UTF-8.
#pragma once

#include <cstddef>
#include <string_view>

namespace gateway {

/// Bytes of the UTF-8 sequence that starts `rest` (not empty), or 0 when none does.
std::size_t utf8Sequence(std::string_view rest);

}  // namespace gateway
