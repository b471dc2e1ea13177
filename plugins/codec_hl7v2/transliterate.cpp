#include "transliterate.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace gateway::hl7v2 {
namespace {

/// Latin letters without their accents, of one block of Unicode; `?` where there is none.
struct Block {
    char32_t first;
    std::string_view letters;
};

constexpr std::array<Block, 3> kBlocks = {{
    {0xC0,
     "AAAAAA?CEEEEIIIIDNOOOOO?OUUUUY??aaaaaa?ceeeeiiiidnooooo?ouuuuy?yAaAaAaCcCcCcCcDdDdEeEeEeEeEe"
     "GgGgGgGgHhHhIiIiIiIiIi??JjKkqLlLlLl??LlNnNnNn?NnOoOoOo??RrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYy"
     "YZzZzZzs"},
    {0x180,
     "b??????????????????????I??l?????Oo?????????????Uu????Zz??????????????????????AaIiOoUuUuUuUu"
     "Uu?AaAa????GgKkOoOo??j???Gg??NnAa????AaAaEeEeIiIiOoOoRrRrUuUuSsTt??Hh??????AaEeOoOoOoOoYy??"
     "??????????????????????????"},
    {0x1E00,
     "AaBbBbBbCcDdDdDdDdDdEeEeEeEeEeFfGgHhHhHhHhHhIiIiKkKkKkLlLlLlLlMmMmMmNnNnNnNnOoOoOoOoPpPpRrRr"
     "RrRrSsSsSsSsSsTtTtTtTtUuUuUuUuUuVvVvWwWwWwWwWwXxXxYyZzZzZzhtwy?s????AaAaAaAaAaAaAaAaAaAaAaAa"
     "EeEeEeEeEeEeEeEeIiIiOoOoOoOoOoOoOoOoOoOoOoOoUuUuUuUuUuUuUuYyYyYyYy??????"},
}};

using Written = std::pair<char32_t, std::string_view>;

/// What is more than one letter, and signs. Ascending.
constexpr auto kOthers = std::to_array<Written>({
    {0xA0, " "},      {0xA3, "GBP"},  {0xA5, "JPY"},   {0xA6, "|"},      {0xA8, ""},
    {0xA9, "(c)"},    {0xAA, "a"},    {0xAB, "<<"},    {0xAD, ""},       {0xAE, "(R)"},
    {0xB0, "deg"},    {0xB1, "+/-"},  {0xB2, "2"},     {0xB3, "3"},      {0xB4, "'"},
    {0xB5, "u"},      {0xB7, "."},    {0xB8, ""},      {0xB9, "1"},      {0xBA, "o"},
    {0xBB, ">>"},     {0xBC, "1/4"},  {0xBD, "1/2"},   {0xBE, "3/4"},    {0xC6, "AE"},
    {0xD7, "x"},      {0xDE, "TH"},   {0xDF, "ss"},    {0xE6, "ae"},     {0xF7, "/"},
    {0xFE, "th"},     {0x132, "IJ"},  {0x133, "ij"},   {0x149, "'n"},    {0x152, "OE"},
    {0x153, "oe"},    {0x192, "f"},   {0x1C4, "DZ"},   {0x1C5, "Dz"},    {0x1C6, "dz"},
    {0x1C7, "LJ"},    {0x1C8, "Lj"},  {0x1C9, "lj"},   {0x1CA, "NJ"},    {0x1CB, "Nj"},
    {0x1CC, "nj"},    {0x1F1, "DZ"},  {0x1F2, "Dz"},   {0x1F3, "dz"},    {0x2B9, "'"},
    {0x2BB, "'"},     {0x2BC, "'"},   {0x2C6, "^"},    {0x2DC, "~"},     {0x3BC, "u"},
    {0x1E9E, "SS"},   {0x2000, " "},  {0x2001, " "},   {0x2002, " "},    {0x2003, " "},
    {0x2004, " "},    {0x2005, " "},  {0x2006, " "},   {0x2007, " "},    {0x2008, " "},
    {0x2009, " "},    {0x200A, " "},  {0x200B, ""},    {0x200C, ""},     {0x200D, ""},
    {0x200E, ""},     {0x200F, ""},   {0x2010, "-"},   {0x2011, "-"},    {0x2012, "-"},
    {0x2013, "-"},    {0x2014, "-"},  {0x2015, "-"},   {0x2018, "'"},    {0x2019, "'"},
    {0x201A, "'"},    {0x201B, "'"},  {0x201C, "\""},  {0x201D, "\""},   {0x201E, "\""},
    {0x201F, "\""},   {0x2020, "+"},  {0x2022, "*"},   {0x2026, "..."},  {0x202F, " "},
    {0x2030, "o/oo"}, {0x2032, "'"},  {0x2033, "\""},  {0x2039, "<"},    {0x203A, ">"},
    {0x2044, "/"},    {0x2060, ""},   {0x20AC, "EUR"}, {0x2103, "degC"}, {0x2116, "No"},
    {0x2122, "TM"},   {0x2190, "<-"}, {0x2192, "->"},  {0x2212, "-"},    {0x2248, "~"},
    {0x2260, "<>"},   {0x2264, "<="}, {0x2265, ">="},  {0xFB00, "ff"},   {0xFB01, "fi"},
    {0xFB02, "fl"},   {0xFEFF, ""},
});
static_assert(std::is_sorted(kOthers.begin(), kOthers.end(),
                             [](const Written& a, const Written& b) { return a.first < b.first; }));

/// Letters with the accents that stand behind them as U+0300 (grave), 0301, 0302, 0303, 0308, 0327.
constexpr auto kJoined = std::to_array<std::pair<char, std::string_view>>({
    {'A', "\u00C0\u00C1\u00C2\u00C3\u00C4?"},
    {'C', "?????\u00C7"},
    {'E', "\u00C8\u00C9\u00CA?\u00CB?"},
    {'I', "\u00CC\u00CD\u00CE?\u00CF?"},
    {'N', "???\u00D1??"},
    {'O', "\u00D2\u00D3\u00D4\u00D5\u00D6?"},
    {'U', "\u00D9\u00DA\u00DB?\u00DC?"},
    {'Y', "?\u00DD??\u0178?"},
    {'a', "\u00E0\u00E1\u00E2\u00E3\u00E4?"},
    {'c', "?????\u00E7"},
    {'e', "\u00E8\u00E9\u00EA?\u00EB?"},
    {'i', "\u00EC\u00ED\u00EE?\u00EF?"},
    {'n', "???\u00F1??"},
    {'o', "\u00F2\u00F3\u00F4\u00F5\u00F6?"},
    {'u', "\u00F9\u00FA\u00FB?\u00FC?"},
    {'y', "?\u00FD??\u00FF?"},
});
constexpr std::array<char32_t, 6> kAccents = {0x300, 0x301, 0x302, 0x303, 0x308, 0x327};

char32_t codePoint(std::string_view character) {
    const auto bits = [&](std::size_t i, unsigned mask) {
        return static_cast<char32_t>(static_cast<unsigned char>(character[i]) & mask);
    };
    switch (character.size()) {
        case 1: return bits(0, 0x7F);
        case 2: return bits(0, 0x1F) << 6 | bits(1, 0x3F);
        case 3: return bits(0, 0x0F) << 12 | bits(1, 0x3F) << 6 | bits(2, 0x3F);
        default:
            return bits(0, 0x07) << 18 | bits(1, 0x3F) << 12 | bits(2, 0x3F) << 6 | bits(3, 0x3F);
    }
}

bool isAccent(char32_t c) { return c >= 0x300 && c <= 0x36F; }

/// The one character for a letter and the accent behind it; empty if there is none.
std::string_view joined(char letter, char32_t accent) {
    const auto column = std::find(kAccents.begin(), kAccents.end(), accent);
    if (column == kAccents.end()) return {};
    for (const auto& [plain, with] : kJoined) {
        if (plain != letter) continue;
        std::string_view rest = with;
        for (auto at = kAccents.begin(); at != column; ++at) rest.remove_prefix(utf8Sequence(rest));
        const std::string_view found = rest.substr(0, utf8Sequence(rest));
        return found == "?" ? std::string_view{} : found;
    }
    return {};
}

std::string_view plain(char32_t c) {
    for (const Block& block : kBlocks)
        if (c >= block.first && c - block.first < block.letters.size())
            if (const auto letter = block.letters.substr(c - block.first, 1); letter != "?")
                return letter;
    const auto found = std::lower_bound(
        kOthers.begin(), kOthers.end(), c,
        [](const Written& known, char32_t wanted) { return known.first < wanted; });
    return found != kOthers.end() && found->first == c ? found->second : std::string_view("?");
}

}  // namespace

std::string transliterated(std::string_view text, const Charset& charset) {
    std::string out;
    while (!text.empty()) {
        const std::size_t size = std::max<std::size_t>(utf8Sequence(text), 1);
        const std::string_view character = text.substr(0, size);
        text.remove_prefix(size);
        if (charset.has(character)) {
            out += character;
            continue;
        }
        const char32_t c = codePoint(character);
        if (!isAccent(c)) {
            out += plain(c);
            continue;
        }
        const std::string_view one = out.empty() ? std::string_view{} : joined(out.back(), c);
        if (one.empty() || !charset.has(one)) continue;
        out.pop_back();
        out += one;
    }
    return out;
}

}  // namespace gateway::hl7v2
