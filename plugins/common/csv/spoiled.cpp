#include "common/csv/spoiled.h"

#include <algorithm>
#include <array>
#include <map>

namespace csv {
namespace {

using gateway::Reason;

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), isDigit);
}

/// Takes digits off the front. @return how many
std::size_t takeDigits(std::string_view& text) {
    std::size_t count = 0;
    while (count < text.size() && isDigit(text[count])) ++count;
    text.remove_prefix(count);
    return count;
}

/// 1E+05, 1,00E+05, 3.10783E+08
bool hasExponent(std::string_view text) {
    if (takeDigits(text) != 1) return false;
    if (text.starts_with('.') || text.starts_with(',')) {
        text.remove_prefix(1);
        if (takeDigits(text) == 0) return false;
    }
    return (text.starts_with("E+") || text.starts_with("E-")) && digits(text.substr(2));
}

/// 01/02/2024, 1/2/24
bool isDate(std::string_view text) {
    for (const bool last : {false, false, true}) {
        const std::size_t count = takeDigits(text);
        if (last) return text.empty() && (count == 2 || count == 4);
        if (count < 1 || count > 2 || !text.starts_with('/')) return false;
        text.remove_prefix(1);
    }
    return false;
}

constexpr std::array<std::string_view, 22> kMonths = {
    "janv", "févr", "mars", "avr", "mai", "juin", "juil", "août", "sept", "oct", "nov",
    "déc",  "jan",  "feb",  "mar", "apr", "may",  "jun",  "jul",  "aug",  "sep", "dec"};

bool isMonth(std::string_view text) {
    if (text.ends_with('.')) text.remove_suffix(1);
    std::string lower(text);
    if (!lower.empty() && lower[0] >= 'A' && lower[0] <= 'Z')
        lower[0] = static_cast<char>(lower[0] - 'A' + 'a');
    return std::find(kMonths.begin(), kMonths.end(), lower) != kMonths.end();
}

/// 02-janv, 2-Feb, janv-24
bool isDayOfMonth(std::string_view text) {
    const auto dash = text.find('-');
    if (dash == text.npos) return false;
    const std::string_view one = text.substr(0, dash), other = text.substr(dash + 1);
    return (digits(one) && one.size() <= 2 && isMonth(other)) ||
           (isMonth(one) && digits(other) && other.size() == 2);
}

/// How many digits the codes of a column have, if nearly all have as many and some may have lost
/// their zeros; 0 when one cannot tell.
std::size_t usualLength(std::span<const std::string_view> codes) {
    std::map<std::size_t, std::size_t> counts;
    std::size_t padded = 0, longest = 0;
    for (const std::string_view code : codes) {
        if (!digits(code)) continue;
        ++counts[code.size()];
        longest = std::max(longest, code.size());
        if (code.size() < 2 || code[0] != '0') continue;
        if (padded != 0 && padded != code.size()) return 0;
        padded = code.size();
    }
    if (padded != 0) return padded == longest ? padded : 0;
    std::size_t shorter = 0;
    for (const auto& [length, count] : counts)
        if (length < longest) shorter += count;
    const std::size_t usual = counts[longest];
    return longest >= 5 && usual >= 3 && usual >= 2 * shorter ? longest : 0;
}

Reason lostZero(std::string_view code, std::size_t length) {
    return gateway::say(
        "found '{0}', the other codes have {1} digits: a spreadsheet may have taken the leading "
        "zero, expected '{2}'?",
        "trouvé « {0} », les autres codes ont {1} chiffres : un tableur a pu ôter le zéro de "
        "tête, attendu « {2} » ?",
        {code, std::to_string(length), std::string(length - code.size(), '0') + std::string(code)});
}

Reason exponent(std::string_view code) {
    return gateway::say(
        "found '{0}', expected a code: a spreadsheet may have taken it for a number; its column "
        "needs the format \"text\"",
        "trouvé « {0} », attendu un code : un tableur a pu le prendre pour un nombre ; sa colonne "
        "doit être au format « texte »",
        {code});
}

Reason date(std::string_view code) {
    return gateway::say(
        "found '{0}', expected a code: a spreadsheet may have taken it for a date; its column "
        "needs the format \"text\"",
        "trouvé « {0} », attendu un code : un tableur a pu le prendre pour une date ; sa colonne "
        "doit être au format « texte »",
        {code});
}

}  // namespace

std::vector<Spoiled> spoiled(std::span<const std::string_view> codes) {
    std::vector<Spoiled> found;
    const std::size_t usual = usualLength(codes);
    for (std::size_t i = 0; i < codes.size(); ++i) {
        const std::string_view code = codes[i];
        if (digits(code) && code.size() < usual)
            found.push_back({i, lostZero(code, usual)});
        else if (hasExponent(code))
            found.push_back({i, exponent(code)});
        else if (isDate(code) || isDayOfMonth(code))
            found.push_back({i, date(code)});
    }
    return found;
}

}  // namespace csv
