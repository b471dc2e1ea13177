/// @file  What one HTTP listener allows.
#pragma once

#include <cstdint>
#include <optional>

#include "gateway/time.h"

namespace gateway::http {

/// At most so many in so long.
struct RequestRate {
    unsigned most = 1;
    Milliseconds per{1'000};
};

struct Limits {
    std::size_t headerBytes = 16 << 10;  ///< request line and header fields together
    std::size_t headerCount = 100;
    std::size_t targetBytes = 8 << 10;
    std::uint64_t bodyBytes = 64ull << 20;
    /// Bodies over 1 MiB that are being read at one time, all connections together.
    std::uint64_t bigBodies = 256ull << 20;
    Milliseconds header{10'000};  ///< from the first byte (or the connection) to the header's end
    Milliseconds body{30'000};    ///< from there to the body's end
    Milliseconds idle{30'000};    ///< between two requests
    Milliseconds write{30'000};   ///< for one whole answer
    unsigned connections = 500;
    unsigned perPeer = 100;  ///< connections from one address
    unsigned atOncePerPeer =
        64;  ///< of their requests that are being answered; others wait their turn
    std::optional<RequestRate> requestsPerPeer;  ///< over it: 429
    /// Bytes a second that a body must come with and an answer be taken with, once `slowStart` is
    /// over.
    std::uint64_t leastRate = 1024;
    Milliseconds slowStart{5'000};
};

}  // namespace gateway::http
