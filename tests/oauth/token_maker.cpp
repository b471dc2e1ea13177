#include "token_maker.h"

#include <openssl/pem.h>

#include <stdexcept>

#include "oauth/base64url.h"
#include "oauth/jose.h"

namespace support {
using namespace gateway::oauth;

namespace {

void change(json_t* object, const Members& changes) {
    for (const auto& [name, text] : changes) {
        if (text.empty()) {
            json_object_del(object, name.c_str());
            continue;
        }
        json_t* const value = json_loads(text.c_str(), JSON_DECODE_ANY, nullptr);
        if (value == nullptr) throw std::runtime_error("no JSON: " + text);
        json_object_set_new(object, name.c_str(), value);
    }
}

}  // namespace

Json newKey(const std::string& kid, Algorithm algorithm) {
    EVP_PKEY* const made = algorithm == Algorithm::es256   ? EVP_EC_gen("P-256")
                           : algorithm == Algorithm::es384 ? EVP_EC_gen("P-384")
                                                           : EVP_RSA_gen(2048);
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(made, EVP_PKEY_free);
    Json jwk(jose_openssl_jwk_from_EVP_PKEY(nullptr, key.get()));
    if (!kid.empty()) json_object_set_new(jwk.get(), "kid", json_string(kid.c_str()));
    return jwk;
}

std::string pemOf(const json_t* jwk) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
        jose_openssl_jwk_to_EVP_PKEY(nullptr, jwk), EVP_PKEY_free);
    const std::unique_ptr<BIO, decltype(&BIO_free_all)> out(BIO_new(BIO_s_mem()), BIO_free_all);
    PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

TokenMaker::TokenMaker(Algorithm algorithm, const std::string& kid)
    : algorithm_(algorithm), key_(newKey(kid, algorithm)) {}

void TokenMaker::rotate(const std::string& kid) { key_ = newKey(kid, algorithm_); }

std::string TokenMaker::published(bool privateHalves) const {
    json_t* const half = json_deep_copy(key_.get());
    if (!privateHalves) jose_jwk_pub(nullptr, half);
    const Json set(json_pack("{s:[o]}", "keys", half));
    return written(set.get());
}

Json TokenMaker::headerOf(const Members& changes) const {
    Json header(
        json_pack("{s:s,s:s}", "alg", std::string(toText(algorithm_)).c_str(), "typ", "at+jwt"));
    if (json_t* const kid = json_object_get(key_.get(), "kid"))
        json_object_set(header.get(), "kid", kid);
    change(header.get(), changes);
    return header;
}

Json TokenMaker::payloadOf(gateway::Time now, const Members& changes) const {
    const json_int_t seconds =
        std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    Json payload(json_pack("{s:s,s:s,s:s,s:s,s:s,s:I,s:I,s:s}", "iss", "https://idp.example", "aud",
                           "https://gateway.example", "sub", "gp-1", "client_id", "gp-1", "jti",
                           "id-1", "iat", seconds, "exp", seconds + 300, "scope",
                           "system/Task.rs system/*.c"));
    change(payload.get(), changes);
    return payload;
}

std::string TokenMaker::token(gateway::Time now, const Members& changes,
                              const Members& header) const {
    return signedToken(headerOf(header).get(), payloadOf(now, changes).get(), key_.get());
}

std::string TokenMaker::unsignedToken(gateway::Time now, const Members& changes,
                                      const Members& header) const {
    return toBase64url(written(headerOf(header).get())) + "." +
           toBase64url(written(payloadOf(now, changes).get()));
}

}  // namespace support
