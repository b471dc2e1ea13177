/// @file  What is sent to who wants to be told: an empty request, or a Bundle of the R5 backport.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "mailbox_subscription.h"

namespace transport_http {

struct Notice {
    enum class Kind { handshake, event, query };
    Kind kind = Kind::event;
    std::vector<std::string> deliveries;  ///< that wait, in order
    std::uint64_t before = 0;             ///< events told earlier
    gateway::Time at{};
};

gateway::http::Request noticeRequest(const Subscription& subscription, const Notice& notice);

/// The status of a subscription in a Bundle: notifications, handshakes and $status have it.
gateway::Bytes statusBundle(const Subscription& subscription, const Notice& notice);

}  // namespace transport_http
