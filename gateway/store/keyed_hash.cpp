#include "store/keyed_hash.h"

// The functions of a digest by itself: a keyed one is begun for each value, and with the others
// that costs more than the hashing (a context is made, counted and cleared).
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cstring>
#include <initializer_list>

#include "gateway/error.h"

namespace gateway {

namespace {

[[noreturn]] void fail() { throw Error(Fault::internal, "store", "HMAC-SHA-256 failed"); }

/// HMAC-SHA-256 (RFC 2104) that has hashed the block of its key already, inside and outside.
struct Keyed {
    explicit Keyed(std::string_view key) {
        std::array<unsigned char, SHA256_CBLOCK> block{};
        if (key.size() > block.size()) fail();
        const auto begun = [&](SHA256_CTX& context, unsigned char pad) {
            block.fill(pad);
            for (std::size_t i = 0; i < key.size(); ++i)
                block[i] =
                    static_cast<unsigned char>(block[i] ^ static_cast<unsigned char>(key[i]));
            if (SHA256_Init(&context) != 1 ||
                SHA256_Update(&context, block.data(), block.size()) != 1)
                fail();
        };
        begun(inner, 0x36);
        begun(outer, 0x5c);
        OPENSSL_cleanse(block.data(), block.size());
    }
    ~Keyed() {
        OPENSSL_cleanse(&inner, sizeof inner);
        OPENSSL_cleanse(&outer, sizeof outer);
    }
    Keyed(const Keyed&) = delete;
    Keyed& operator=(const Keyed&) = delete;

    std::array<unsigned char, 32> operator()(std::initializer_list<std::string_view> texts) const {
        std::array<unsigned char, 32> full{};
        SHA256_CTX context = inner;
        bool good = true;
        for (const std::string_view text : texts)
            good = good && SHA256_Update(&context, text.data(), text.size()) == 1;
        good = good && SHA256_Final(full.data(), &context) == 1;
        context = outer;
        good = good && SHA256_Update(&context, full.data(), full.size()) == 1 &&
               SHA256_Final(full.data(), &context) == 1;
        if (!good) fail();
        return full;
    }

    SHA256_CTX inner, outer;
};

}  // namespace

struct KeyedHash::Parts {
    explicit Parts(std::string_view key) : keyed(key) {}
    Keyed keyed;
};

KeyedHash::KeyedHash(std::string_view key) : parts_(std::make_unique<Parts>(key)) {}
KeyedHash::~KeyedHash() = default;

struct KeyMaker::Parts {
    explicit Parts(std::string_view key) : keyed(key) {}
    Keyed keyed;
};

KeyMaker::KeyMaker(std::string_view key) : parts_(std::make_unique<Parts>(key)) {}
KeyMaker::~KeyMaker() = default;

std::array<unsigned char, 32> KeyMaker::make(std::string_view from) const {
    return parts_->keyed({from});
}

std::string KeyedHash::makeKey() {
    std::string key(kKeySize, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), static_cast<int>(key.size())) != 1)
        throw Error(Fault::unavailable, "store",
                    Reason{"the system gives no random numbers",
                           "le système ne donne pas de nombres aléatoires"});
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
