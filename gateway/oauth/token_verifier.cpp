#include "oauth/token_verifier.h"

#include <algorithm>

#include "gateway/access.h"
#include "oauth/claims.h"

namespace gateway::oauth {
namespace {

[[noreturn]] void refuse(const Reason& what) { throw Unproven("token", what); }

bool verifies(const SignedToken& token, const KeySet& keys, bool& any) {
    const auto candidates = keys.candidates(token.algorithm, token.kid);
    any = !candidates.empty();
    return std::any_of(candidates.begin(), candidates.end(),
                       [&](const json_t* key) { return isSignedBy(token, key); });
}

/// The keys that made its signature. A key that is not known yet may be a new one.
std::shared_ptr<const KeySet> keysBehind(const SignedToken& token, KeySource& source) {
    std::shared_ptr<const KeySet> keys = source.keys();
    bool any = false;
    if (verifies(token, *keys, any)) return keys;
    if (!any) {
        keys = source.newerThan(keys);
        if (verifies(token, *keys, any)) return keys;
    }
    if (any) refuse({"its signature is not the issuer's", "sa signature n'est pas de l'émetteur"});
    refuse({"signed with a key that its issuer does not publish",
            "signé avec une clé que son émetteur ne publie pas"});
}

void spend(const GoodToken& token, std::string_view request, Time now) {
    if (!token.issuer->options.oneTime) return;
    SpentIds& spent = *token.issuer->spent;
    if (token.issued < spent.began())
        refuse({"good for one request, and issued before this gateway began to note them",
                "valable pour une requête, et émis avant que cette passerelle ne les note"});
    switch (spent.spend(token.id, request, *token.until + token.issuer->options.leeway, now)) {
        case SpentIds::Verdict::fresh: return;
        case SpentIds::Verdict::spent:
            refuse({"good for one request, and shown before",
                    "valable pour une requête, et déjà présenté"});
        case SpentIds::Verdict::full:
            throw Error(Fault::unavailable, token.issuer->options.name,
                        {"too many tokens for one request each at a time",
                         "trop de jetons valables pour une requête à la fois"});
    }
}

}  // namespace

TokenVerifier::TokenVerifier(std::vector<IssuerOptions> issuers, WallClock now,
                             KeySource::Times times)
    : now_(std::move(now)) {
    for (IssuerOptions& options : issuers)
        issuers_.push_back(std::make_unique<Issuer>(std::move(options), now_, times));
}

void TokenVerifier::start(Log& log) {
    for (const auto& issuer : issuers_) {
        if (issuer->options.server.tls) issuer->options.server.tls->tell(log);
        issuer->keys->start(log);
    }
}

std::vector<std::pair<std::string, Certificate>> TokenVerifier::certificates() const {
    std::vector<std::pair<std::string, Certificate>> all;
    for (const auto& issuer : issuers_)
        if (const auto& files = issuer->options.server.tls)
            for (Certificate& one : files->certificates())
                all.emplace_back(issuer->options.name, std::move(one));
    return all;
}

void TokenVerifier::adopt(const TokenVerifier& former) {
    for (const auto& mine : issuers_)
        for (const auto& theirs : former.issuers_) {
            const IssuerOptions &now = mine->options, &before = theirs->options;
            if (now.issuer != before.issuer) continue;
            mine->spent = theirs->spent;
            if (now.file == before.file &&
                now.server.server.authority() + now.server.server.target ==
                    before.server.server.authority() + before.server.server.target)
                mine->keys->adopt(*theirs->keys);
        }
}

std::shared_ptr<const Token> TokenVerifier::read(const std::string& text, const Facts& tls) {
    const Time now = now_();
    const KnownTokens::Digest digest = KnownTokens::digestOf(text);
    std::shared_ptr<const GoodToken> good = known(digest);
    if (!good) {
        good = std::make_shared<const GoodToken>(verified(text, now));
        known_.keep(digest, good);
    }
    checkTime(*good, now);
    checkBearer(*good, tls.get("tls.fingerprint"));
    spend(*good, tls.get("http.request"), now);
    return good->token;
}

/// Null when it must be verified: for the first time, or because its issuer's keys have changed.
std::shared_ptr<const GoodToken> TokenVerifier::known(const KnownTokens::Digest& digest) {
    std::shared_ptr<const GoodToken> good = known_.find(digest);
    return good && good->keys == good->issuer->keys->keys() ? good : nullptr;
}

GoodToken TokenVerifier::verified(const std::string& text, Time now) {
    const SignedToken token = readToken(text);
    Issuer& issuer = issuerOf(token);
    std::shared_ptr<const KeySet> keys = keysBehind(token, *issuer.keys);
    GoodToken good = readClaims(token.payload.get(), issuer, now);
    good.keys = std::move(keys);
    return good;
}

Issuer& TokenVerifier::issuerOf(const SignedToken& token) {
    const std::string_view named = textOf(token.payload.get(), "iss");
    const auto found = std::find_if(issuers_.begin(), issuers_.end(), [&](const auto& issuer) {
        return issuer->options.issuer == named;
    });
    if (named.empty() || found == issuers_.end())
        refuse({"its issuer ('iss') is none of those configured",
                "son émetteur (« iss ») n'est aucun de ceux qui sont configurés"});
    return **found;
}

}  // namespace gateway::oauth
