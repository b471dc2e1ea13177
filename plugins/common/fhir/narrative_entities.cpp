#include <algorithm>
#include <array>
#include <cstdint>

#include "narrative.h"

namespace fhir {

namespace {

/// U+00A0 to U+00FF, in their order.
constexpr std::array<std::string_view, 96> kLatin{
    "nbsp",   "iexcl",  "cent",   "pound",  "curren", "yen",    "brvbar", "sect",   "uml",
    "copy",   "ordf",   "laquo",  "not",    "shy",    "reg",    "macr",   "deg",    "plusmn",
    "sup2",   "sup3",   "acute",  "micro",  "para",   "middot", "cedil",  "sup1",   "ordm",
    "raquo",  "frac14", "frac12", "frac34", "iquest", "Agrave", "Aacute", "Acirc",  "Atilde",
    "Auml",   "Aring",  "AElig",  "Ccedil", "Egrave", "Eacute", "Ecirc",  "Euml",   "Igrave",
    "Iacute", "Icirc",  "Iuml",   "ETH",    "Ntilde", "Ograve", "Oacute", "Ocirc",  "Otilde",
    "Ouml",   "times",  "Oslash", "Ugrave", "Uacute", "Ucirc",  "Uuml",   "Yacute", "THORN",
    "szlig",  "agrave", "aacute", "acirc",  "atilde", "auml",   "aring",  "aelig",  "ccedil",
    "egrave", "eacute", "ecirc",  "euml",   "igrave", "iacute", "icirc",  "iuml",   "eth",
    "ntilde", "ograve", "oacute", "ocirc",  "otilde", "ouml",   "divide", "oslash", "ugrave",
    "uacute", "ucirc",  "uuml",   "yacute", "thorn",  "yuml"};

struct Symbol {
    std::string_view name;
    std::uint16_t code;
};
/// The others, by name; without those that XML has.
constexpr std::array<Symbol, 152> kSymbols{
    {{"Alpha", 0x0391},   {"Beta", 0x0392},    {"Chi", 0x03A7},     {"Dagger", 0x2021},
     {"Delta", 0x0394},   {"Epsilon", 0x0395}, {"Eta", 0x0397},     {"Gamma", 0x0393},
     {"Iota", 0x0399},    {"Kappa", 0x039A},   {"Lambda", 0x039B},  {"Mu", 0x039C},
     {"Nu", 0x039D},      {"OElig", 0x0152},   {"Omega", 0x03A9},   {"Omicron", 0x039F},
     {"Phi", 0x03A6},     {"Pi", 0x03A0},      {"Prime", 0x2033},   {"Psi", 0x03A8},
     {"Rho", 0x03A1},     {"Scaron", 0x0160},  {"Sigma", 0x03A3},   {"Tau", 0x03A4},
     {"Theta", 0x0398},   {"Upsilon", 0x03A5}, {"Xi", 0x039E},      {"Yuml", 0x0178},
     {"Zeta", 0x0396},    {"alefsym", 0x2135}, {"alpha", 0x03B1},   {"and", 0x2227},
     {"ang", 0x2220},     {"asymp", 0x2248},   {"bdquo", 0x201E},   {"beta", 0x03B2},
     {"bull", 0x2022},    {"cap", 0x2229},     {"chi", 0x03C7},     {"circ", 0x02C6},
     {"clubs", 0x2663},   {"cong", 0x2245},    {"crarr", 0x21B5},   {"cup", 0x222A},
     {"dArr", 0x21D3},    {"dagger", 0x2020},  {"darr", 0x2193},    {"delta", 0x03B4},
     {"diams", 0x2666},   {"empty", 0x2205},   {"emsp", 0x2003},    {"ensp", 0x2002},
     {"epsilon", 0x03B5}, {"equiv", 0x2261},   {"eta", 0x03B7},     {"euro", 0x20AC},
     {"exist", 0x2203},   {"fnof", 0x0192},    {"forall", 0x2200},  {"frasl", 0x2044},
     {"gamma", 0x03B3},   {"ge", 0x2265},      {"hArr", 0x21D4},    {"harr", 0x2194},
     {"hearts", 0x2665},  {"hellip", 0x2026},  {"image", 0x2111},   {"infin", 0x221E},
     {"int", 0x222B},     {"iota", 0x03B9},    {"isin", 0x2208},    {"kappa", 0x03BA},
     {"lArr", 0x21D0},    {"lambda", 0x03BB},  {"lang", 0x2329},    {"larr", 0x2190},
     {"lceil", 0x2308},   {"ldquo", 0x201C},   {"le", 0x2264},      {"lfloor", 0x230A},
     {"lowast", 0x2217},  {"loz", 0x25CA},     {"lrm", 0x200E},     {"lsaquo", 0x2039},
     {"lsquo", 0x2018},   {"mdash", 0x2014},   {"minus", 0x2212},   {"mu", 0x03BC},
     {"nabla", 0x2207},   {"ndash", 0x2013},   {"ne", 0x2260},      {"ni", 0x220B},
     {"notin", 0x2209},   {"nsub", 0x2284},    {"nu", 0x03BD},      {"oelig", 0x0153},
     {"oline", 0x203E},   {"omega", 0x03C9},   {"omicron", 0x03BF}, {"oplus", 0x2295},
     {"or", 0x2228},      {"otimes", 0x2297},  {"part", 0x2202},    {"permil", 0x2030},
     {"perp", 0x22A5},    {"phi", 0x03C6},     {"pi", 0x03C0},      {"piv", 0x03D6},
     {"prime", 0x2032},   {"prod", 0x220F},    {"prop", 0x221D},    {"psi", 0x03C8},
     {"rArr", 0x21D2},    {"radic", 0x221A},   {"rang", 0x232A},    {"rarr", 0x2192},
     {"rceil", 0x2309},   {"rdquo", 0x201D},   {"real", 0x211C},    {"rfloor", 0x230B},
     {"rho", 0x03C1},     {"rlm", 0x200F},     {"rsaquo", 0x203A},  {"rsquo", 0x2019},
     {"sbquo", 0x201A},   {"scaron", 0x0161},  {"sdot", 0x22C5},    {"sigma", 0x03C3},
     {"sigmaf", 0x03C2},  {"sim", 0x223C},     {"spades", 0x2660},  {"sub", 0x2282},
     {"sube", 0x2286},    {"sum", 0x2211},     {"sup", 0x2283},     {"supe", 0x2287},
     {"tau", 0x03C4},     {"there4", 0x2234},  {"theta", 0x03B8},   {"thetasym", 0x03D1},
     {"thinsp", 0x2009},  {"tilde", 0x02DC},   {"trade", 0x2122},   {"uArr", 0x21D1},
     {"uarr", 0x2191},    {"upsih", 0x03D2},   {"upsilon", 0x03C5}, {"weierp", 0x2118},
     {"xi", 0x03BE},      {"zeta", 0x03B6},    {"zwj", 0x200D},     {"zwnj", 0x200C}}};
static_assert(std::is_sorted(kSymbols.begin(), kSymbols.end(),
                             [](const Symbol& a, const Symbol& b) { return a.name < b.name; }));

/// 0 for a name that HTML 4.0 does not have.
std::uint32_t codeOf(std::string_view name) {
    const auto latin = std::find(kLatin.begin(), kLatin.end(), name);
    if (latin != kLatin.end()) return 0xA0 + static_cast<std::uint32_t>(latin - kLatin.begin());
    const auto symbol =
        std::lower_bound(kSymbols.begin(), kSymbols.end(), name,
                         [](const Symbol& a, std::string_view b) { return a.name < b; });
    return symbol != kSymbols.end() && symbol->name == name ? symbol->code : 0;
}

/// All of them lie between U+00A0 and U+FFFF.
void append(std::string& text, std::uint32_t code) {
    if (code < 0x800) {
        text += static_cast<char>(0xC0 | (code >> 6));
    } else {
        text += static_cast<char>(0xE0 | (code >> 12));
        text += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    }
    text += static_cast<char>(0x80 | (code & 0x3F));
}

/// The length of the comment, CDATA section or processing instruction that stands there, in which
/// `&` is only `&`; 0 for anything else.
std::size_t verbatim(std::string_view text) {
    struct Marks {
        std::string_view open, close;
    };
    constexpr std::array<Marks, 3> kMarks{{{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}}};
    for (const auto& [open, close] : kMarks)
        if (text.starts_with(open)) {
            const std::size_t end = text.find(close, open.size());
            return end == text.npos ? text.size() : end + close.size();
        }
    return 0;
}

}  // namespace

std::string withCharacters(std::string_view div) {
    constexpr std::size_t kLongest = 8;  // "thetasym"
    std::string text;
    while (!div.empty()) {
        std::size_t plain = std::min(div.find_first_of("<&"), div.size());
        if (plain == 0) plain = std::max<std::size_t>(verbatim(div), div.front() == '<' ? 1 : 0);
        if (plain == 0) {
            const std::size_t end = div.substr(0, kLongest + 2).find(';');
            const std::uint32_t code = end == div.npos ? 0 : codeOf(div.substr(1, end - 1));
            if (code != 0) {
                append(text, code);
                div.remove_prefix(end + 1);
                continue;
            }
            plain = 1;
        }
        text.append(div.substr(0, plain));
        div.remove_prefix(plain);
    }
    return text;
}

}  // namespace fhir
