/// @file  What the answer of a peer over HTTP means for the delivery.
#pragma once

#include <string>

#include "gateway/transport.h"
#include "http/message.h"

namespace transport_http {

/// @param peer  "host:port", for errors
/// @return the answer, when the peer has taken responsibility
/// @throws Refused for what is the message's fault (400, 409, 412, 422, an entry of a
/// transaction-response that failed), Error(unavailable) for what is the destination's (redirects,
/// 401, 403, 404, 405, 408, 429, 5xx), Error(uncertain) for a 2xx whose JSON cannot be read
gateway::Answer judged(gateway::http::Response response, const std::string& peer);

}  // namespace transport_http
