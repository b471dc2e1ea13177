/// @file  A signed token in its compact form (RFC 7515 §7.1), taken apart, verified, made.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/error.h"
#include "oauth/json.h"

namespace gateway::oauth {

/// The signatures that are taken; every other is refused, `none` and those with shared secrets
/// first of all.
enum class Algorithm { rs256, rs384, es256, es384 };

std::string_view toText(Algorithm algorithm);
std::optional<Algorithm> algorithmOf(std::string_view name);
/// Whether a JWK (RFC 7517) is one for that algorithm: its type, curve and size, and that it is
/// meant for signatures.
bool fits(const json_t* key, Algorithm algorithm);

/// "HEADER.PAYLOAD.SIGNATURE", read and not yet believed.
struct SignedToken {
    static constexpr std::size_t kMost = 8192;  ///< bytes of a whole token

    std::string protectedPart, payloadPart, signature;  ///< as they came
    Algorithm algorithm = Algorithm::rs256;
    std::string kid;  ///< empty: names no key
    Json payload;     ///< an object
};

/// @throws Unproven saying what is wrong
SignedToken readToken(std::string_view token);
/// Whether that public key made its signature.
bool isSignedBy(const SignedToken& token, const json_t* key);
/// A token of that header and payload, signed by a private key. @throws Error(internal)
std::string signedToken(const json_t* header, const json_t* payload, const json_t* key);

}  // namespace gateway::oauth
