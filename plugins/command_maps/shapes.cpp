#include "shapes.h"

#include <algorithm>
#include <array>

#include "words.h"

namespace maps {
namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// Whether `value` is like `pattern`, in which 9 stands for a digit.
bool like(std::string_view value, std::string_view pattern) {
    return value.size() == pattern.size() &&
           std::equal(value.begin(), value.end(), pattern.begin(),
                      [](char v, char p) { return p == '9' ? isDigit(v) : v == p; });
}

struct Written {
    std::string_view like, french, english;
};

constexpr std::array<Written, 9> kDates = {{
    {"99/99/9999", "JJ/MM/AAAA", "DD/MM/YYYY"},
    {"99-99-9999", "JJ-MM-AAAA", "DD-MM-YYYY"},
    {"99.99.9999", "JJ.MM.AAAA", "DD.MM.YYYY"},
    {"9999/99/99", "AAAA/MM/JJ", "YYYY/MM/DD"},
    {"99999999", "AAAAMMJJ", "YYYYMMDD"},
    {"99/99/9999 99:99", "JJ/MM/AAAA HH:MM", "DD/MM/YYYY HH:MM"},
    {"99/99/9999 99:99:99", "JJ/MM/AAAA HH:MM:SS", "DD/MM/YYYY HH:MM:SS"},
    {"9999-99-99 99:99", "AAAA-MM-JJ HH:MM", "YYYY-MM-DD HH:MM"},
    {"9999-99-99 99:99:99", "AAAA-MM-JJ HH:MM:SS", "YYYY-MM-DD HH:MM:SS"},
}};

}  // namespace

std::string dateFormat(std::string_view value, gateway::Spoken language) {
    for (const Written& date : kDates)
        if (like(value, date.like))
            return std::string(language == gateway::Spoken::french ? date.french : date.english);
    return {};
}

bool isIsoDate(std::string_view value) {
    return like(value, "9999-99-99") || like(value, "9999-99") || like(value, "9999") ||
           isIsoInstant(value);
}

bool isIsoInstant(std::string_view value) {
    if (value.size() < 20 || !like(value.substr(0, 19), "9999-99-99T99:99:99")) return false;
    return value.ends_with('Z') || like(value.substr(value.size() - 6), "+99:99") ||
           like(value.substr(value.size() - 6), "-99:99");
}

bool isYesOrNo(std::string_view value) {
    constexpr std::array kWords = {"oui",  "non",   "o",    "n",    "yes", "no", "y",
                                   "true", "false", "vrai", "faux", "1",   "0"};
    return std::find(kWords.begin(), kWords.end(), folded(value)) != kWords.end();
}

bool isNumber(std::string_view value, bool comma) {
    if (value.starts_with('-')) value.remove_prefix(1);
    const auto point = value.find(comma ? ',' : '.');
    const std::string_view whole = value.substr(0, point);
    const std::string_view rest = point == value.npos ? "0" : value.substr(point + 1);
    return !whole.empty() && !rest.empty() && std::all_of(whole.begin(), whole.end(), isDigit) &&
           std::all_of(rest.begin(), rest.end(), isDigit);
}

std::size_t digits(std::string_view value) {
    return static_cast<std::size_t>(std::count_if(value.begin(), value.end(), isDigit));
}

bool fits(std::string_view value, ValueType type) {
    const bool number = isNumber(value, false) || isNumber(value, true);
    const bool date = isIsoDate(value) || !dateFormat(value, gateway::Spoken::english).empty();
    switch (type) {
        case ValueType::date: return date && !like(value, "9999");
        case ValueType::instant: return date && value.size() > 10;
        case ValueType::integer: return number && value.find_first_of(".,") == value.npos;
        case ValueType::decimal: return number;
        case ValueType::boolean: return isYesOrNo(value);
        case ValueType::phone:
            return digits(value) >= 8 && digits(value) <= 15 && value.find('@') == value.npos &&
                   value.find_first_not_of("0123456789 .+-()/") == value.npos;
        case ValueType::mail: return value.find('@') != value.npos;
        case ValueType::ins: {
            std::string plain(value);
            std::erase(plain, ' ');
            return (plain.size() == 13 || plain.size() == 15) && digits(plain) + 1 >= plain.size();
        }
        case ValueType::rpps: return value.size() == 11 && digits(value) == 11;
        case ValueType::code: return value.size() <= 40 && !date;
        case ValueType::label: return value.size() <= 80 && !date;
        default: return !date;
    }
}

}  // namespace maps
