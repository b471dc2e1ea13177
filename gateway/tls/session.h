/// @file  One TLS connection over a non-blocking socket.
#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/message.h"
#include "tls/context.h"
#include "tls/pem.h"

namespace gateway::tls {

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
    void askOf(Judge judge) { judge_ = std::move(judge); }

    /// All three throw gateway::Error(unavailable) with the cause in plain words, when TLS fails.
    Result handshake();
    Result read(char* into, std::size_t size, std::size_t& got);
    Result write(std::string_view bytes, std::size_t& put);
    /// Whether the peer has said that it does not accept our certificate. In TLS 1.3 that comes
    /// after our handshake is done, with the first read.
    bool refused() const { return refused_; }
    /// Whether we do not accept the peer's: the authority, its dates, its name, a revocation.
    bool distrusts() const { return distrusts_; }
    /// Whether the judge has said no.
    bool unwelcome() const { return unwelcome_; }
    /// Says goodbye, if that goes without waiting.
    void shutdown() noexcept;

    /// Of the peer, after the handshake, and of one whose certificate is not accepted.
    Identity peer() const;
    /// Whether the handshake was a short one, by a ticket of an earlier one.
    bool resumed() const { return SSL_session_reused(ssl_.get()) == 1; }
    /// Whether it began with that context.
    bool madeBy(const Context& context) const {
        return SSL_get_SSL_CTX(ssl_.get()) == context.get();
    }
    /// Why a server would not let the peer in if it came now with the certificate that it has
    /// shown: another context may know of a revocation, and time goes by.
    std::optional<Reason> refusedBy(const Context& context) const;

private:
    Result outcome(int returned);
    static int verify(int good, X509_STORE_CTX* store);
    Reason whyFailed(unsigned long code) const;
    [[noreturn]] void fail();

    struct FreeSession {
        void operator()(SSL* ssl) const { SSL_free(ssl); }
    };
    std::unique_ptr<SSL, FreeSession> ssl_;
    std::string expected_;
    Judge judge_;
    bool refused_ = false;
    bool distrusts_ = false;
    bool unwelcome_ = false;
    Identity refusedPeer_;
};

/// "tls.subject" and "tls.fingerprint" of who has shown a certificate.
void note(Facts& facts, const Identity& identity);

}  // namespace gateway::tls
