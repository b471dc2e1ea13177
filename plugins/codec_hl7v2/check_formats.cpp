#include "check_formats.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace gateway::hl7v2 {
namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }

std::size_t digitsOf(std::string_view text) {
    return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), isDigit) -
                                    text.begin());
}

/// Two digits at `at`, from `least` to `most`.
bool pairAt(std::string_view text, std::size_t at, int least, int most) {
    const int number = (text[at] - '0') * 10 + (text[at + 1] - '0');
    return number >= least && number <= most;
}

bool isNumber(std::string_view text) {
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    const std::size_t whole = digitsOf(text);
    if (whole == text.size()) return whole > 0;
    if (text[whole] != '.') return false;
    const std::size_t fraction = digitsOf(text.substr(whole + 1));
    return whole + fraction > 0 && whole + 1 + fraction == text.size();
}

bool isSequence(std::string_view text) {
    return !text.empty() && text.size() <= 4 && digitsOf(text) == text.size();
}

/// Digits YYYY[MM[DD]].
bool isDateDigits(std::string_view digits) {
    static constexpr std::array kDays = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (digits.size() != 4 && digits.size() != 6 && digits.size() != 8) return false;
    if (digits.size() >= 6 && !pairAt(digits, 4, 1, 12)) return false;
    if (digits.size() < 8) return true;
    const auto month = static_cast<std::size_t>((digits[4] - '0') * 10 + (digits[5] - '1'));
    return pairAt(digits, 6, 1, kDays[month]);
}

bool isDate(std::string_view text) { return digitsOf(text) == text.size() && isDateDigits(text); }

/// Digits HH[MM[SS]]; 24 is no hour.
bool isTimeDigits(std::string_view digits) {
    if (digits.size() != 2 && digits.size() != 4 && digits.size() != 6) return false;
    if (!pairAt(digits, 0, 0, 23)) return false;
    if (digits.size() >= 4 && !pairAt(digits, 2, 0, 59)) return false;
    return digits.size() < 6 || pairAt(digits, 4, 0, 59);
}

/// [.S[S[S[S]]]][+/-ZZZZ] after digits; a fraction only where seconds may have one.
bool isTail(std::string_view tail, bool fraction) {
    if (fraction && tail.starts_with('.')) {
        tail.remove_prefix(1);
        const std::size_t digits = digitsOf(tail);
        if (digits == 0 || digits > 4) return false;
        tail.remove_prefix(digits);
    }
    if (tail.empty()) return true;
    return tail.size() == 5 && (tail[0] == '+' || tail[0] == '-') &&
           digitsOf(tail.substr(1)) == 4 && pairAt(tail, 1, 0, 14) && pairAt(tail, 3, 0, 59);
}

bool isTime(std::string_view text) {
    const std::size_t digits = digitsOf(text);
    return isTimeDigits(text.substr(0, digits)) && isTail(text.substr(digits), digits == 6);
}

bool isMoment(std::string_view text) {
    const std::size_t digits = digitsOf(text);
    const std::string_view head = text.substr(0, digits);
    if (!isDateDigits(head.substr(0, 8))) return false;
    if (digits > 8 && !isTimeDigits(head.substr(8))) return false;
    return isTail(text.substr(digits), digits == 14);
}

constexpr std::string_view kMomentEn =
    "expected a date and time, YYYY[MM[DD[HH[MM[SS]]]]][+/-ZZZZ]";
constexpr std::string_view kMomentFr =
    "attendu : une date et heure, AAAA[MM[JJ[HH[MM[SS]]]]][+/-ZZZZ]";

constexpr std::array<std::pair<std::string_view, Format>, 6> kFormats = {{
    {"NM", {"expected a number", "attendu : un nombre", isNumber}},
    {"SI",
     {"expected a number of up to four digits", "attendu : un nombre de quatre chiffres au plus",
      isSequence}},
    {"DT", {"expected a date, YYYY[MM[DD]]", "attendu : une date, AAAA[MM[JJ]]", isDate}},
    {"TM",
     {"expected a time, HH[MM[SS[.SSSS]]][+/-ZZZZ]",
      "attendu : une heure, HH[MM[SS[.SSSS]]][+/-ZZZZ]", isTime}},
    {"DTM", {kMomentEn, kMomentFr, isMoment}},
    {"TS", {kMomentEn, kMomentFr, isMoment}},
}};

}  // namespace

const Format* formatOf(std::string_view type) {
    for (const auto& [name, format] : kFormats)
        if (name == type) return &format;
    return nullptr;
}

}  // namespace gateway::hl7v2
