/// xml::writable, xml::isName, xml::writeValue, xml::writeText.
#include <array>

#include "common/xml/xml.h"

namespace xml {

namespace {

/// What a byte is in an attribute: plain, escaped, not of XML, or perhaps U+FFFE or U+FFFF.
enum class Byte : std::uint8_t { plain, escaped, refused, last };

constexpr std::array<Byte, 256> kBytes = [] {
    std::array<Byte, 256> bytes{};
    for (std::size_t c = 0; c < 0x20; ++c) bytes[c] = Byte::refused;
    for (const char c : {'\t', '\n', '\r', '"', '&', '<'})
        bytes[static_cast<unsigned char>(c)] = Byte::escaped;
    bytes[0xEF] = Byte::last;
    return bytes;
}();

Byte byteOf(char c) { return kBytes[static_cast<unsigned char>(c)]; }

std::string_view escape(char c) {
    switch (c) {
        case '\t': return "&#9;";
        case '\n': return "&#10;";
        case '\r': return "&#13;";
        case '"': return "&quot;";
        case '&': return "&amp;";
        default: return "&lt;";
    }
}

}  // namespace

bool writable(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        const Byte byte = byteOf(text[at]);
        if (byte == Byte::refused) return false;
        if (byte != Byte::last) continue;
        const std::string_view three = text.substr(at, 3);
        if (three == "\xEF\xBF\xBE" || three == "\xEF\xBF\xBF") return false;
    }
    return true;
}

bool isName(std::string_view name) {
    const auto letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
               static_cast<unsigned char>(c) >= 0x80;
    };
    bool first = true;
    int colons = 0;
    for (const char c : name) {
        const bool inner = (c >= '0' && c <= '9') || c == '-' || c == '.';
        if (c == ':') {
            if (first || ++colons > 1) return false;
            first = true;
            continue;
        }
        if (!letter(c) && (first || !inner)) return false;
        first = false;
    }
    return !first && writable(name) && name.find("\xC3\x97") == name.npos &&
           name.find("\xC3\xB7") == name.npos;
}

void writeText(text::Out& out, std::string_view text) {
    std::size_t written = 0;
    for (std::size_t at = text.find_first_of("<>&\r"); at != text.npos;
         at = text.find_first_of("<>&\r", at + 1)) {
        out << text.substr(written, at - written)
            << (text[at] == '>' ? std::string_view("&gt;") : escape(text[at]));
        written = at + 1;
    }
    out << text.substr(written);
}

void writeValue(text::Out& out, std::string_view text) {
    std::size_t written = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (byteOf(text[at]) != Byte::escaped) continue;
        out << text.substr(written, at - written) << escape(text[at]);
        written = at + 1;
    }
    out << text.substr(written);
}

}  // namespace xml
