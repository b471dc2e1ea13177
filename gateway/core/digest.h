/// @file  SHA-256 as text.
#pragma once

#include <string>
#include <string_view>

namespace gateway {

/// 64 hexadecimal digits. @throws Error(internal)
std::string sha256(std::string_view text);

}  // namespace gateway
