/// @file  Many senders in one thread, as lean as they can be: they share the machine with what is
/// measured.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "mllp/stream.h"

namespace bench {

namespace tls = gateway::tls;

/// An invented ORU^R01 of that size.
std::string message(const std::string& controlId, std::size_t bytes);

struct Load {
    int connections = 32;
    int window = 64;  ///< frames in flight on each
    std::uint64_t messages = 0;
    std::size_t bytes = 1024;
};

struct Result {
    double seconds = 0;
    std::uint64_t answered = 0;
    std::uint64_t wrong = 0;  ///< answers that are not AA
};

/// Sends `load` to the port; one thread, non-blocking sockets.
Result run(std::uint16_t port, const Load& load, const tls::Context* tls);

/// Open connections that do nothing more.
class Idle {
public:
    /// @param start  sent on each
    Idle(std::uint16_t port, int count, const tls::Context* tls, const std::string& start);
    /// One more byte on each.
    void trickle();

private:
    std::vector<std::unique_ptr<mllp::Stream>> streams_;
};

}  // namespace bench
