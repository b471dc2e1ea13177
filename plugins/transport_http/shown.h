/// @file  What a request shows of who is there.
#pragma once

#include "gateway/access.h"
#include "http/message.h"

namespace transport_http {

/// Where requests say for whom they come, unless an endpoint has a field of its own for that.
inline constexpr const char* kActsFor = "X-Acts-For";

/// Its facts, bearer token and for whom it says to act; it must outlive the result.
/// @throws gateway::Unproven for more than one Authorization, gateway::Error(rejected) for more
///   than one field that says for whom
gateway::Shown shownBy(const gateway::http::Request& head);

}  // namespace transport_http
