/// @file  What became of what a network's portal sent: per recipient sent, waiting, stopped or left
/// out and why, without content.
#pragma once

#include "gateway/store.h"
#include "http/message.h"

namespace transport_http {

/// application/json; docs/fhir-api.md has its members.
gateway::http::Response deliveryState(const gateway::MessageView& message, gateway::Spoken spoken);

}  // namespace transport_http
