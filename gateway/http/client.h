/// @file  HTTP/1.1 out: one server, a pool of connections that stay open, one deadline for a whole
/// exchange.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "http/message.h"
#include "http/stream.h"
#include "tls/credentials.h"

namespace gateway::http {

/// "https://host:8443/path": its parts.
struct Url {
    bool tls = false;
    std::string host;  ///< a name or an address, without brackets
    std::uint16_t port = 0;
    std::string target;  ///< path and query; at least "/"
    /// "host:port", brackets around an IPv6 address.
    std::string authority() const;
};

/// @throws Error(malformed) for anything but http and https, user names and fragments included
Url parsedUrl(std::string_view text);

struct ClientOptions {
    Url server;                             ///< its target is not looked at
    std::string local;                      ///< path of a unix-domain socket instead
    std::shared_ptr<tls::Credentials> tls;  ///< null: believes whom the system does, shows none
    Milliseconds connectWithin{5'000};
    Milliseconds keepIdle{15'000};  ///< a connection unused for longer is not used again
    std::uint64_t answerBytes = 16ull << 20;
    std::size_t connections = 4;  ///< that stay open while nobody uses them
};

/// Many threads; each exchange has a connection of its own.
class Client {
public:
    explicit Client(ClientOptions options);
    ~Client();

    /// Sends and waits for the whole answer, whatever its status. Content-Length and Host are set
    /// here; the target is `target`, the request's path and query are not looked at.
    /// @throws Error(unavailable) when nothing of the request went out or the peer's TLS refused
    /// us,
    ///         Error(uncertain) when something did and no whole HTTP answer came
    Response exchange(const Request& request, const std::string& target, Deadline deadline);
    /// Closes what is open and not in use.
    void closeIdle() noexcept;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace gateway::http
