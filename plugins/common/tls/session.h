/// @file  One TLS connection over a non-blocking socket.
#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "tls/context.h"

namespace tls {

/// Used by one thread at a time. It does not own the socket and never raises SIGPIPE.
class Session {
public:
    enum class Result { done, wantRead, wantWrite, closed };

    /// @param host  client: what the certificate must be for, unless the context names it
    Session(const Context& context, int socket, const std::string& host = {});

    /// All three throw gateway::Error(unavailable) with the cause in plain words, when TLS fails.
    Result handshake();
    Result read(char* into, std::size_t size, std::size_t& got);
    Result write(std::string_view bytes, std::size_t& put);
    /// Whether the peer has said that it does not accept our certificate. In TLS 1.3 that comes
    /// after our handshake is done, with the first read.
    bool refused() const { return refused_; }
    /// Says goodbye, if that goes without waiting.
    void shutdown() noexcept;

    /// Of the peer's certificate after the handshake: "CN=chu-toulouse,O=CHU", empty if it has
    /// none.
    std::string subject() const;
    /// Its common name.
    std::string commonName() const;
    /// SHA-256, 64 hexadecimal digits.
    std::string fingerprint() const;

private:
    Result outcome(int returned);
    [[noreturn]] void fail();

    struct Free {
        void operator()(SSL* ssl) const { SSL_free(ssl); }
    };
    std::unique_ptr<SSL, Free> ssl_;
    std::string expected_;
    bool refused_ = false;
};

}  // namespace tls
