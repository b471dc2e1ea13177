#include "common/text/decoding.h"

#include <algorithm>
#include <array>
#include <map>

#include "common/text/text.h"

namespace text {
namespace {

/// Windows-1252 from 0x80 to 0x9F; what it leaves open is U+FFFD.
constexpr std::array<char16_t, 32> kWindows = {
    0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};

void append(std::string& out, char32_t code) {
    const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (code < 0x80) return put(code);
    if (code < 0x800) {
        put(0xC0 | code >> 6);
    } else if (code < 0x10000) {
        put(0xE0 | code >> 12);
        put(0x80 | (code >> 6 & 0x3F));
    } else {
        put(0xF0 | code >> 18);
        put(0x80 | (code >> 12 & 0x3F));
        put(0x80 | (code >> 6 & 0x3F));
    }
    put(0x80 | (code & 0x3F));
}

unsigned byteAt(std::string_view bytes, std::size_t at) {
    return static_cast<unsigned char>(bytes[at]);
}

std::string ofUtf16(std::string_view bytes, bool bigEnd) {
    std::string out;
    out.reserve(bytes.size());
    const auto unit = [&](std::size_t at) -> char32_t {
        const unsigned first = byteAt(bytes, at), second = byteAt(bytes, at + 1);
        return bigEnd ? first << 8 | second : second << 8 | first;
    };
    for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
        char32_t code = unit(at);
        if (code >= 0xD800 && code < 0xE000) {
            const bool high = code < 0xDC00 && at + 3 < bytes.size();
            const char32_t low = high ? unit(at + 2) : 0;
            const bool pair = low >= 0xDC00 && low < 0xE000;
            code = pair ? 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00) : 0xFFFD;
            if (pair) at += 2;
        }
        append(out, code);
    }
    if (bytes.size() % 2 != 0) append(out, 0xFFFD);
    return out;
}

bool isLetter(unsigned byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte >= 0xC0;
}

/// What ISO 8859 leaves to control characters.
bool isControl(unsigned byte) { return byte >= 0x80 && byte < 0xA0; }

/// Windows-1252 has signs where ISO 8859-15 has control characters, and ¼, ½ and ¤ where that has
/// the letters Œ and œ and the euro.
bool isLatin9(std::string_view bytes) {
    bool seen = false;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const unsigned byte = byteAt(bytes, i);
        if (isControl(byte)) return false;
        const bool ligature = byte == 0xBC || byte == 0xBD;
        seen = seen || byte == 0xA4 ||
               (ligature && i + 1 < bytes.size() && isLetter(byteAt(bytes, i + 1)));
    }
    return seen;
}

char32_t ofLatin9(unsigned byte) {
    switch (byte) {
        case 0xA4: return 0x20AC;
        case 0xA6: return 0x0160;
        case 0xA8: return 0x0161;
        case 0xB4: return 0x017D;
        case 0xB8: return 0x017E;
        case 0xBC: return 0x0152;
        case 0xBD: return 0x0153;
        case 0xBE: return 0x0178;
        default: return byte;
    }
}

std::string ofOneByte(std::string_view bytes, bool latin9) {
    std::string out;
    out.reserve(bytes.size() + bytes.size() / 8);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const unsigned byte = byteAt(bytes, i);
        if (isControl(byte))  // nobody writes those: where they stand, Windows' signs are meant
            append(out, kWindows[byte - 0x80]);
        else
            append(out, latin9 ? ofLatin9(byte) : byte);
    }
    return out;
}

}  // namespace

Decoded decoded(std::string_view bytes) {
    const bool little = bytes.starts_with("\xFF\xFE"), big = bytes.starts_with("\xFE\xFF");
    if (little || big) return {ofUtf16(bytes.substr(2), big), Encoding::utf16};
    if (bytes.size() >= 2 && bytes[0] != '\0' && bytes[1] == '\0')
        return {ofUtf16(bytes, false), Encoding::utf16};
    const bool marked = bytes.starts_with(kByteOrderMark);
    if (marked) bytes.remove_prefix(kByteOrderMark.size());
    const std::size_t bad = badUtf8(bytes);
    if (bad == bytes.npos) return {std::string(bytes), Encoding::utf8};
    const bool latin9 = isLatin9(bytes);
    const auto before = bytes.substr(0, bad);
    return {ofOneByte(bytes, latin9), latin9 ? Encoding::latin9 : Encoding::windows1252,
            static_cast<int>(1 + std::count(before.begin(), before.end(), '\n'))};
}

std::string decodedAs(std::string_view bytes, Encoding encoding) {
    switch (encoding) {
        case Encoding::windows1252: return ofOneByte(bytes, false);
        case Encoding::latin9: return ofOneByte(bytes, true);
        default: return decoded(bytes).text;
    }
}

std::string encodedAs(std::string_view text, Encoding encoding, std::size_t& lost) {
    if (encoding != Encoding::windows1252 && encoding != Encoding::latin9) return std::string(text);
    std::map<std::string, char, std::less<>> signs;
    for (unsigned byte = encoding == Encoding::latin9 ? 0xA0 : 0x80; byte < 0x100; ++byte) {
        const char one = static_cast<char>(byte);
        signs.emplace(ofOneByte({&one, 1}, encoding == Encoding::latin9), one);
    }
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at + 1;
        while (end < text.size() && (byteAt(text, end) & 0xC0u) == 0x80u) ++end;
        const auto sign = signs.find(text.substr(at, end - at));
        if (end - at == 1) {
            out += text[at];
        } else if (sign != signs.end() && sign->first != "\xEF\xBF\xBD") {
            out += sign->second;
        } else {
            out += '?';
            ++lost;
        }
        at = end;
    }
    return out;
}

gateway::Reason takenAs(Encoding encoding) {
    if (encoding == Encoding::utf8 || encoding == Encoding::utf16) return {};
    return gateway::say(
        "found a byte that is not UTF-8: the file is read as {0}; if letters come out wrong, save "
        "it as \"CSV UTF-8\"",
        "trouvé un octet qui n'est pas de l'UTF-8 : le fichier est lu comme {0} ; si des lettres "
        "sont fausses, l'enregistrer en « CSV UTF-8 »",
        {encoding == Encoding::latin9 ? "ISO 8859-15" : "Windows-1252"});
}

}  // namespace text
