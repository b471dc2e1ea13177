/// @file  base64url without padding (RFC 7515 §2).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gateway::oauth {

/// Nothing for another alphabet, padding, and bits behind the last byte: one text for each value.
std::optional<std::string> fromBase64url(std::string_view text);
std::string toBase64url(std::string_view bytes);

}  // namespace gateway::oauth
