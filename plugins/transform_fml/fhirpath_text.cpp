#include "fhirpath_text.h"

#include <array>
#include <utility>

namespace fhirpath {
namespace {

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char32_t decode(std::string_view character) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(character[i]); };
    switch (character.size()) {
        case 2: return (byte(0) & 0x1Fu) << 6 | (byte(1) & 0x3Fu);
        case 3: return (byte(0) & 0x0Fu) << 12 | (byte(1) & 0x3Fu) << 6 | (byte(2) & 0x3Fu);
        default: return byte(0);
    }
}

bool pairedCase(char32_t c) {  // capital and small letter stand side by side, the capital first
    return (c >= 0x100 && c <= 0x137 && c != 0x130 && c != 0x131) || (c >= 0x14A && c <= 0x177) ||
           (c >= 0x460 && c <= 0x481) || (c >= 0x48A && c <= 0x4BF) || (c >= 0x4D0 && c <= 0x52F) ||
           (c >= 0x1E00 && c <= 0x1E95) || (c >= 0x1EA0 && c <= 0x1EFF);
}

char32_t capital(char32_t c) {
    if (c == 0xFF) return 0x178;
    if ((c >= 0xE0 && c <= 0xFE && c != 0xF7) || (c >= 0x3B1 && c <= 0x3C9 && c != 0x3C2) ||
        (c >= 0x430 && c <= 0x44F))
        return c - 0x20;
    if (c >= 0x450 && c <= 0x45F) return c - 0x50;
    if ((c >= 0x13A && c <= 0x148 && c % 2 == 0) || c == 0x17A || c == 0x17C || c == 0x17E)
        return c - 1;
    return pairedCase(c) && c % 2 == 1 ? c - 1 : c;
}

char32_t small(char32_t c) {
    if (c == 0x178) return 0xFF;
    if ((c >= 0xC0 && c <= 0xDE && c != 0xD7) || (c >= 0x391 && c <= 0x3A9 && c != 0x3A2) ||
        (c >= 0x410 && c <= 0x42F))
        return c + 0x20;
    if (c >= 0x400 && c <= 0x40F) return c + 0x50;
    if ((c >= 0x139 && c <= 0x147 && c % 2 == 1) || c == 0x179 || c == 0x17B || c == 0x17D)
        return c + 1;
    return pairedCase(c) && c % 2 == 0 ? c + 1 : c;
}

std::string cased(std::string_view text, bool up) {
    std::string result;
    result.reserve(text.size());
    while (!text.empty()) {
        const char first = text.front();
        if (static_cast<unsigned char>(first) < 0x80) {
            const bool letter = up ? first >= 'a' && first <= 'z' : first >= 'A' && first <= 'Z';
            result += static_cast<char>(letter ? first ^ 0x20 : first);
            text.remove_prefix(1);
            continue;
        }
        const std::string_view character = takeCharacter(text);
        if (character.size() == 2 || character.size() == 3)
            appendUtf8(result, up ? capital(decode(character)) : small(decode(character)));
        else
            result += character;
    }
    return result;
}

bool blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

struct Entity {
    std::string_view written, meant;
};
constexpr std::array<Entity, 5> kEntities{
    {{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&amp;", "&"}}};

}  // namespace

int hexDigit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

void appendUtf8(std::string& to, char32_t c) {
    const auto put = [&](char32_t byte) { to += static_cast<char>(byte); };
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xC0 | c >> 6);
        put(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        put(0xE0 | c >> 12);
        put(0x80 | (c >> 6 & 0x3F));
        put(0x80 | (c & 0x3F));
    } else {
        put(0xF0 | c >> 18);
        put(0x80 | (c >> 12 & 0x3F));
        put(0x80 | (c >> 6 & 0x3F));
        put(0x80 | (c & 0x3F));
    }
}

std::string_view takeCharacter(std::string_view& text) {
    const auto first = static_cast<unsigned char>(text.front());
    std::size_t size = first < 0xC0   ? 1
                       : first < 0xE0 ? 2
                       : first < 0xF0 ? 3
                       : first < 0xF8 ? 4
                                      : 1;
    for (std::size_t i = 1; i < size; ++i)
        if (i >= text.size() || (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) size = 1;
    const std::string_view character = text.substr(0, size);
    text.remove_prefix(size);
    return character;
}

std::size_t characters(std::string_view text) {
    std::size_t count = 0;
    for (; !text.empty(); ++count) takeCharacter(text);
    return count;
}

std::optional<std::size_t> byteOf(std::string_view text, std::size_t character) {
    std::string_view rest = text;
    for (; character != 0 && !rest.empty(); --character) takeCharacter(rest);
    if (character != 0) return std::nullopt;
    return text.size() - rest.size();
}

std::string upper(std::string_view text) { return cased(text, true); }
std::string lower(std::string_view text) { return cased(text, false); }

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

std::string folded(std::string_view text) {
    std::string result;
    for (const char c : lower(text)) {
        if (!blank(c))
            result += c;
        else if (result.empty() || result.back() != ' ')
            result += ' ';
    }
    return result;
}

std::string toBase64(std::string_view bytes, bool url) {
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        unsigned group = 0;
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
        for (std::size_t j = 0; j < 3; ++j)
            group = group << 8 | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0u);
        for (std::size_t j = 0; j < 4; ++j)
            text += j > count ? '=' : kBase64[group >> (18 - 6 * j) & 63u];
    }
    if (url)
        for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
    return text;
}

