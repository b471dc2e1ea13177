#include "plan/identifiers.h"

#include <algorithm>
#include <cstdint>

namespace care_circle {
namespace {

bool digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

int luhnSum(std::string_view number) {
    int sum = 0;
    bool twice = false;
    for (auto at = number.rbegin(); at != number.rend(); ++at, twice = !twice) {
        const int digit = (*at - '0') * (twice ? 2 : 1);
        sum += digit > 9 ? digit - 9 : digit;
    }
    return sum;
}

bool luhn(std::string_view number) { return digits(number) && luhnSum(number) % 10 == 0; }

/// The departments of Corsica, at that place, as the two digits that stand for them.
std::string withoutCorsica(std::string_view number, std::size_t at, std::string_view a,
                           std::string_view b) {
    std::string plain(number);
    const std::string_view department = number.substr(at, 2);
    if (department == "2A") plain.replace(at, 2, a);
    if (department == "2B") plain.replace(at, 2, b);
    return plain;
}

}  // namespace

InsKind insKind(std::string_view system) {
    constexpr std::string_view kAuthorities = "urn:oid:1.2.250.1.213.1.4.";
    if (!system.starts_with(kAuthorities)) return InsKind::none;
    const std::string_view last = system.substr(kAuthorities.size());
    if (last == "8" || last == "9") return InsKind::real;
    if (last == "10" || last == "11") return InsKind::test;
    return last == "2" ? InsKind::former : InsKind::none;
}

bool isIns(std::string_view number) {
    if (number.size() != 15) return false;
    const std::string plain = withoutCorsica(number, 5, "19", "18");
    if (!digits(plain) || plain[0] == '0') return false;
    return 97 - std::stoull(plain.substr(0, 13)) % 97 == std::stoull(plain.substr(13));
}

std::string withoutGaps(std::string_view number) {
    std::string plain;
    for (const char c : number)
        if (c != ' ' && c != '.') plain += c;
    return plain;
}

bool isRpps(std::string_view number) { return number.size() == 11 && luhn(number); }

bool isFiness(std::string_view number) {
    return number.size() == 9 && luhn(withoutCorsica(number, 0, "21", "22"));
}

/// Those of La Poste: its SIREN, and digits whose sum is a multiple of five.
bool isSiret(std::string_view number) {
    if (number.size() != 14) return false;
    if (luhn(number)) return true;
    if (!number.starts_with("356000000") || !digits(number)) return false;
    int sum = 0;
    for (const char c : number) sum += c - '0';
    return sum % 5 == 0;
}

}  // namespace care_circle
