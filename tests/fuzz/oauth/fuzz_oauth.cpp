/// Any bytes as a token, as the payload of a good one and as a set of keys: nothing breaks, and
/// nothing is believed that no key of ours signed. Seeds: tests/fuzz/seeds/fuzz_oauth.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "gateway/access.h"
#include "oauth/base64url.h"
#include "oauth/claims.h"
#include "oauth/key_set.h"
#include "oauth/signing_key.h"

namespace {
using namespace gateway;
using namespace gateway::oauth;

void check(bool good) {
    if (!good) std::abort();
}

/// A public key of which nobody kept the private half.
const json_t* someKey() {
    static const Json key(json_pack("{s:s,s:s,s:s,s:s}", "kty", "EC", "crv", "P-256", "x",
                                    "HRA0N4ZrkazQScAitx1evH0cZ9Uo-526L6C8wBPWvBU", "y",
                                    "nO7qUsO2248JzQA3f78R4YA5-ncaT6fnECV3dfxGRA0"));
    return key.get();
}

const Issuer& someIssuer() {
    static const Issuer issuer = [] {
        IssuerOptions options;
        options.name = "idp";
        options.issuer = "https://idp.example";
        options.audience = {"https://gateway.example"};
        options.file = "/nowhere";
        return Issuer(std::move(options));
    }();
    return issuer;
}

void asToken(std::string_view text) {
    try {
        const SignedToken token = readToken(text);
        check(text.size() <= SignedToken::kMost && token.payload != nullptr);
        check(token.protectedPart + "." + token.payloadPart + "." + token.signature == text);
        check(!isSignedBy(token, someKey()));
    } catch (const Unproven& refused) {
        check(!refused.fr.empty());
    }
}

void asPayload(std::string_view text) {
    const Json payload = jsonObject(text);
    if (!payload) return;
    const Time now(std::chrono::seconds(1'800'000'000));
    try {
        const GoodToken good = readClaims(payload.get(), someIssuer(), now);
        check(!good.token->client.empty() && good.until.has_value());
        check(good.boundTo.empty() || good.boundTo.size() == 64);
    } catch (const Unproven& refused) {
        check(!refused.fr.empty());
    }
    check(jsonObject(written(payload.get())) != nullptr);
}

void asKeys(const std::string& text) {
    try {
        const KeySet keys(text);
        check(keys.size() > 0 && keys.size() <= KeySet::kMost);
        for (const Algorithm algorithm :
             {Algorithm::rs256, Algorithm::rs384, Algorithm::es256, Algorithm::es384})
            for (const json_t* const key : keys.candidates(algorithm, ""))
                check(json_object_get(key, "d") == nullptr);
    } catch (const Error&) {  // no set
    }
    try {
        const SigningKey key(text, "", "");
        const Json payload(json_object());
        key.sign(payload.get());
    } catch (const Error&) {  // no key
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    asToken(text);
    asPayload(text);
    asKeys(text);
    if (const auto bytes = fromBase64url(text)) check(toBase64url(*bytes) == text);
    return 0;
}
