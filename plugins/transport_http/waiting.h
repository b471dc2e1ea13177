/// @file  Waiting for what becomes of a message, as long as the listener runs.
#pragma once

#include <atomic>
#include <string>

#include "gateway/transport.h"

namespace transport_http {

gateway::Progress waitFor(gateway::Inbox& inbox, const std::string& message, gateway::Stage stage,
                          gateway::Time deadline, const std::atomic<bool>& stopping);

}  // namespace transport_http
