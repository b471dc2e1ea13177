/// @file  Whether the other end can be reached: name, TCP, TLS, certificates, the protocol's hello.
#pragma once

#include <string>
#include <vector>

#include "gateway/error.h"
#include "gateway/time.h"
#include "tls/credentials.h"

namespace gateway {

/// Where a destination sends to, as far as it can be tried without sending anything.
struct Reach {
    std::string host;  ///< empty: no machine
    std::uint16_t port = 0;
    bool tls = false;
    tls::Options files;
    std::string url;   ///< of an HTTP server
    std::string path;  ///< of a folder
    Milliseconds within{5'000};
};

struct ReachStep {
    std::string name;  ///< "name", "tcp", "tls", "certificate", "ours", "hello", "folder"
    bool good = true;
    Reason text;  ///< what was found, or the cause
};

/// One after the other, to the first that fails. Sends no message.
std::vector<ReachStep> tryToReach(const Reach& reach);

}  // namespace gateway
