/// @file  HTTP's Retry-After (RFC 9110 §10.2.3): seconds, or a date.
#pragma once

#include "gateway/time.h"
#include "http/message.h"

namespace transport_http {

/// What is asked for, at most a day; zero when nothing is, or it cannot be read. A date is taken
/// against the peer's own Date, so that its clock need not be ours.
gateway::Milliseconds retryAfter(const gateway::http::Headers& headers, gateway::Time now);

}  // namespace transport_http
