#include "core/digest.h"

#include <openssl/evp.h>

#include <array>

#include "gateway/error.h"

namespace gateway {

std::string sha256(std::string_view text) {
    std::array<unsigned char, 32> hash{};
    if (EVP_Digest(text.data(), text.size(), hash.data(), nullptr, EVP_sha256(), nullptr) != 1)
        throw Error(Fault::internal, "digest", "SHA-256 failed");
    static constexpr char digits[] = "0123456789abcdef";
    std::string hex;
    for (const unsigned char byte : hash) {
        hex += digits[byte >> 4];
        hex += digits[byte & 15];
    }
    return hex;
}

}  // namespace gateway
