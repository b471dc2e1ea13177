#include "store/keyed_hash.h"

#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <cstring>
#include <initializer_list>

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

/// HMAC-SHA-256 that has its key already.
struct Keyed {
    explicit Keyed(std::string_view key) : mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr)) {
        if (!mac) fail();
        context.reset(EVP_MAC_CTX_new(mac.get()));
        char digest[] = "SHA256";
        const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string("digest", digest, 0),
                                     OSSL_PARAM_construct_end()};
        if (!context ||
            EVP_MAC_init(context.get(), reinterpret_cast<const unsigned char*>(key.data()),
                         key.size(), params) != 1)
            fail();
    }

    std::array<unsigned char, 32> operator()(std::initializer_list<std::string_view> texts) const {
        const MacContext one(EVP_MAC_CTX_dup(context.get()));
        std::array<unsigned char, 32> full{};
        std::size_t size = 0;
        if (!one) fail();
        for (const std::string_view text : texts)
            if (EVP_MAC_update(one.get(), reinterpret_cast<const unsigned char*>(text.data()),
                               text.size()) != 1)
                fail();
        if (EVP_MAC_final(one.get(), full.data(), &size, full.size()) != 1) fail();
        return full;
    }

    Mac mac;
    MacContext context;
};

}  // namespace

struct KeyedHash::Parts {
    Keyed keyed;
};

KeyedHash::KeyedHash(std::string_view key) : parts_(std::make_unique<Parts>(Parts{Keyed(key)})) {}
KeyedHash::~KeyedHash() = default;

struct KeyMaker::Parts {
    Keyed keyed;
};

KeyMaker::KeyMaker(std::string_view key) : parts_(std::make_unique<Parts>(Parts{Keyed(key)})) {}
KeyMaker::~KeyMaker() = default;

std::array<unsigned char, 32> KeyMaker::make(std::string_view from) const {
    return parts_->keyed({from});
}

std::string KeyedHash::makeKey() {
    std::string key(kKeySize, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), static_cast<int>(key.size())) != 1)
        throw Error(Fault::unavailable, "store", "the system gives no random numbers");
    return key;
}

std::string KeyedHash::operator()(Purpose purpose, std::string_view text) const {
    const auto first = static_cast<char>(purpose);
    const auto full = parts_->keyed({std::string_view(&first, 1), text});
    return {reinterpret_cast<const char*>(full.data()), kSize};
}

std::uint64_t KeyedHash::brief(std::string_view hash) {
    std::uint64_t number = 0;
    std::memcpy(&number, hash.data(), sizeof number);
    return number;
}

}  // namespace gateway
