#include "keys.h"

#include <algorithm>

namespace transport_http {
using namespace gateway;

namespace {
constexpr std::size_t kKeySize = 200;

bool isVisible(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}
}  // namespace

std::string keyOfEntry(std::string_view key, std::size_t number) {
    return std::string(key) + "#" + std::to_string(number);
}

std::optional<Reason> badKey(const http::Headers& headers) {
    const std::string_view key = headers.get(kKeyHeader);
    if (key.size() <= kKeySize && isVisible(key) && headers.count(kKeyHeader) <= 1)
        return std::nullopt;
    return Reason{"expected one key of at most 200 visible ASCII characters",
                  "attendu une clé d'au plus 200 caractères ASCII visibles"};
}

}  // namespace transport_http
