#include "oauth/base64url.h"

#include <cstddef>

#include "oauth/jose.h"

namespace gateway::oauth {

std::optional<std::string> fromBase64url(std::string_view text) {
    const std::size_t size = jose_b64_dec_buf(nullptr, text.size(), nullptr, 0);
    if (size == SIZE_MAX) return {};
    std::string bytes(size, '\0');
    if (jose_b64_dec_buf(text.data(), text.size(), bytes.data(), size) != size) return {};
    if (toBase64url(bytes) != text) return {};
    return bytes;
}

std::string toBase64url(std::string_view bytes) {
    std::string text(jose_b64_enc_buf(nullptr, bytes.size(), nullptr, 0), '\0');
    const std::size_t size = jose_b64_enc_buf(bytes.data(), bytes.size(), text.data(), text.size());
    text.resize(size == SIZE_MAX ? 0 : size);
    return text;
}

}  // namespace gateway::oauth
