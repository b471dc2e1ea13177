#include "oauth/jws.h"

#include <algorithm>
#include <array>
#include <utility>

#include "gateway/access.h"
#include "oauth/base64url.h"
#include "oauth/jose.h"

namespace gateway::oauth {
namespace {

constexpr std::pair<Algorithm, std::string_view> kAlgorithms[] = {{Algorithm::rs256, "RS256"},
                                                                  {Algorithm::rs384, "RS384"},
                                                                  {Algorithm::es256, "ES256"},
                                                                  {Algorithm::es384, "ES384"}};
constexpr std::size_t kLeastRsa = 256, kMostRsa = 1024;  ///< bytes: 2048 to 8192 bits

[[noreturn]] void refuse(const Reason& what) { throw Unproven("token", what); }

/// RFC 9068 §2.1, and the plain kind that most issuers write. What is meant for something else (a
/// logout, an event, a proof of possession) is no access token.
bool isAccessType(std::string_view typ) {
    std::string lower(typ);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return lower.empty() || lower == "jwt" || lower == "at+jwt" || lower == "application/jwt" ||
           lower == "application/at+jwt";
}

std::array<std::string_view, 3> threeParts(std::string_view token) {
    const std::size_t first = token.find('.');
    const std::size_t second = first == token.npos ? first : token.find('.', first + 1);
    if (second == token.npos || token.find('.', second + 1) != token.npos)
        refuse({"is no signed token: expected three parts with dots between them",
                "n'est pas un jeton signé : attendu trois parties séparées par des points"});
    return {token.substr(0, first), token.substr(first + 1, second - first - 1),
            token.substr(second + 1)};
}

Json objectIn(std::string_view part, const Reason& what) {
    const auto text = fromBase64url(part);
    Json object = text ? jsonObject(*text) : nullptr;
    if (!object)
        refuse(say("its {0} is not an object of JSON in base64url",
                   "son {0} n'est pas un objet JSON en base64url", {what}));
    return object;
}

void readHeader(const json_t* header, SignedToken& token) {
    const std::string_view name = textOf(header, "alg");
    const auto algorithm = algorithmOf(name);
    if (!algorithm)
        refuse(say("not signed with {0}", "n'est pas signé par {0}",
                   {Reason{"RS256, RS384, ES256 or ES384", "RS256, RS384, ES256 ou ES384"}}));
    token.algorithm = *algorithm;
    if (json_object_get(header, "crit") != nullptr)
        refuse({"its header demands an extension ('crit') that is not known here",
                "son en-tête exige une extension (« crit ») inconnue ici"});
    const json_t* const typ = json_object_get(header, "typ");
    if (typ != nullptr && (!json_is_string(typ) || !isAccessType(textOf(header, "typ"))))
        refuse({"its type ('typ') is not that of an access token",
                "son type (« typ ») n'est pas celui d'un jeton d'accès"});
    const json_t* const kid = json_object_get(header, "kid");
    if (kid != nullptr && !json_is_string(kid))
        refuse({"its key id ('kid') is no text",
                "son identifiant de clé (« kid ») n'est pas un texte"});
    token.kid = textOf(header, "kid");
}

/// With an exponent of 1 every text is its own signature; an even one is none.
bool isExponent(std::string_view base64url) {
    const auto bytes = fromBase64url(base64url);
    if (!bytes || bytes->empty()) return false;
    const std::size_t first = std::min(bytes->find_first_not_of('\0'), bytes->size());
    const bool one = first + 1 == bytes->size() && bytes->back() == '\1';
    return !one && (static_cast<unsigned char>(bytes->back()) & 1) != 0;
}

bool isFor(const json_t* key, std::string_view name) {
    const json_t* const use = json_object_get(key, "use");
    if (use != nullptr && textOf(key, "use") != "sig") return false;
    const json_t* const alg = json_object_get(key, "alg");
    if (alg != nullptr && textOf(key, "alg") != name) return false;
    const json_t* const operations = json_object_get(key, "key_ops");
    if (operations == nullptr) return true;
    std::size_t at = 0;
    const json_t* operation = nullptr;
    json_array_foreach(operations, at, operation) {
        const char* const text = json_string_value(operation);
        if (text != nullptr &&
            (std::string_view(text) == "verify" || std::string_view(text) == "sign"))
            return true;
    }
    return false;
}

}  // namespace

std::unique_ptr<jose_cfg_t, DropJoseSettings> quietJose() {
    std::unique_ptr<jose_cfg_t, DropJoseSettings> settings(jose_cfg());
    if (settings)
        jose_cfg_set_err_func(
            settings.get(),
            [](void*, const char*, int, std::uint64_t, const char*, std::va_list) {}, nullptr);
    return settings;
}

std::string_view toText(Algorithm algorithm) {
    return kAlgorithms[static_cast<std::size_t>(algorithm)].second;
}

std::optional<Algorithm> algorithmOf(std::string_view name) {
    for (const auto& [algorithm, known] : kAlgorithms)
        if (known == name) return algorithm;
    return {};
}

bool fits(const json_t* key, Algorithm algorithm) {
    if (!isFor(key, toText(algorithm))) return false;
    const std::string_view type = textOf(key, "kty");
    if (algorithm == Algorithm::rs256 || algorithm == Algorithm::rs384) {
        const auto modulus = fromBase64url(textOf(key, "n"));
        return type == "RSA" && modulus && modulus->size() >= kLeastRsa &&
               modulus->size() <= kMostRsa && isExponent(textOf(key, "e"));
    }
    const std::string_view curve = algorithm == Algorithm::es256 ? "P-256" : "P-384";
    return type == "EC" && textOf(key, "crv") == curve;
}

SignedToken readToken(std::string_view token) {
    if (token.size() > SignedToken::kMost)
        refuse(say("larger than {0} bytes", "plus grand que {0} octets",
                   {std::to_string(SignedToken::kMost)}));
    const auto [header, payload, signature] = threeParts(token);
    SignedToken read;
    readHeader(objectIn(header, {"header", "en-tête"}).get(), read);
    read.payload = objectIn(payload, {"payload", "contenu"});
    if (signature.empty() || !fromBase64url(signature))
        refuse({"its signature is not base64url", "sa signature n'est pas du base64url"});
    read.protectedPart = header;
    read.payloadPart = payload;
    read.signature = signature;
    return read;
}

bool isSignedBy(const SignedToken& token, const json_t* key) {
    if (!fits(key, token.algorithm)) return false;
    const Json jws(json_pack("{s:s,s:s,s:s}", "protected", token.protectedPart.c_str(), "payload",
                             token.payloadPart.c_str(), "signature", token.signature.c_str()));
    const auto settings = quietJose();
    return jws && settings && jose_jws_ver(settings.get(), jws.get(), nullptr, key, false);
}

std::string signedToken(const json_t* header, const json_t* payload, const json_t* key) {
    const std::string text = written(payload);
    const Json jws(json_pack("{s:o}", "payload", jose_b64_enc(text.data(), text.size())));
    const Json signature(json_pack("{s:o}", "protected", json_deep_copy(header)));
    const auto settings = quietJose();
    if (!jws || !signature || !settings ||
        !jose_jws_sig(settings.get(), jws.get(), signature.get(), key))
        throw Error(Fault::internal, "token", {"it cannot be signed", "il ne peut être signé"});
    return std::string(textOf(jws.get(), "protected")) + "." +
           std::string(textOf(jws.get(), "payload")) + "." +
           std::string(textOf(jws.get(), "signature"));
}

}  // namespace gateway::oauth
