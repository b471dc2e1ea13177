#include "store/secret_note.h"

#include <openssl/crypto.h>

#include "gateway/error.h"

namespace gateway {
namespace {

constexpr std::string_view kSecret = "secret ";
constexpr std::string_view kSealed = "sealed:";

/// A sealed note cannot take the place of another.
std::uint64_t rowOf(std::string_view key) {
    std::uint64_t row = 0;
    for (const char c : checksum(key)) row = row << 8 | static_cast<unsigned char>(c);
    return row;
}

std::string hexOf(std::string_view bytes) {
    std::string text(bytes.size() * 2 + 1, '\0');
    std::size_t size = 0;
    if (OPENSSL_buf2hexstr_ex(text.data(), text.size(), &size,
                              reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                              '\0') != 1)
        throw Error(Fault::internal, "store", Reason{"hexadecimal failed", "hexadécimal : échec"});
    text.resize(bytes.size() * 2);
    return text;
}

std::string bytesOf(std::string_view hex) {
    std::string bytes(hex.size() / 2, '\0');
    std::size_t size = 0;
    if (OPENSSL_hexstr2buf_ex(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), &size,
                              std::string(hex).c_str(), '\0') != 1)
        return {};
    bytes.resize(size);
    return bytes;
}

}  // namespace

bool isSecretNote(std::string_view key) { return key.starts_with(kSecret); }

std::string sealedNote(const Seal& seal, std::string_view key, std::string_view plain) {
    if (plain.empty() || seal.current() == 0) return std::string(plain);
    return std::string(kSealed) + hexOf(seal.seal(Seal::Purpose::note, rowOf(key), plain));
}

std::string openedNote(const Seal& seal, std::string_view key, std::string_view text) {
    if (!text.starts_with(kSealed)) return std::string(text);
    return seal.open(Seal::Purpose::note, rowOf(key), bytesOf(text.substr(kSealed.size())));
}

std::string beginOfSealed(std::uint16_t key) {
    const char id[] = {static_cast<char>(key & 0xff), static_cast<char>(key >> 8)};
    return std::string(kSealed) + hexOf({id, sizeof id});
}

}  // namespace gateway
