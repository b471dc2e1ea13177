/// @file  The policy, asked again right before a delivery is sent, laid out or picked up.
#pragma once

#include "gateway/state.h"
#include "pipeline/setup.h"

namespace gateway {

struct Rechecked {
    bool send = true;
    DeliveryState otherwise = DeliveryState::closed;  ///< when it may not go
    Reason reason = {};
};

/// Whoever must wait for a person is set aside, so that nobody waits behind him: what the policy
/// would have to know cannot be trusted.
/// @throws Error(unavailable) when the store cannot be read now
Rechecked recheck(const Setup& setup, const Register& plans, const DeliveryHead& delivery);

}  // namespace gateway
