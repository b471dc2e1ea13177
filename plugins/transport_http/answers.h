/// @file  What a sender over HTTP is told about what the inbox made of its request.
#pragma once

#include "gateway/transport.h"
#include "http/message.h"

namespace transport_http {

/// When all was stored and nothing more is waited for: 202, or 409 for an id used for other
/// content. Otherwise the status of the first fault, with an issue for each message.
gateway::http::Response answerTo(const gateway::Accepted& accepted, gateway::Spoken spoken);

/// The same after waiting: 200 when all are at that stage, 422 with the reason when one was
/// refused, 202 when one is still in progress.
/// @param progress  of each message of `accepted`, which are all stored
gateway::http::Response answerTo(const gateway::Accepted& accepted,
                                 const std::vector<gateway::Progress>& progress,
                                 gateway::Stage stage, gateway::Spoken spoken);

}  // namespace transport_http
