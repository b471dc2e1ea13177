#include "store/keyed_hash.h"

#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <cstring>

#include "gateway/error.h"

namespace gateway {

namespace {

struct Free {
    void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
    void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
using Mac = std::unique_ptr<EVP_MAC, Free>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, Free>;

[[noreturn]] void fail() { throw Error(Fault::internal, "store", "HMAC-SHA-256 failed"); }

}  // namespace

struct KeyedHash::Parts {
    Mac mac;
    MacContext keyed;
};

KeyedHash::KeyedHash(std::string_view key) : parts_(std::make_unique<Parts>()) {
    parts_->mac.reset(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
    if (!parts_->mac) fail();
    parts_->keyed.reset(EVP_MAC_CTX_new(parts_->mac.get()));
    char digest[] = "SHA256";
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string("digest", digest, 0),
                                 OSSL_PARAM_construct_end()};
    if (!parts_->keyed ||
        EVP_MAC_init(parts_->keyed.get(), reinterpret_cast<const unsigned char*>(key.data()),
                     key.size(), params) != 1)
        fail();
}

KeyedHash::~KeyedHash() = default;

std::string KeyedHash::makeKey() {
    std::string key(kKeySize, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), static_cast<int>(key.size())) != 1)
        throw Error(Fault::unavailable, "store", "the system gives no random numbers");
    return key;
}

std::string KeyedHash::operator()(Purpose purpose, std::string_view text) const {
    const MacContext context(EVP_MAC_CTX_dup(parts_->keyed.get()));
    const auto first = static_cast<unsigned char>(purpose);
    unsigned char full[32];
    std::size_t size = 0;
    if (!context || EVP_MAC_update(context.get(), &first, 1) != 1 ||
        EVP_MAC_update(context.get(), reinterpret_cast<const unsigned char*>(text.data()),
                       text.size()) != 1 ||
        EVP_MAC_final(context.get(), full, &size, sizeof full) != 1)
        fail();
    return {reinterpret_cast<const char*>(full), kSize};
}

std::uint64_t KeyedHash::brief(std::string_view hash) {
    std::uint64_t number = 0;
    std::memcpy(&number, hash.data(), sizeof number);
    return number;
}

}  // namespace gateway
