/// @file  /metrics, /health/live and /health/ready, on an HTTP listener of their own and through
/// the admin socket.
#pragma once

#include <optional>
#include <string>

#include "http/server.h"
#include "watch/watch.h"

namespace gateway {

/// @return nothing when the path is none of these
std::optional<http::Response> watchAnswer(Watch& watch, const http::Request& request);

class WatchListener {
public:
    /// All but the options must outlive it.
    WatchListener(const http::ServerOptions& options, Watch& watch, Log& log);
    /// @throws Error(unavailable) naming the address
    void start();
    void stop();
    std::string address() const { return server_.address(); }

private:
    Log& log_;
    http::Server server_;
};

}  // namespace gateway
