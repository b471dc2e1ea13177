#include "fml_hash.h"

#include <openssl/evp.h>

#include <array>
#include <memory>

#include "gateway/error.h"

namespace fml {
namespace {

std::string hex(const unsigned char* bytes, std::size_t size) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    text.reserve(size * 2 + 4);
    for (std::size_t i = 0; i < size; ++i) {
        text.push_back(kDigits[bytes[i] >> 4]);
        text.push_back(kDigits[bytes[i] & 15]);
    }
    return text;
}

/// uuid5(DNS namespace, "passerelle.map"), so that no other name-based id is equal to one of ours.
constexpr std::array<unsigned char, 16> kNamespace = {
    0x16, 0x4c, 0x34, 0xb5, 0x42, 0x2f, 0x55, 0x83, 0x9d, 0xae, 0x25, 0xd9, 0x05, 0x7a, 0x16, 0xa3};

}  // namespace

std::string hashOf(const std::vector<std::string>& parts) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          &EVP_MD_CTX_free);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    bool fine = context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
    for (const std::string& part : parts) {
        const std::string size = std::to_string(part.size()) + ":";
        fine = fine && EVP_DigestUpdate(context.get(), size.data(), size.size()) == 1 &&
               EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
    }
    if (!fine || EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) != 1)
        throw gateway::Error(gateway::Fault::internal, "map", "SHA-256 is not available");
    return hex(digest.data(), 16);
}

std::string uuidOf(std::string_view text) {
    using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
    // Looking the algorithm up takes longer than hashing a name.
    static EVP_MD* const sha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
    thread_local const Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    if (sha1 == nullptr || context == nullptr ||
        EVP_DigestInit_ex2(context.get(), sha1, nullptr) != 1 ||
        EVP_DigestUpdate(context.get(), kNamespace.data(), kNamespace.size()) != 1 ||
        EVP_DigestUpdate(context.get(), text.data(), text.size()) != 1 ||
        EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) != 1)
        throw gateway::Error(gateway::Fault::internal, "map", "SHA-1 is not available");
    digest[6] = static_cast<unsigned char>((digest[6] & 0x0F) | 0x50);
    digest[8] = static_cast<unsigned char>((digest[8] & 0x3F) | 0x80);
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string id(36, '-');
    std::size_t at = 0;
    for (std::size_t i = 0; i < 16; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) ++at;
        id[at++] = kDigits[digest[i] >> 4];
        id[at++] = kDigits[digest[i] & 15];
    }
    return id;
}

}  // namespace fml
