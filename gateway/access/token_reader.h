/// @file  Bearer tokens, as the access control sees them: who issued them, to whom, for what.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gateway/message.h"

namespace gateway {

/// What a token that was found good says.
struct Token {
    std::string issuer;   ///< the configured name: a key of `issuers:`
    std::string client;   ///< the software that it was issued to (client_id, azp, else sub)
    std::string subject;  ///< sub; with `client`, who is signed in there
    std::vector<std::string> scopes;
    /// All others by name, those within others by their path ("a.b"); what is no list is a list of
    /// one, what is no text is written as JSON writes it.
    std::map<std::string, std::vector<std::string>> claims;
};

/// Of the configuration in force. Many threads; a few microseconds for a token that it knows.
class TokenReader {
public:
    virtual ~TokenReader() = default;
    /// Asked more than once for each request. The result may be kept and shared.
    /// @param tls  what the transport saw of the connection ("tls.fingerprint"): a token that is
    ///   bound to a certificate (RFC 8705) is good with that alone
    /// @throws Unproven for one that is expired, forged, replayed or for others,
    ///   Error(unavailable) when that cannot be known now
    virtual std::shared_ptr<const Token> read(const std::string& token, const Facts& tls) = 0;
};

}  // namespace gateway
