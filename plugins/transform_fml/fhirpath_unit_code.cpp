#include "fhirpath_unit_code.h"

#include <charconv>
#include <cstdlib>
#include <vector>

namespace fhirpath {
namespace {

struct Power {
    std::string_view unit;
    int power = 0;
};
using Powers = std::vector<Power>;

void add(Powers& to, std::string_view unit, int power) {
    for (Power& known : to)
        if (known.unit == unit) {
            known.power += power;
            return;
        }
    to.push_back({unit, power});
}

/// Length of a unit at the front, with what stands in brackets; 0 when there is none.
std::size_t unitSize(std::string_view code) {
    bool bracket = false;
    std::size_t size = 0;
    for (; size < code.size(); ++size) {
        const char c = code[size];
        if (c == '[') bracket = true;
        if (c == ']') bracket = false;
        if (!bracket && std::string_view("./(){}+-*^0123456789").find(c) != std::string_view::npos)
            break;
    }
    return bracket ? 0 : size;
}

/// Adds the units of a plain code; false for one that is not plain.
bool read(std::string_view code, int sign, Powers& to) {
    if (code == "1" || code.empty()) return true;
    int side = sign;
    if (code.front() == '/') {
        side = -sign;
        code.remove_prefix(1);
    }
    for (;;) {
        const std::size_t size = unitSize(code);
        if (size == 0) return false;
        const std::string_view unit = code.substr(0, size);
        code.remove_prefix(size);
        int power = 1;
        if (!code.empty() && code.front() != '.' && code.front() != '/') {
            const auto [end, error] =
                std::from_chars(code.data(), code.data() + code.size(), power);
            if (error != std::errc() || std::abs(power) > 20) return false;
            code.remove_prefix(static_cast<std::size_t>(end - code.data()));
        }
        add(to, unit, side * power);
        if (code.empty()) return true;
        if (code.front() != '.' && code.front() != '/') return false;
        side = code.front() == '/' ? -sign : sign;
        code.remove_prefix(1);
    }
}

std::string written(const Powers& powers) {
    std::string above, below;
    for (const Power& one : powers) {
        if (one.power == 0) continue;
        std::string& side = one.power > 0 ? above : below;
        if (one.power < 0)
            side += '/';
        else if (!side.empty())
            side += '.';
        side += one.unit;
        if (std::abs(one.power) != 1) side += std::to_string(std::abs(one.power));
    }
    return above.empty() && below.empty() ? "1" : above + below;
}

std::string grouped(std::string_view code) {
    const bool plain = code.find_first_of("./") == code.npos;
    return plain ? std::string(code) : "(" + std::string(code) + ")";
}

}  // namespace

std::string joinedUnits(std::string_view a, std::string_view b, bool divide) {
    Powers powers;
    if (read(a, 1, powers) && read(b, divide ? -1 : 1, powers)) return written(powers);
    if (divide) return (a == "1" ? std::string() : std::string(a)) + "/" + grouped(b);
    return std::string(a) + "." + std::string(b);
}

}  // namespace fhirpath
