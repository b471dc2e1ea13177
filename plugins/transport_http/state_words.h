/// @file  The states of messages and deliveries, as people read them.
#pragma once

#include "gateway/error.h"
#include "gateway/state.h"

namespace transport_http {

gateway::Reason wordsOf(gateway::MessageState state);
gateway::Reason wordsOf(gateway::DeliveryState state);

}  // namespace transport_http
