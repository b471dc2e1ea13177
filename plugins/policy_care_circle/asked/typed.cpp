#include "asked/typed.h"

#include <algorithm>

#include "plan/identifiers.h"

namespace care_circle {
namespace {

/// A date of day, month and year.
std::optional<Day> dayFrom(std::string_view day, std::string_view month, std::string_view year) {
    const auto two = [](std::string_view digits) {
        return (digits.size() == 1 ? "0" : "") + std::string(digits);
    };
    return calendar::read(std::string(year) + "-" + two(month) + "-" + two(day));
}

std::string upper(std::string text) {
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

bool isDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<Day> dayAsTyped(std::string_view text) {
    if (text.size() == 8 && std::all_of(text.begin(), text.end(), isDigit))
        return dayFrom(text.substr(0, 2), text.substr(2, 2), text.substr(4));
    if (text.size() != 10 && (text.size() < 8 || text.size() > 10)) return {};
    if (text[4] == '-') return text.size() == 10 ? calendar::read(text) : std::nullopt;
    const std::size_t first = text.find_first_of("/.-");
    const std::size_t second = text.find_first_of("/.-", std::min(first, text.size() - 1) + 1);
    if (second == text.npos || text.size() - second != 5) return {};
    return dayFrom(text.substr(0, first), text.substr(first + 1, second - first - 1),
                   text.substr(second + 1));
}

Day dateOf(gateway::Time at) { return std::chrono::floor<std::chrono::days>(at); }

bool looksLikeIns(std::string_view text) {
    const std::string plain = upper(withoutGaps(text));
    if (plain.size() != 13 && plain.size() != 15) return false;
    for (std::size_t i = 0; i < plain.size(); ++i)
        if (!isDigit(plain[i]) && !(i == 6 && (plain[i] == 'A' || plain[i] == 'B'))) return false;
    return true;
}

std::optional<std::string> insAsTyped(std::string_view text) {
    if (!looksLikeIns(text)) return {};
    const std::string plain = upper(withoutGaps(text));
    if (plain.size() == 15) return isIns(plain) ? std::optional(plain) : std::nullopt;
    for (int key = 1; key <= 97; ++key) {  // one of them is right
        std::string whole = plain + (key < 10 ? "0" : "") + std::to_string(key);
        if (isIns(whole)) return whole;
    }
    return {};
}

}  // namespace care_circle
