/// @file  Idempotency-Key: the sender's id of what it sends.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/error.h"
#include "http/message.h"

namespace transport_http {

inline constexpr std::string_view kKeyHeader = "Idempotency-Key";

/// Of one entry of what was sent under that key.
std::string keyOfEntry(std::string_view key, std::size_t number);

/// Nothing when it is good, or absent.
std::optional<gateway::Reason> badKey(const gateway::http::Headers& headers);

}  // namespace transport_http
