/// @file  One TLS connection over a non-blocking socket.
#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "tls/context.h"

namespace tls {

/// Who the peer is, by its certificate; all empty when it has shown none.
struct Identity {
    std::string subject;      ///< "CN=chu-toulouse,O=CHU" (RFC 2253)
    std::string commonName;   ///< of the subject
    std::string fingerprint;  ///< SHA-256 of the certificate, 64 hexadecimal digits
};

/// Used by one thread at a time. It does not own the socket and never raises SIGPIPE.
class Session {
public:
    enum class Result { done, wantRead, wantWrite, closed };

    /// Whether a peer is welcome whose certificate the context's authority has issued.
    using Judge = std::function<bool(const Identity&)>;

    /// @param host  client: what the certificate must be for, unless the context names it
    Session(const Context& context, int socket, const std::string& host = {});
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// Asked once, within handshake(), when the peer has shown its certificate: a peer that is not
    /// welcome is told so by an alert.
    void askOf(Judge judge);

    /// All three throw gateway::Error(unavailable) with the cause in plain words, when TLS fails.
    Result handshake();
    Result read(char* into, std::size_t size, std::size_t& got);
    Result write(std::string_view bytes, std::size_t& put);
    /// Whether the peer has said that it does not accept our certificate. In TLS 1.3 that comes
    /// after our handshake is done, with the first read.
    bool refused() const { return refused_; }
    /// Whether the judge has said no.
    bool unwelcome() const { return unwelcome_; }
    /// Says goodbye, if that goes without waiting.
    void shutdown() noexcept;

    /// Of the peer, after the handshake, and of one that was not welcome.
    Identity peer() const;

private:
    Result outcome(int returned);
    static int verify(int good, X509_STORE_CTX* store);
    [[noreturn]] void fail();

    struct Free {
        void operator()(SSL* ssl) const { SSL_free(ssl); }
    };
    std::unique_ptr<SSL, Free> ssl_;
    std::string expected_;
    Judge judge_;
    bool refused_ = false;
    bool unwelcome_ = false;
    Identity refusedPeer_;
};

}  // namespace tls
