/// @file  TLS contexts of OpenSSL: 1.2 or later, checked when they are made.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "gateway/transport.h"

struct ssl_ctx_st;

namespace gateway::http {

/// What a server shows, and whom it lets in. PEM files.
struct ServerTls {
    std::string cert;     ///< its certificate, then the chain
    std::string key;      ///< its private key
    std::string clients;  ///< CA of client certificates, which are required then; empty: none asked
};

/// Whom a client believes, and what it shows. PEM files.
struct ClientTls {
    std::string ca;    ///< empty: those that the system trusts
    std::string cert;  ///< empty: none
    std::string key;
    std::string name;  ///< what the server's certificate must name; empty: the host
};

using TlsContext = std::shared_ptr<ssl_ctx_st>;

/// When the certificates of these files end, those that can be read; empty names are none.
std::vector<Certificate> certificatesIn(std::initializer_list<std::string> files);

/// @throws Error(rejected) naming the file and what is wrong with it: unreadable, expired, key and
/// certificate that do not belong together
TlsContext serverContext(const ServerTls& files);
TlsContext clientContext(const ClientTls& files);

}  // namespace gateway::http
