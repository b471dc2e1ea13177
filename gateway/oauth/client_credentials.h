/// @file  Who this gateway is to an authorization server: `oauth:` of a destination.
///
///   {token: https://…, client, key: file:PATH | env:NAME, kid, alg (RS384, ES384, ES256; RS256),
///    scope, resource, audience, tls: {ca, cert, key, name}}
/// With `key` it signs an assertion (RFC 7523); without, the certificate of `tls` says who it is
/// (RFC 8705 §2).
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "gateway/config.h"
#include "http/client.h"
#include "oauth/signing_key.h"

namespace gateway::oauth {

struct ClientCredentials {
    http::ClientOptions server;  ///< with the target of its token endpoint
    std::string url;             ///< the same as it was written
    std::string client;
    std::shared_ptr<const SigningKey> key;  ///< null: its certificate
    std::string scope;     ///< with spaces between them; empty: the server's choice
    std::string resource;  ///< RFC 8707; empty: none
    std::string audience;  ///< of the assertion; empty: the url
};

/// Reports what is wrong. Asks nobody.
ClientCredentials readClientCredentials(Config& config);

}  // namespace gateway::oauth