std::optional<std::string> fromBase64(std::string_view text, bool url) {
    std::string bytes;
    unsigned group = 0, bits = 0;
    while (!text.empty() && text.back() == '=') text.remove_suffix(1);
    for (char c : text) {
        if (url) c = c == '-' ? '+' : c == '_' ? '/' : c;
        const std::size_t value = kBase64.find(c);
        if (value == kBase64.npos) return std::nullopt;
        group = (group << 6 | static_cast<unsigned>(value)) & 0xFFFFFF;
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        bytes += static_cast<char>(group >> bits & 0xFFu);
    }
    return bytes;
}

std::string toHex(std::string_view bytes) {
    static constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (const char c : bytes) {
        text += kDigits[static_cast<unsigned char>(c) >> 4];
        text += kDigits[static_cast<unsigned char>(c) & 15];
    }
    return text;
}

std::optional<std::string> fromHex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = hexDigit(text[i]), low = hexDigit(text[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        bytes += static_cast<char>(high * 16 + low);
    }
    return bytes;
}

std::string toAscii(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const std::string_view character = takeCharacter(text);
        result += static_cast<unsigned char>(character.front()) < 0x80 ? character.front() : '?';
    }
    return result;
}

bool isUtf8(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::string_view character = takeCharacter(bytes);
        const auto at = [&](std::size_t i) { return static_cast<unsigned char>(character[i]); };
        if (character.size() == 1 && at(0) >= 0x80) return false;
        if (character.size() == 2 && at(0) < 0xC2) return false;
        if (character.size() == 3 &&
            ((at(0) == 0xE0 && at(1) < 0xA0) || (at(0) == 0xED && at(1) >= 0xA0)))
            return false;
        if (character.size() == 4 &&
            ((at(0) == 0xF0 && at(1) < 0x90) || at(0) > 0xF4 || (at(0) == 0xF4 && at(1) >= 0x90)))
            return false;
    }
    return true;
}

std::string escapeJson(std::string_view text) {
    std::string result;
    static constexpr std::string_view kMeant = "\"\\\b\f\n\r\t", kWritten = "\"\\bfnrt";
    for (const char c : text) {
        if (const std::size_t at = kMeant.find(c); at != kMeant.npos) {
            result += '\\';
            result += kWritten[at];
        } else if (static_cast<unsigned char>(c) < 0x20) {
            result += "\\u00" + toHex(std::string_view(&c, 1));
        } else {
            result += c;
        }
    }
    return result;
}

namespace {

/// The code unit of `\uXXXX` at the front of `text`, if there is one.
std::optional<char32_t> unitAt(std::string_view text) {
    if (text.size() < 6 || !text.starts_with("\\u") || !fromHex(text.substr(2, 4)))
        return std::nullopt;
    char32_t unit = 0;
    for (std::size_t i = 2; i < 6; ++i) unit = unit * 16 + static_cast<char32_t>(hexDigit(text[i]));
    return unit;
}

/// The character written so at the front of `text`, and how long it was written; half a pair of
/// surrogates is none.
std::optional<std::pair<char32_t, std::size_t>> writtenAt(std::string_view text) {
    const auto unit = unitAt(text);
    if (!unit || (*unit >= 0xDC00 && *unit <= 0xDFFF)) return std::nullopt;
    if (*unit < 0xD800 || *unit > 0xDFFF) return std::pair(*unit, std::size_t{6});
    const auto low = unitAt(text.substr(6));
    if (!low || *low < 0xDC00 || *low > 0xDFFF) return std::nullopt;
    return std::pair(0x10000 + (*unit - 0xD800) * 0x400 + (*low - 0xDC00), std::size_t{12});
}

}  // namespace

std::string unescapeJson(std::string_view text) {
    std::string result;
    static constexpr std::string_view kWritten = "\"\\/bfnrt", kMeant = "\"\\/\b\f\n\r\t";
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::size_t known =
            text[i] == '\\' && i + 1 < text.size() ? kWritten.find(text[i + 1]) : kWritten.npos;
        if (known != kWritten.npos) {
            result += kMeant[known];
            ++i;
        } else if (const auto written = writtenAt(text.substr(i))) {
            appendUtf8(result, written->first);
            i += written->second - 1;
        } else {
            result += text[i];
        }
    }
    return result;
}

std::string escapeHtml(std::string_view text) {
    std::string result;
    for (const char c : text) {
        std::string_view written(&c, 1);
        for (const Entity& entity : kEntities)
            if (entity.meant == std::string_view(&c, 1)) written = entity.written;
        result += written;
    }
    return result;
}

std::string unescapeHtml(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        std::size_t size = 1;
        std::string_view meant = text.substr(0, 1);
        for (const Entity& entity : kEntities)
            if (text.starts_with(entity.written)) {
                size = entity.written.size();
                meant = entity.meant;
            }
        result += meant;
        text.remove_prefix(size);
    }
    return result;
}

}  // namespace fhirpath
