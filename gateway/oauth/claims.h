/// @file  What a token says, taken from its payload.
#pragma once

#include "oauth/jws.h"
#include "oauth/known_tokens.h"

namespace gateway::oauth {

/// Checks who issued it for whom and when (RFC 7519 §4.1, RFC 9068 §4), and reads the rest. Its
/// signature is somebody else's matter.
/// @throws Unproven
GoodToken readClaims(const json_t* payload, const Issuer& issuer, Time now);

/// Asked again each time that the token is shown. @throws Unproven
void checkTime(const GoodToken& token, Time now);
void checkBearer(const GoodToken& token, std::string_view fingerprint);

}  // namespace gateway::oauth
