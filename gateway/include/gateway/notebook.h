/// @file  Short texts that outlive a restart and go with a backup: what the gateway or one of its
/// transports has learned, whom it has told what.
#pragma once

#include <string>
#include <string_view>

#include "gateway/bytes.h"

namespace gateway {

/// Offered by the built-in store. Never a value of a message. Keys begin with the name of who keeps
/// them.
class GATEWAY_API Notebook {
public:
    virtual ~Notebook();
    /// Empty when there is none. @throws Error(unavailable)
    virtual std::string note(std::string_view key) = 0;
    /// Durable on return. @throws Error(unavailable)
    virtual void setNote(std::string_view key, std::string_view text) = 0;
};

}  // namespace gateway
