/// @file  Whose tokens are believed: `issuers:` of passerelle.yaml.
///
///   NAME: {issuer, audience: TEXT or list, jwks: https://… | file:PATH, tls: {ca, cert, key,
///   name},
///          leeway (30 s), client_claim (client_id, azp, sub), one_time (false), bound (false)}
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gateway/config.h"
#include "http/client.h"
#include "oauth/key_source.h"
#include "oauth/spent_ids.h"

namespace gateway::oauth {

struct IssuerOptions {
    std::string name;                   ///< the configured one
    std::string issuer;                 ///< `iss`, to the letter
    std::vector<std::string> audience;  ///< one of them must stand in `aud`
    std::string file;                   ///< of its keys; empty: `server` has them
    http::ClientOptions server;
    Milliseconds leeway{30'000};  ///< between its clock and ours
    std::string clientClaim;      ///< empty: client_id, else azp, else sub
    bool oneTime = false;         ///< each token is good for one request
    bool bound = false;           ///< each must be bound to the certificate of its bearer
};

/// Reports what is wrong; so does a file of keys that cannot be read. Asks nobody.
IssuerOptions readIssuer(const std::string& name, Config& config);

/// An issuer at work.
struct Issuer {
    explicit Issuer(IssuerOptions options, WallClock now = currentTime,
                    KeySource::Times times = {});

    const IssuerOptions options;
    const std::unique_ptr<KeySource> keys;
    std::shared_ptr<SpentIds> spent;
};

}  // namespace gateway::oauth
