/// @file  A TCP connection with deadlines, plain or TLS, for threads that may wait.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/time.h"
#include "net/resolve.h"
#include "tls/session.h"

namespace mllp {

namespace tls = gateway::tls;

using Clock = std::chrono::steady_clock;

/// The same instant on the clock that nobody sets.
Clock::time_point steady(gateway::Time time);

struct Address {
    std::string host;
    std::uint16_t port = 0;
    /// "host:port", "[::1]:port".
    std::string text() const;
    static Address of(const gateway::net::SocketAddress& address);
    /// Whether it can only be this machine: 127.x.x.x, ::1, localhost.
    bool loopback() const;
};

/// "host:port" as command lines have it. @throws gateway::Error(rejected)
Address parseAddress(std::string_view text);

/// A peer that has vanished is noticed within two minutes; what is written leaves at once.
void keepAlive(int socket);

/// A listening socket; port 0 is any free port. @throws gateway::Error(unavailable)
class ListenSocket {
public:
    explicit ListenSocket(const Address& address);
    ~ListenSocket();
    ListenSocket(const ListenSocket&) = delete;
    ListenSocket& operator=(const ListenSocket&) = delete;
    int get() const { return socket_; }
    /// The address in use.
    Address address() const;

private:
    int socket_ = -1;
};

/// A connected socket, used by one thread. What fails throws gateway::Error(unavailable) with the
/// cause in plain words; whether the peer may have got something, sent() tells.
class Stream {
public:
    enum class Read { data, closed, late };

    /// @param tls  null for plain TCP
    static std::unique_ptr<Stream> connect(const Address& address, const tls::Context* tls,
                                           Clock::time_point deadline);
    /// The server's side of an accepted socket, which it owns from now on.
    static std::unique_ptr<Stream> accept(int socket, const tls::Context* tls,
                                          Clock::time_point deadline);
    ~Stream();
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    void write(std::string_view bytes, Clock::time_point deadline);
    Read read(char* into, std::size_t size, std::size_t& got, Clock::time_point deadline);
    /// Waits until the peer's machine has received all that was written.
    bool arrived(Clock::time_point deadline) const;
    /// Grows with each write() that may have handed over a byte.
    std::uint64_t sent() const { return sent_; }
    /// Whether the peer's TLS has refused our certificate: then it has read nothing of ours.
    bool refused() const { return tls_ && tls_->refused(); }
    /// Whether it began with that context; null: plain TCP.
    bool madeBy(const tls::Context* tls) const { return tls == nullptr || tls_->madeBy(*tls); }
    int socket() const { return socket_; }

private:
    explicit Stream(int socket);
    void handshake(const tls::Context& tls, const std::string& host, Clock::time_point deadline);
    void refuse();
    bool wait(short events, Clock::time_point deadline) const;

    const int socket_;
    std::unique_ptr<tls::Session> tls_;
    std::uint64_t sent_ = 0;
};

}  // namespace mllp
