/// @file  What both ends of TLS need: certificates of the configuration, checked when they are
/// read.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "gateway/config.h"

namespace tls {

enum class Role { server, client };

/// Files in PEM; empty: none.
struct Options {
    std::string cert;     ///< own certificate and what leads to its root
    std::string key;      ///< its private key, without a passphrase
    std::string ca;       ///< client: who may have issued the server's; default: the system's
    std::string clients;  ///< server: who may have issued its clients'; they must then show one
    std::string name;     ///< client: the name in the server's certificate; default: the host
};

/// TLS 1.2 and above with forward secrecy and authenticated ciphers; immutable, shared by threads.
class Context {
public:
    /// @throws gateway::Error(unavailable) naming the file and what is wrong with it
    Context(Role role, const Options& options);

    Role role() const { return role_; }
    const std::string& name() const { return name_; }
    /// Whether peers must show a certificate of `clients`.
    bool asksClients() const { return asksClients_; }
    SSL_CTX* get() const { return context_.get(); }

private:
    void own(const Options& options);

    struct Free {
        void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    };
    Role role_;
    std::string name_;
    bool asksClients_ = false;
    std::unique_ptr<SSL_CTX, Free> context_;
};

/// Reads a section: cert, key, clients of a server; ca, cert, key, name of a client. What is wrong,
/// an expired certificate among it, is reported at its key; then, and when the section is absent,
/// null is returned.
std::shared_ptr<const Context> read(Role role, gateway::Config section);

}  // namespace tls
