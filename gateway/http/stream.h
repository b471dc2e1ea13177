/// @file  A connection with deadlines, plain or TLS: no call on it outlasts the instant it is
/// given.
#pragma once

#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/error.h"
#include "gateway/message.h"
#include "tls/session.h"

namespace gateway::http {

using Deadline = std::chrono::steady_clock::time_point;

/// What became of one call.
struct Io {
    enum class Kind { ok, closed, timeout, broken };
    Kind kind = Kind::ok;
    std::size_t bytes = 0;
    Reason why = {};             ///< of `broken`: protocol's words, nothing of the content
    bool peerRefusedUs = false;  ///< TLS: the peer does not take our certificate
    bool ok() const { return kind == Kind::ok; }
};

/// Used by one thread, but for wake() and abort().
class Stream {
public:
    /// Takes over a connected socket.
    explicit Stream(const Poco::Net::StreamSocket& socket);
    ~Stream();
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    /// Connects until the deadline. @throws Error(unavailable) naming the address
    static std::unique_ptr<Stream> connect(const Poco::Net::SocketAddress& to, Deadline deadline);

    Io acceptTls(const tls::Context& context, Deadline deadline) {
        return handshake(context, {}, deadline);
    }
    /// @param host  what the certificate must name, unless the context says another
    Io connectTls(const tls::Context& context, const std::string& host, Deadline deadline) {
        return handshake(context, host, deadline);
    }
    /// Null: plain, or no handshake has begun.
    const tls::Session* tls() const { return tls_.get(); }

    /// At least one byte, unless closed or out of time.
    Io read(char* into, std::size_t most, Deadline deadline);
    /// All of it; Io::bytes says how much went out.
    Io write(std::string_view bytes, Deadline deadline);
    /// Whether the peer has closed or sent something while nobody read.
    bool stirred() const;

    /// Says good-bye and gives the peer a moment to read what it has not read yet.
    void close(std::chrono::milliseconds linger);
    /// From any thread: a waiting read() returns as if the peer had closed.
    void wake() noexcept;
    /// From any thread: every call on it fails from now on.
    void abort() noexcept;

    /// "peer", "user" (the system's, of a unix-domain socket), "tls.subject", "tls.fingerprint".
    Facts facts() const;
    const std::string& peer() const { return peer_; }

private:
    Io handshake(const tls::Context& context, const std::string& host, Deadline deadline);
    template <class Step>
    Io tlsIo(Deadline deadline, Step step);

    Poco::Net::StreamSocket socket_;
    int fd_;
    std::string peer_;
    std::unique_ptr<tls::Session> tls_;
};

}  // namespace gateway::http
