/// @file  The HTTP/1.1 server: Poco's sockets, TLS, one thread for each open connection from a
/// bounded pool, strict framing, deadlines for everything.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "gateway/log.h"
#include "http/limits.h"
#include "http/message.h"
#include "http/tls_refusals.h"
#include "tls/credentials.h"

namespace gateway::http {

struct ServerOptions {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;  ///< 0: any free one
    std::string socket;      ///< a unix-domain socket instead, readable by its owner alone
    std::shared_ptr<tls::Credentials> tls;  ///< null: plain
    /// Told of each peer that TLS turns away, beside the log. Any thread.
    TlsRefusals::Told tlsRefused;
    bool insecure = false;  ///< plain beyond loopback
    Limits limits;
    Wording wording;
    bool gzip = false;  ///< bodies with Content-Encoding: gzip are inflated, within `limits`
};

/// Requests of one connection are answered one after the other, pipelined ones in their order. At
/// the cap of connections the one that has been idle longest makes room; where none is, a new one
/// is answered with 503 and closed.
class Server {
public:
    /// @param log  outlives the server
    Server(ServerOptions options, Handler handler, Log& log, Gate gate = {});
    ~Server();

    /// @throws Error(unavailable) naming the address that cannot be listened on, Error(rejected)
    /// for TLS files that are not good or a plain address beyond loopback
    void start();
    /// Takes no new connection, ends idle ones, lets requests in hand end until `grace` is over,
    /// then cuts the connections. Returns when no handler runs any more.
    void stop(Milliseconds grace) noexcept;
    /// Since when stop() was called: handlers that wait should end.
    bool stopping() const;

    /// "127.0.0.1:40213" or the path of the unix-domain socket; after start().
    std::string address() const;
    std::size_t connections() const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// Whether a host name or address means this machine alone.
bool isLoopback(const std::string& host);

}  // namespace gateway::http
