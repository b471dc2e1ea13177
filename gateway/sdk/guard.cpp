#include "gateway/guard.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace gateway::guard {
namespace {

constexpr std::size_t kFileName = 200;
constexpr std::string_view kEllipsis = "…", kReplacement = "\xEF\xBF\xBD", kLineEnd = "⏎";

/// One character of a text: its code point, and how many bytes it is; ill-formed ones are one byte
/// each.
struct Character {
    char32_t point = 0xFFFD;
    std::size_t size = 1;
    bool wellFormed = false;
};

Character characterAt(std::string_view rest) {
    const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(rest[at]); };
    const std::uint8_t first = byte(0);
    if (first < 0x80) return {first, 1, true};
    const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || rest.size() < size) return {};
    char32_t point = first & (0xFFu >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return {};
        point = point << 6 | (byte(i) & 0x3Fu);
    }
    constexpr std::array<char32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
    if (point < kLeast[size] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return {};
    return {point, size, true};
}

template <class Take>
void eachCharacter(std::string_view text, Take take) {
    while (!text.empty()) {
        const Character one = characterAt(text);
        take(one, text.substr(0, one.size));
        text.remove_prefix(one.size);
    }
}

bool isControl(char32_t point) { return point < 0x20 || (point >= 0x7F && point < 0xA0); }

/// Marks that show a text in another order than it is written (Unicode's bidirectional algorithm),
/// or end a line.
bool misleads(char32_t point) {
    return (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069) ||
           point == 0x200E || point == 0x200F || point == 0x061C || point == 0x2028 ||
           point == 0x2029;
}

std::string hex(char32_t point, int digits) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string out;
    for (int at = digits - 1; at >= 0; --at) out += kDigits[point >> (4 * at) & 15];
    return out;
}

/// Names that some systems open as devices, whatever their ending.
bool isDevice(std::string_view name) {
    std::string stem(name.substr(0, name.find('.')));
    std::transform(stem.begin(), stem.end(), stem.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    const bool numbered = stem.size() == 4 && stem[3] >= '0' && stem[3] <= '9' &&
                          (stem.starts_with("COM") || stem.starts_with("LPT"));
    return numbered || stem == "CON" || stem == "PRN" || stem == "AUX" || stem == "NUL";
}

std::string_view withoutApostrophes(std::string_view text) {
    return text.substr(std::min(text.find_first_not_of('\''), text.size()));
}

}  // namespace

std::string line(std::string_view text, std::size_t most) {
    std::string out;
    bool full = false;
    char32_t before = 0;
    eachCharacter(text, [&](const Character& one, std::string_view bytes) {
        if (full) return;
        std::string shown(bytes);
        if (!one.wellFormed) {
            shown = kReplacement;
        } else if (one.point == '\r' || one.point == '\n') {
            shown = one.point == '\n' && before == '\r' ? std::string_view() : kLineEnd;
        } else if (isControl(one.point)) {
            shown = "\\x" + hex(one.point, 2);
        } else if (misleads(one.point)) {
            shown = "\\u" + hex(one.point, 4);
        }
        before = one.point;
        full = shown.size() > most - std::min(most, out.size());
        out += full ? kEllipsis : std::string_view(shown);
    });
    return out;
}

bool isUnseen(char32_t character) { return isControl(character) || misleads(character); }

bool isFileName(std::string_view name) {
    if (name.empty() || name.size() > kFileName || name.front() == '.' || name.front() == ' ' ||
        name.back() == '.' || name.back() == ' ' || isDevice(name))
        return false;
    bool good = true;
    eachCharacter(name, [&](const Character& one, std::string_view) {
        constexpr std::u32string_view kElsewhere = U"/\\:*?\"<>|";
        good = good && one.wellFormed && !isUnseen(one.point) &&
               kElsewhere.find(one.point) == kElsewhere.npos;
    });
    return good;
}

std::optional<std::string> fileName(std::string_view given) {
    const std::size_t separator = given.find_last_of("/\\");
    if (separator != given.npos) given.remove_prefix(separator + 1);
    if (!isFileName(given)) return std::nullopt;
    return std::string(given);
}

bool isFieldValue(std::string_view value) {
    const auto blank = [](char c) { return c == ' ' || c == '\t'; };
    if (!value.empty() && (blank(value.front()) || blank(value.back()))) return false;
    return std::none_of(value.begin(), value.end(), [](char c) {
        return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
    });
}

std::string fieldValue(std::string_view value) {
    std::string out(value);
    for (char& c : out)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
    const std::size_t begin = std::min(out.find_first_not_of(' '), out.size());
    return out.substr(begin, out.find_last_not_of(' ') + 1 - begin);
}

std::string markup(std::string_view text) {
    std::string out;
    eachCharacter(text, [&](const Character& one, std::string_view bytes) {
        switch (one.point) {
            case '&': out += "&amp;"; return;
            case '<': out += "&lt;"; return;
            case '>': out += "&gt;"; return;
            case '"': out += "&quot;"; return;
            case '\'': out += "&#39;"; return;
            default: break;
        }
        const bool control =
            isControl(one.point) && one.point != '\t' && one.point != '\n' && one.point != '\r';
        out += !one.wellFormed || control || one.point == 0xFFFE || one.point == 0xFFFF
                   ? kReplacement
                   : bytes;
    });
    return out;
}

bool isFormula(std::string_view cell) {
    if (cell.empty()) return false;
    // Excel also takes the wide forms of its signs, as East Asian keyboards give them.
    for (const std::string_view sign : {"=", "@", "\t", "\r", "\n", "＝", "＠", "＋", "－"})
        if (cell.starts_with(sign)) return true;
    return (cell.front() == '+' || cell.front() == '-') &&
           cell.find_first_not_of("0123456789.,  ", 1) != cell.npos;
}

std::string asCell(std::string_view text) {
    return isFormula(withoutApostrophes(text)) ? "'" + std::string(text) : std::string(text);
}

std::string_view ofCell(std::string_view cell) {
    return cell.starts_with('\'') && isFormula(withoutApostrophes(cell)) ? cell.substr(1) : cell;
}

}  // namespace gateway::guard
