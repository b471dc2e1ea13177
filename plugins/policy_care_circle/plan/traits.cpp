#include "plan/traits.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "plan/bundle.h"

namespace care_circle {
namespace {
using namespace gateway;

constexpr std::string_view kInsee =
    "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-address-insee-code";
constexpr std::string_view kBirthPlace =
    "http://hl7.org/fhir/StructureDefinition/patient-birthPlace";

/// U+00C0 to U+017F without their diacritics; '?' where a letter has none to lose.
constexpr std::string_view kLatin =
    "AAAAAA?CEEEEIIIIDNOOOOO?OUUUUY??AAAAAA?CEEEEIIIIDNOOOOO?OUUUUY?Y"
    "AAAAAACCCCCCCCDDDDEEEEEEEEEEGGGGGGGGHHHHIIIIIIIIII??JJKK?LLLLLLLLLLNNNNNN???"
    "OOOOOO??RRRRRRSSSSSSSSTTTTTTUUUUUUUUUUUUWWYYYZZZZZZS";

/// Reads one character of UTF-8; what is no UTF-8 is taken as it is, byte by byte.
std::uint32_t next(std::string_view text, std::size_t& at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const std::uint32_t first = byte(at);
    const std::size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0;
    if (more == 0 || at + more >= text.size()) return byte(at++);
    std::uint32_t value = first & (0x3Fu >> more);
    for (std::size_t i = 1; i <= more; ++i) value = (value << 6) | (byte(at + i) & 0x3Fu);
    at += more + 1;
    return value;
}

bool isApostrophe(std::uint32_t c) {
    return c == '\'' || c == '`' || c == 0xB4 || c == 0x2018 || c == 0x2019 || c == 0x2BC ||
           c == 0x2032;
}
bool isHyphen(std::uint32_t c) {
    return c == '-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xAD;
}
bool isBlank(std::uint32_t c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0xA0 || c == 0x202F ||
           (c >= 0x2000 && c <= 0x200B);
}
bool isDiacritic(std::uint32_t c) { return c >= 0x300 && c <= 0x36F; }

/// What is written for a character; empty: nothing.
std::string plain(std::uint32_t c, std::string_view written) {
    if (c >= 'a' && c <= 'z') return std::string(1, static_cast<char>(c - 'a' + 'A'));
    if (isApostrophe(c)) return "'";
    if (isHyphen(c)) return "-";
    if (c == 0x152 || c == 0x153) return "OE";
    if (c == 0xC6 || c == 0xE6) return "AE";
    if (c == 0xDF) return "SS";
    if (isDiacritic(c)) return {};
    if (c >= 0xC0 && c - 0xC0 < kLatin.size() && kLatin[c - 0xC0] != '?')
        return std::string(1, kLatin[c - 0xC0]);
    return std::string(written);
}

Node nameOf(Node patient, std::string_view use) {
    for (const Node child : patient.children())
        if (child.name() == "name" && child.child("use").text() == use) return child;
    return {};
}

Node extensionAt(Node element, std::string_view url) {
    for (const Node child : element.children())
        if (child.name() == "extension" && child.child("url").text() == url)
            return child.child("value");
    return {};
}

}  // namespace

std::string normalised(std::string_view words) {
    std::string text;
    bool gap = false;
    for (std::size_t at = 0; at < words.size();) {
        const std::size_t from = at;
        const std::uint32_t c = next(words, at);
        if (isBlank(c)) {
            gap = !text.empty();
            continue;
        }
        const std::string letters = plain(c, words.substr(from, at - from));
        if (gap && !letters.empty()) text += ' ';
        gap = gap && letters.empty();
        text += letters;
    }
    return text;
}

std::optional<std::vector<std::string>> traitsOf(Node patient) {
    Node official = nameOf(patient, "official");
    if (!official) official = patient.child("name");
    const Node place = extensionAt(patient, kBirthPlace);
    std::vector<std::string> traits{
        normalised(official.child("family").text()), normalised(official.child("given").text()),
        normalised(patient.child("gender").text()), std::string(patient.child("birthDate").text()),
        normalised(extensionAt(place, kInsee).child("code").text())};
    if (std::any_of(traits.begin(), traits.end(), [](const auto& one) { return one.empty(); }))
        return {};
    return traits;
}

std::vector<std::string> familiesOf(Node patient) {
    std::vector<std::string> families;
    for (const Node name : patient.children()) {
        if (name.name() != "name") continue;
        const std::string family = normalised(name.child("family").text());
        if (!family.empty() &&
            std::find(families.begin(), families.end(), family) == families.end())
            families.push_back(family);
    }
    return families;
}

}  // namespace care_circle
