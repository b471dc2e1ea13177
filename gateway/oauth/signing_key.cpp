#include "oauth/signing_key.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include "oauth/jose.h"
#include "oauth/key_set.h"

namespace gateway::oauth {
namespace {

[[noreturn]] void refuse(const Reason& what) { throw Error(Fault::rejected, "key", what); }

Json fromPem(const std::string& text) {
    const std::unique_ptr<BIO, decltype(&BIO_free_all)> in(
        BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free_all);
    // Without this a passphrase would be asked for on the terminal.
    const auto none = [](char*, int, int, void*) { return 0; };
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
        PEM_read_bio_PrivateKey(in.get(), nullptr, none, nullptr), EVP_PKEY_free);
    ERR_clear_error();
    if (!key) return nullptr;
    const auto settings = quietJose();
    return Json(jose_openssl_jwk_from_EVP_PKEY(settings.get(), key.get()));
}

Algorithm usual(const json_t* key) {
    for (const Algorithm algorithm :
         {Algorithm::rs384, Algorithm::es384, Algorithm::es256, Algorithm::rs256})
        if (fits(key, algorithm)) return algorithm;
    refuse(
        {"is no key for RS384, RS256, ES384 or ES256: expected RSA of 2048 to 8192 bits, or EC "
         "on P-256 or P-384",
         "n'est pas une clé pour RS384, RS256, ES384 ou ES256 : attendu RSA de 2048 à 8192 "
         "bits, ou EC sur P-256 ou P-384"});
}

Algorithm chosen(const json_t* key, const std::string& name) {
    const auto algorithm = algorithmOf(name);
    if (!algorithm || !fits(key, *algorithm))
        refuse(say("does not go with {0}", "ne va pas avec {0}", {name}));
    return *algorithm;
}

std::string thumbprint(const json_t* key) {
    const auto settings = quietJose();
    const Json text(jose_jwk_thp(settings.get(), key, "S256"));
    if (!json_is_string(text.get()))
        refuse({"is no key that has a thumbprint", "n'est pas une clé qui a une empreinte"});
    return json_string_value(text.get());
}

}  // namespace

SigningKey::SigningKey(const std::string& text, const std::string& algorithm,
                       const std::string& kid)
    : key_(text.starts_with('{') ? jsonObject(text) : fromPem(text)) {
    if (!key_ || json_object_get(key_.get(), "d") == nullptr)
        refuse({"holds no private key that can be read, in PEM form without passphrase or as JWK",
                "ne contient pas de clé privée lisible, au format PEM sans phrase secrète ou en "
                "JWK"});
    algorithm_ = algorithm.empty() ? usual(key_.get()) : chosen(key_.get(), algorithm);
    kid_ = kid.empty() ? std::string(textOf(key_.get(), "kid")) : kid;
    if (kid_.empty()) kid_ = thumbprint(key_.get());
}

Json SigningKey::published() const {
    Json half = publicHalf(key_.get());
    const std::string_view algorithm = toText(algorithm_);
    json_object_set_new(half.get(), "kid", json_stringn(kid_.data(), kid_.size()));
    json_object_set_new(half.get(), "alg", json_stringn(algorithm.data(), algorithm.size()));
    json_object_set_new(half.get(), "use", json_string("sig"));
    json_object_del(half.get(), "key_ops");
    return half;
}

std::string SigningKey::sign(const json_t* payload) const {
    const Json header(
        json_pack("{s:s,s:s}", "alg", std::string(toText(algorithm_)).c_str(), "typ", "JWT"));
    json_object_set_new(header.get(), "kid", json_stringn(kid_.data(), kid_.size()));
    return signedToken(header.get(), payload, key_.get());
}

}  // namespace gateway::oauth
