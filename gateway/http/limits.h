/// @file  What one HTTP listener allows.
#pragma once

#include <cstdint>

#include "gateway/time.h"

namespace gateway::http {

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
};

}  // namespace gateway::http
