/// @file  What the answer of a peer over HTTP means for the delivery.
#pragma once

#include <string>

#include "gateway/transport.h"
#include "http/message.h"

namespace transport_http {

/// @param peer  "host:port", for errors
/// @return the answer, when the peer has taken responsibility
/// @throws Refused for what is the message's fault (400, 409, 412, 413, 415, 422 and other 4xx; an
/// entry of a batch- or transaction-response that failed by itself; a 2xx whose OperationOutcome
/// has an error), Deferred for what is the destination's (3xx, 401 to 408, 410,
/// 421, 423 to 426, 429, 431, 5xx; entries so; issues of the server), Error(uncertain) for a 2xx
/// whose JSON or XML cannot be read
gateway::Answer judged(gateway::http::Response response, const std::string& peer);

}  // namespace transport_http
