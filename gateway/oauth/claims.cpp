#include "oauth/claims.h"

#include <algorithm>
#include <cmath>

#include "gateway/access.h"
#include "oauth/base64url.h"

namespace gateway::oauth {
namespace {

constexpr double kLastSecond = 253402300799.0;  ///< of the year 9999
constexpr std::size_t kMostClaims = 500, kMostDepth = 4, kMostId = 512;

[[noreturn]] void refuse(const Reason& what) { throw Unproven("token", what); }

/// NumericDate of RFC 7519 §2; nothing when the claim is not there.
std::optional<Time> timeIn(const json_t* payload, const char* claim) {
    const json_t* const value = json_object_get(payload, claim);
    if (value == nullptr) return {};
    const double seconds = json_is_number(value) ? json_number_value(value) : -1.0;
    if (!(seconds >= 0.0 && seconds <= kLastSecond))
        refuse(say("its '{0}' is no time", "son « {0} » n'est pas une date", {claim}));
    return Time(Milliseconds(static_cast<std::int64_t>(std::floor(seconds * 1000.0))));
}

std::string textIn(const json_t* payload, const char* claim) {
    const json_t* const value = json_object_get(payload, claim);
    if (value != nullptr && !json_is_string(value))
        refuse(say("its '{0}' is no text", "son « {0} » n'est pas un texte", {claim}));
    return std::string(textOf(payload, claim));
}

std::string valueOf(const json_t* value) {
    return json_is_string(value) ? std::string(json_string_value(value), json_string_length(value))
                                 : written(value);
}

/// One text, or a list.
std::vector<std::string> valuesOf(const json_t* value) {
    std::vector<std::string> all;
    if (value == nullptr || json_is_null(value)) return all;
    if (!json_is_array(value)) return {valueOf(value)};
    std::size_t at = 0;
    const json_t* item = nullptr;
    json_array_foreach(value, at, item) all.push_back(valueOf(item));
    return all;
}

void checkAudience(const json_t* payload, const IssuerOptions& issuer) {
    for (const std::string& named : valuesOf(json_object_get(payload, "aud")))
        if (std::find(issuer.audience.begin(), issuer.audience.end(), named) !=
            issuer.audience.end())
            return;
    refuse({"issued for somebody else: none of its audiences ('aud') is this gateway's",
            "émis pour quelqu'un d'autre : aucune de ses audiences (« aud ») n'est celle de cette "
            "passerelle"});
}

/// RFC 8705 §3.1. What is bound in another way cannot be checked here.
std::string boundTo(const json_t* payload, bool must) {
    const json_t* const confirmation = json_object_get(payload, "cnf");
    if (confirmation == nullptr && must)
        refuse({"not bound to a certificate ('cnf'), as this issuer's must be",
                "n'est pas lié à un certificat (« cnf »), comme doivent l'être ceux de cet "
                "émetteur"});
    if (confirmation == nullptr) return {};
    const auto digest = fromBase64url(textOf(confirmation, "x5t#S256"));
    if (json_object_size(confirmation) != 1 || !digest || digest->size() != 32)
        refuse({"bound to its bearer in a way that is not known here; known is x5t#S256",
                "lié à son porteur d'une manière inconnue ici ; connue : x5t#S256"});
    constexpr char digits[] = "0123456789abcdef";
    std::string hex;
    for (const char c : *digest) {
        hex += digits[static_cast<unsigned char>(c) >> 4];
        hex += digits[static_cast<unsigned char>(c) & 15];
    }
    return hex;
}

std::string clientIn(const json_t* payload, const std::string& claim) {
    if (!claim.empty()) return textIn(payload, claim.c_str());
    for (const char* const usual : {"client_id", "azp", "sub"})
        if (std::string client = textIn(payload, usual); !client.empty()) return client;
    return {};
}

/// Words with spaces between them (RFC 8693 §4.2), or a list, as some issuers have it.
std::vector<std::string> scopesIn(const json_t* payload) {
    const char* const claim = json_object_get(payload, "scope") != nullptr ? "scope" : "scp";
    std::vector<std::string> scopes;
    for (const std::string& words : valuesOf(json_object_get(payload, claim)))
        for (std::size_t at = 0; at < words.size();) {
            const std::size_t end = std::min(words.find(' ', at), words.size());
            if (end > at) scopes.push_back(words.substr(at, end - at));
            at = end + 1;
        }
    return scopes;
}

void collect(const json_t* object, const std::string& path, std::size_t depth, Token& token) {
    void* const members = const_cast<json_t*>(object);
    for (void* at = json_object_iter(static_cast<json_t*>(members)); at != nullptr;
         at = json_object_iter_next(static_cast<json_t*>(members), at)) {
        if (token.claims.size() >= kMostClaims) return;
        const std::string name = path + json_object_iter_key(at);
        const json_t* const value = json_object_iter_value(at);
        if (json_is_object(value) && depth < kMostDepth)
            collect(value, name + ".", depth + 1, token);
        else
            token.claims.try_emplace(name, valuesOf(value));
    }
}

}  // namespace

GoodToken readClaims(const json_t* payload, const Issuer& issuer, Time now) {
    const IssuerOptions& options = issuer.options;
    GoodToken good;
    good.issuer = &issuer;
    good.until = timeIn(payload, "exp");
    if (!good.until)
        refuse({"says not when it ends ('exp')", "ne dit pas quand il finit (« exp »)"});
    checkTime(good, now);
    if (const auto begins = timeIn(payload, "nbf"); begins && now + options.leeway < *begins)
        refuse({"not valid yet ('nbf')", "pas encore valable (« nbf »)"});
    const auto issued = timeIn(payload, "iat");
    if (issued && now + options.leeway < *issued)
        refuse({"issued in the future ('iat')", "émis dans le futur (« iat »)"});
    good.issued = issued.value_or(Time());
    checkAudience(payload, options);
    good.boundTo = boundTo(payload, options.bound);
    good.id = textIn(payload, "jti");
    if (good.id.size() > kMostId) refuse({"its 'jti' is too long", "son « jti » est trop long"});
    if (options.oneTime && (good.id.empty() || !issued))
        refuse({"has no 'jti' or no 'iat', by which it is known to be new",
                "n'a pas de « jti » ou pas de « iat », par lesquels on le sait neuf"});
    Token token;
    token.issuer = options.name;
    token.client = clientIn(payload, options.clientClaim);
    if (token.client.empty())
        refuse({"does not say whom it was issued to", "ne dit pas à qui il a été émis"});
    token.subject = textIn(payload, "sub");
    token.scopes = scopesIn(payload);
    collect(payload, {}, 0, token);
    good.token = std::make_shared<const Token>(std::move(token));
    return good;
}

void checkTime(const GoodToken& token, Time now) {
    if (now >= *token.until + token.issuer->options.leeway)
        refuse({"expired ('exp')", "expiré (« exp »)"});
}

void checkBearer(const GoodToken& token, std::string_view fingerprint) {
    if (token.boundTo.empty() || token.boundTo == fingerprint) return;
    refuse(fingerprint.empty() ? Reason("bound to a certificate, and none was shown",
                                        "lié à un certificat, et aucun n'a été présenté")
                               : Reason("bound to another certificate than the one shown",
                                        "lié à un autre certificat que celui présenté"));
}

}  // namespace gateway::oauth
