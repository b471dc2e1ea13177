/// @file  Host names to addresses, within a deadline.
#pragma once

#include <sys/socket.h>

#include <string>
#include <vector>

#include "mllp/stream.h"

namespace mllp {

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t length = 0;

    sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
    socklen_t size() const { return length; }
    int family() const { return storage.ss_family; }
    /// As numbers.
    Address address() const;
};

struct Resolved {
    std::vector<SocketAddress> addresses;
    gateway::Reason cause;  ///< why there are none
};

/// The resolver of the system knows no deadline: it is asked by a thread that may outlive the call.
Resolved resolve(const Address& address, Clock::time_point deadline);

}  // namespace mllp
