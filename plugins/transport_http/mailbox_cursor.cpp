#include "mailbox_cursor.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <charconv>
#include <cstring>

namespace transport_http {
using namespace gateway;

namespace {

constexpr char kBetween = '\n';

std::string base64(std::string_view bytes) {
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    text.resize(static_cast<std::size_t>(EVP_EncodeBlock(
        reinterpret_cast<unsigned char*>(text.data()),
        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()))));
    for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
    while (text.ends_with('=')) text.pop_back();
    return text;
}

std::optional<std::string> fromBase64(std::string_view text) {
    std::string padded(text);
    for (char& c : padded) c = c == '-' ? '+' : c == '_' ? '/' : c;
    const std::size_t padding = (4 - padded.size() % 4) % 4;
    padded.append(padding, '=');
    std::string bytes(padded.size() / 4 * 3, '\0');
    const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                     reinterpret_cast<const unsigned char*>(padded.data()),
                                     static_cast<int>(padded.size()));
    if (size < 0 || static_cast<std::size_t>(size) < padding) return std::nullopt;
    bytes.resize(static_cast<std::size_t>(size) - padding);
    return bytes;
}

/// 128 bits over whose it is and what it says.
std::string signature(std::string_view text, std::string_view partner) {
    const std::string all = std::string(partner) + kBetween + std::string(text);
    const TokenHash parts[] = {tokenHash('1', all), tokenHash('2', all)};
    std::string bytes(sizeof parts, '\0');
    std::memcpy(bytes.data(), parts, sizeof parts);
    return bytes;
}

std::string_view line(std::string_view& text) {
    const std::size_t end = std::min(text.find(kBetween), text.size());
    const std::string_view one = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return one;
}

template <class T>
bool number(std::string_view text, T& value) {
    const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
    return end.ec == std::errc() && end.ptr == text.data() + text.size();
}

}  // namespace

std::string sealed(const MailboxCursor& cursor, std::string_view partner) {
    const MailboxPosition& after = cursor.after;
    std::string text = after.destination + kBetween + after.delivery + kBetween;
    text += std::to_string(after.since.time_since_epoch().count()) + kBetween;
    text += std::to_string(after.place) + kBetween + written(cursor.search);
    return base64(signature(text, partner) + text);
}

std::optional<MailboxCursor> opened(std::string_view token, std::string_view partner) {
    const std::optional<std::string> bytes = fromBase64(token);
    const std::size_t size = signature({}, {}).size();
    if (!bytes || bytes->size() < size) return std::nullopt;
    std::string_view text = std::string_view(*bytes).substr(size);
    const std::string ours = signature(text, partner);
    if (CRYPTO_memcmp(ours.data(), bytes->data(), size) != 0) return std::nullopt;
    MailboxCursor cursor;
    std::int64_t since = 0;
    cursor.after.destination = line(text);
    cursor.after.delivery = line(text);
    const bool timed = number(line(text), since);
    if (!timed || !number(line(text), cursor.after.place)) return std::nullopt;
    cursor.after.since = Time(Milliseconds(since));
    auto search = readSearch(text);
    if (!search) return std::nullopt;
    cursor.search = *std::move(search);
    return cursor;
}

}  // namespace transport_http
