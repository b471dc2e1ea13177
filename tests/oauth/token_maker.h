/// @file  An issuer of tokens for one run of tests: keys made on the spot, tokens good and bad.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include "gateway/time.h"
#include "oauth/jws.h"

namespace support {

/// A private key as JWK.
gateway::oauth::Json newKey(const std::string& kid, gateway::oauth::Algorithm algorithm);
/// The same as PEM.
std::string pemOf(const json_t* key);

/// The texts of members to change, as JSON: {"exp", "12"}, {"aud", "[\"a\"]"}; empty: to leave out.
using Members = std::map<std::string, std::string>;

class TokenMaker {
public:
    explicit TokenMaker(gateway::oauth::Algorithm algorithm = gateway::oauth::Algorithm::es256,
                        const std::string& kid = "k1");

    /// Another key from now on; the former one is published no more.
    void rotate(const std::string& kid);
    /// {"keys": […]} of the public halves.
    std::string published(bool privateHalves = false) const;
    /// A good token at that time: of https://idp.example for https://gateway.example, client gp-1,
    /// for five minutes.
    std::string token(gateway::Time now, const Members& changes = {},
                      const Members& header = {}) const;
    /// The two parts that are signed, "HEADER.PAYLOAD".
    std::string unsignedToken(gateway::Time now, const Members& changes,
                              const Members& header) const;
    const json_t* key() const { return key_.get(); }

private:
    gateway::oauth::Json headerOf(const Members& changes) const;
    gateway::oauth::Json payloadOf(gateway::Time now, const Members& changes) const;

    gateway::oauth::Algorithm algorithm_;
    gateway::oauth::Json key_;
};

}  // namespace support
