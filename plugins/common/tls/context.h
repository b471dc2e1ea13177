/// @file  What both ends of TLS need: certificates of the configuration, checked when they are
/// read.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <vector>

#include "gateway/config.h"
#include "gateway/transport.h"

namespace tls {

enum class Role { server, client };

/// Files in PEM; empty: none.
struct Options {
    std::string cert;     ///< own certificate and what leads to its root
    std::string key;      ///< its private key, without a passphrase
    std::string ca;       ///< client: who may have issued the server's; default: the system's
    std::string clients;  ///< server: who may have issued its clients'; they must then show one
    std::string name;     ///< client: the name in the server's certificate; default: the host
    gateway::Place where = {};  ///< of the section that said so
};

/// TLS 1.2 and above with forward secrecy and authenticated ciphers; immutable, shared by threads.
class Context {
public:
    /// @throws gateway::Error(unavailable) naming the file and what is wrong with it
    Context(Role role, const Options& options);

    Role role() const { return role_; }
    const Options& options() const { return options_; }
    const std::string& name() const { return options_.name; }
    /// Whether peers must show a certificate of `clients`.
    bool asksClients() const { return role_ == Role::server && !options_.clients.empty(); }
    SSL_CTX* get() const { return context_.get(); }
    /// Those of its files, as they were when it read them.
    const std::vector<gateway::Certificate>& certificates() const { return certificates_; }

private:
    void own();

    struct Free {
        void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    };
    const Role role_;
    const Options options_;
    std::unique_ptr<SSL_CTX, Free> context_;
    std::vector<gateway::Certificate> certificates_;
};

/// Reads a section: cert, key, clients of a server; ca, cert, key, name of a client. What is wrong,
/// an expired certificate among it, is reported at its key; then, and when the section is absent,
/// null is returned.
/// @param noted  gets the certificates that it names, also when they are not good; may be null
std::shared_ptr<const Context> read(Role role, gateway::Config section,
                                    std::vector<gateway::Certificate>* noted = nullptr);

/// What the files of a context say now. What is wrong with one of them is a finding that names it,
/// at the section's place, and null is returned: keep the former.
std::shared_ptr<const Context> readAgain(const Context& former, gateway::Findings& findings);

}  // namespace tls
