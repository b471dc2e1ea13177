/// @file  What the configuration says of one end of TLS: which files, and what for.
#pragma once

#include <string>
#include <vector>

#include "gateway/config.h"

namespace gateway::tls {

enum class Role { server, client };

/// Files; empty: none.
struct Options {
    std::string cert = {};     ///< PEM: own certificate and what leads to its root
    std::string key = {};      ///< PEM: its private key, without a passphrase; default: in `cert`
    std::string ca = {};       ///< client: who may have issued the server's; default: the system's
    std::string clients = {};  ///< server: who may have issued its clients'; none: it asks for none
    /// Lists of what `ca` or `clients` have revoked.
    std::vector<std::string> crl = {};
    /// Server: a client may show none, and be known by something else; what it shows is checked.
    bool optional = false;
    std::string name = {};  ///< client: the name in the server's certificate; default: the host
    bool resume = false;    ///< server: gives tickets, so that the next handshake is a short one
    Place where = {};       ///< of the section that said so

    /// Whom this end believes.
    const std::string& authorities(Role role) const { return role == Role::server ? clients : ca; }
};

/// Keys of a server: cert, key, clients, crl (a file or a list), ask (required, optional); of a
/// client: ca, crl, cert, key, name. What is wrong with the section is reported there.
Options readOptions(Role role, Config& section);

}  // namespace gateway::tls
