/// @file  Host names to addresses, within a deadline.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "gateway/error.h"

namespace gateway::net {

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t length = 0;

    sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
    socklen_t size() const { return length; }
    int family() const { return storage.ss_family; }
    /// Host and port as numbers.
    std::pair<std::string, std::uint16_t> numbers() const;
};

struct Resolved {
    std::vector<SocketAddress> addresses;
    Reason cause;  ///< why there are none
};

/// The resolver of the system knows no deadline: it is asked by a thread that may outlive the call.
Resolved resolve(const std::string& host, std::uint16_t port,
                 std::chrono::steady_clock::time_point deadline);

/// Until when one of `left` addresses may be tried, so that one that is silent leaves time for the
/// others.
std::chrono::steady_clock::time_point turn(std::chrono::steady_clock::time_point now,
                                           std::chrono::steady_clock::time_point deadline,
                                           std::size_t left);

}  // namespace gateway::net
