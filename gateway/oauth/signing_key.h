/// @file  The private key that this gateway signs with.
#pragma once

#include <memory>
#include <string>

#include "oauth/jws.h"

namespace gateway::oauth {

class SigningKey {
public:
    /// A private key as PEM (RSA, EC on P-256 or P-384; without passphrase) or as JWK.
    /// @param algorithm  empty: RS384, ES256 or ES384, as the key allows
    /// @param kid        what its public half is published under; empty: that of a JWK, or else
    ///                   its thumbprint (RFC 7638)
    /// @throws Error(rejected)
    SigningKey(const std::string& text, const std::string& algorithm, const std::string& kid);

    /// A token of that payload. @throws Error(internal)
    std::string sign(const json_t* payload) const;
    /// What others verify that with, to be published.
    Json published() const;

private:
    Json key_;
    Algorithm algorithm_;
    std::string kid_;
};

}  // namespace gateway::oauth
