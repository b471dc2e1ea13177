/// @file  What both ends of TLS need: 1.2 and above, with forward secrecy and authenticated
/// ciphers.
#pragma once

#include <openssl/ssl.h>

#include <memory>

#include "tls/options.h"

namespace gateway::tls {

/// Made of files as they were then; immutable, shared by threads.
class Context {
public:
    /// @throws Error(rejected) naming the file that cannot be used; dates are not looked at
    Context(Role role, const Options& options);

    Role role() const { return role_; }
    const Options& options() const { return options_; }
    SSL_CTX* get() const { return context_.get(); }

private:
    void own();
    void believe();
    void revoke();
    void ask();
    void giveTickets();

    struct FreeContext {
        void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    };
    const Role role_;
    const Options options_;
    std::unique_ptr<SSL_CTX, FreeContext> context_;
};

}  // namespace gateway::tls
