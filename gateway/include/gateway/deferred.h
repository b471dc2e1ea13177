/// @file  A peer that answers, and wants the delivery another time.
#pragma once

#include "gateway/transport.h"

namespace gateway {

/// Later with the peer's own words beside, for the store alone.
class GATEWAY_API Deferred : public Later {
public:
    Deferred(std::string where, const Reason& what, Milliseconds after, Answer answer);
    ~Deferred() override;
    const Answer answer;
};

}  // namespace gateway
