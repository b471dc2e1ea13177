/// @file  Content-Encoding: gzip comes in (the server inflates it within its limits) and goes out.
#pragma once

#include <optional>

#include "http/message.h"

namespace transport_http {

/// 415 for an encoding other than gzip.
std::optional<gateway::http::Response> refuseEncoding(const gateway::http::Headers& headers);

/// The answer as gzip where the request takes it and it is worth it.
gateway::http::Response encoded(const gateway::http::Request& request,
                                gateway::http::Response answer);

}  // namespace transport_http
