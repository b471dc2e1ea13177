#include "store/seal.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <array>
#include <cstring>
#include <map>
#include <vector>

#include "gateway/error.h"
#include "store/keyed_hash.h"

namespace gateway {
namespace {

constexpr std::size_t kKey = 2, kSalt = 16, kNonce = 12, kTag = 16;
constexpr std::size_t kHead = kKey + kSalt + kNonce;
static_assert(Seal::kOverhead == kHead + kTag);

struct Free {
    void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

[[noreturn]] void fail() {
    throw Error(Fault::internal, "store",
                {"AES-256-GCM failed", "échec du chiffrement AES-256-GCM"});
}

[[noreturn]] void damaged() {
    throw Error(Fault::unavailable, "store",
                {"a value of the file is damaged", "une valeur du fichier est endommagée"});
}

const EVP_CIPHER* cipher() {
    static const std::unique_ptr<EVP_CIPHER, Free> one(
        EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr));
    if (!one) fail();
    return one.get();
}

EVP_CIPHER_CTX* context() {
    thread_local const std::unique_ptr<EVP_CIPHER_CTX, Free> one(EVP_CIPHER_CTX_new());
    if (!one) fail();
    return one.get();
}

unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

/// Random bytes, fetched from the library in larger portions.
void random(char* to, std::size_t size) {
    struct Store {
        std::array<char, 4096> bytes;
        std::size_t left = 0;
    };
    thread_local Store store;
    if (store.left < size) {
        if (RAND_bytes(reinterpret_cast<unsigned char*>(store.bytes.data()),
                       static_cast<int>(store.bytes.size())) != 1)
            throw Error(Fault::unavailable, "store",
                        {"the system gives no random numbers",
                         "le système ne donne pas de nombres aléatoires"});
        store.left = store.bytes.size();
    }
    store.left -= size;
    char* const from = store.bytes.data() + store.left;
    std::memcpy(to, from, size);
    std::memset(from, 0, size);  // never to be given again
}

std::array<unsigned char, 9> boundTo(Seal::Purpose purpose, std::uint64_t row) {
    std::array<unsigned char, 9> bound{};
    bound[0] = static_cast<unsigned char>(purpose);
    for (std::size_t i = 1; i < bound.size(); ++i, row >>= 8)
        bound[i] = static_cast<unsigned char>(row & 0xff);
    return bound;
}

}  // namespace

struct Seal::Ring {
    std::map<std::uint16_t, KeyMaker> keys;
    std::uint16_t current = 0;
};

Seal::Seal(StoreKeys keys, bool encrypt) : encrypt_(encrypt) { replace(std::move(keys)); }

Seal::~Seal() = default;

void Seal::replace(StoreKeys keys) {
    auto fresh = std::make_shared<Ring>();
    for (const auto& [id, key] : keys.seal) fresh->keys.try_emplace(id, key);
    if (encrypt_) fresh->current = keys.newest();
    const std::lock_guard lock(mutex_);
    ring_ = std::move(fresh);
}

std::shared_ptr<const Seal::Ring> Seal::ring() const {
    const std::lock_guard lock(mutex_);
    return ring_;
}

std::uint16_t Seal::current() const { return ring()->current; }
bool Seal::has(std::uint16_t key) const { return ring()->keys.contains(key); }

std::uint16_t Seal::keyOf(std::string_view sealed) {
    if (sealed.size() < kOverhead) damaged();
    return static_cast<std::uint16_t>(static_cast<unsigned char>(sealed[0]) |
                                      static_cast<unsigned char>(sealed[1]) << 8);
}

std::string Seal::seal(Purpose purpose, std::uint64_t row, std::string_view plain) const {
    const auto ring = this->ring();
    const auto maker = ring->keys.find(ring->current);
    if (maker == ring->keys.end()) fail();
    std::string out(kHead + plain.size() + kTag, '\0');
    out[0] = static_cast<char>(ring->current & 0xff);
    out[1] = static_cast<char>(ring->current >> 8);
    random(out.data() + kKey, kSalt + kNonce);
    const auto key = maker->second.make(std::string_view(out).substr(kKey, kSalt));
    const auto bound = boundTo(purpose, row);
    EVP_CIPHER_CTX* const gcm = context();
    int size = 0, rest = 0;
    if (EVP_EncryptInit_ex2(gcm, cipher(), key.data(), bytes(out) + kKey + kSalt, nullptr) != 1 ||
        EVP_EncryptUpdate(gcm, nullptr, &size, bound.data(), static_cast<int>(bound.size())) != 1 ||
        EVP_EncryptUpdate(gcm, bytes(out) + kHead, &size, bytes(plain),
                          static_cast<int>(plain.size())) != 1 ||
        EVP_EncryptFinal_ex(gcm, bytes(out) + kHead + size, &rest) != 1 ||
        EVP_CIPHER_CTX_ctrl(gcm, EVP_CTRL_AEAD_GET_TAG, static_cast<int>(kTag),
                            bytes(out) + kHead + plain.size()) != 1)
        fail();
    return out;
}

std::string Seal::open(Purpose purpose, std::uint64_t row, std::string_view sealed) const {
    const auto ring = this->ring();
    const std::uint16_t id = keyOf(sealed);
    const auto maker = ring->keys.find(id);
    if (maker == ring->keys.end()) {
        const std::string which = std::to_string(id);
        throw Error(Fault::unavailable, "store",
                    say("key {0}, which sealed a value of the file, is not among the store's keys",
                        "la clé {0}, qui a scellé une valeur du fichier, n'est pas parmi les clés "
                        "de la base",
                        {which}));
    }
    const auto key = maker->second.make(sealed.substr(kKey, kSalt));
    const auto bound = boundTo(purpose, row);
    const std::string_view body = sealed.substr(kHead, sealed.size() - kOverhead);
    std::string tag(sealed.substr(sealed.size() - kTag));
    std::string out(body.size(), '\0');
    EVP_CIPHER_CTX* const gcm = context();
    int size = 0, rest = 0;
    if (EVP_DecryptInit_ex2(gcm, cipher(), key.data(), bytes(sealed) + kKey + kSalt, nullptr) !=
            1 ||
        EVP_DecryptUpdate(gcm, nullptr, &size, bound.data(), static_cast<int>(bound.size())) != 1 ||
        EVP_DecryptUpdate(gcm, bytes(out), &size, bytes(body), static_cast<int>(body.size())) !=
            1 ||
        EVP_CIPHER_CTX_ctrl(gcm, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(kTag), tag.data()) != 1)
        fail();
    if (EVP_DecryptFinal_ex(gcm, bytes(out) + size, &rest) != 1) damaged();
    return out;
}

sqlite::Cell Seal::cell(Purpose purpose, std::uint64_t row, std::string_view plain) const {
    if (plain.empty()) return {};
    if (current() == 0) return {std::string(plain), false};
    return {seal(purpose, row, plain), true};
}

std::string Seal::text(Purpose purpose, std::uint64_t row, const sqlite::Query& query,
                       int column) const {
    if (query.null(column)) return {};
    if (!query.isBlob(column)) return query.string(column);
    return open(purpose, row, query.blob(column));
}

sqlite::Cell Seal::words(Purpose purpose, std::uint64_t row, const Reason& reason) const {
    if (reason.empty() && reason.fr.empty()) return {};
    return cell(purpose, row, joined({reason.en, reason.fr}));
}

Reason Seal::reason(Purpose purpose, std::uint64_t row, const sqlite::Query& query,
                    int column) const {
    const std::vector<std::string> both = parted(text(purpose, row, query, column), 2);
    return {both[0], both[1]};
}

std::string joined(std::initializer_list<std::string_view> parts) {
    std::string all;
    for (const std::string_view& part : parts) {
        if (&part != parts.begin()) all += '\0';
        for (const char c : part) all += c == '\0' ? ' ' : c;
    }
    return all;
}

std::vector<std::string> parted(std::string_view joined, std::size_t count) {
    std::vector<std::string> parts;
    while (parts.size() < count) {
        const std::size_t end = std::min(joined.find('\0'), joined.size());
        parts.emplace_back(joined.substr(0, end));
        joined.remove_prefix(std::min(end + 1, joined.size()));
    }
    return parts;
}

std::string checksum(std::string_view text) {
    unsigned char digest[SHA256_DIGEST_LENGTH];
    if (EVP_Digest(text.data(), text.size(), digest, nullptr, EVP_sha256(), nullptr) != 1) fail();
    return {reinterpret_cast<const char*>(digest), 8};
}

}  // namespace gateway
