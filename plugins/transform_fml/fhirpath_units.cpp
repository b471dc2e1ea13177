#include "fhirpath_units.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "fhirpath_unit_code.h"

namespace fhirpath {
namespace {

/// Dimensions; the ones after mole are units of their own that nothing converts to.
enum Dimension : std::uint8_t {
    metre,
    second,
    gram,
    kelvin,
    coulomb,
    candela,
    radian,
    mole,
    unit,
    celsius,
    fahrenheit,
    acidity,
    calendarMonth,
    kDimensions
};

/// `above` / `below` base units: both exact, so that thirds of a minute stay exact too.
struct Unit {
    Decimal above{1}, below{1};
    std::array<std::int8_t, kDimensions> powers{};
};

struct Atom {
    std::string_view code;
    bool metric;  ///< takes prefixes
    std::string_view factor;
    std::string_view of;  ///< a simpler unit of this table, or empty for a base unit
    Dimension base;
};

constexpr std::array kAtoms{
    Atom{"m", true, "1", "", metre},
    Atom{"s", true, "1", "", second},
    Atom{"g", true, "1", "", gram},
    Atom{"K", true, "1", "", kelvin},
    Atom{"C", true, "1", "", coulomb},
    Atom{"cd", true, "1", "", candela},
    Atom{"rad", true, "1", "", radian},
    Atom{"mol", true, "1", "", mole},
    Atom{"[iU]", true, "1", "", unit},
    Atom{"[IU]", true, "1", "", unit},
    Atom{"Cel", true, "1", "", celsius},
    Atom{"[degF]", false, "1", "", fahrenheit},
    Atom{"[pH]", false, "1", "", acidity},
    Atom{"min", false, "60", "s", second},
    Atom{"h", false, "3600", "s", second},
    Atom{"d", false, "86400", "s", second},
    Atom{"wk", false, "604800", "s", second},
    Atom{"a", false, "31557600", "s", second},
    Atom{"a_j", false, "31557600", "s", second},
    Atom{"mo", false, "2629800", "s", second},
    Atom{"mo_j", false, "2629800", "s", second},
    Atom{"L", true, "0.001", "m3", metre},
    Atom{"l", true, "0.001", "m3", metre},
    Atom{"t", true, "1000000", "g", gram},
    Atom{"u", true, "1.66053906660e-24", "g", gram},
    Atom{"Hz", true, "1", "/s", second},
    Atom{"N", true, "1000", "g.m/s2", gram},
    Atom{"Pa", true, "1000", "g/m/s2", gram},
    Atom{"J", true, "1000", "g.m2/s2", gram},
    Atom{"W", true, "1000", "g.m2/s3", gram},
    Atom{"A", true, "1", "C/s", coulomb},
    Atom{"V", true, "1000", "g.m2/s2/C", gram},
    Atom{"Ohm", true, "1000", "g.m2/s/C2", gram},
    Atom{"bar", true, "100000000", "g/m/s2", gram},
    Atom{"m[Hg]", true, "133322000", "g/m/s2", gram},
    Atom{"m[H2O]", true, "9806650", "g/m/s2", gram},
    Atom{"cal", true, "4184", "g.m2/s2", gram},
    Atom{"[Cal]", false, "4184000", "g.m2/s2", gram},
    Atom{"kat", true, "1", "mol/s", mole},
    Atom{"U", true, "0.000001", "mol/min", mole},
    Atom{"osm", true, "1", "mol", mole},
    Atom{"eq", true, "1", "mol", mole},
    Atom{"Bq", true, "1", "/s", second},
    Atom{"Gy", true, "1", "m2/s2", metre},
    Atom{"Sv", true, "1", "m2/s2", metre},
    Atom{"[in_i]", false, "0.0254", "m", metre},
    Atom{"[ft_i]", false, "0.3048", "m", metre},
    Atom{"[yd_i]", false, "0.9144", "m", metre},
    Atom{"[mi_i]", false, "1609.344", "m", metre},
    Atom{"[lb_av]", false, "453.59237", "g", gram},
    Atom{"[oz_av]", false, "28.349523125", "g", gram},
    Atom{"[stone_av]", false, "6350.29318", "g", gram},
    Atom{"[gr]", false, "0.06479891", "g", gram},
};

struct Prefix {
    std::string_view code;
    int power;
};
constexpr std::array kPrefixes{
    Prefix{"da", 1},  Prefix{"Y", 24},  Prefix{"Z", 21},  Prefix{"E", 18},  Prefix{"P", 15},
    Prefix{"T", 12},  Prefix{"G", 9},   Prefix{"M", 6},   Prefix{"k", 3},   Prefix{"h", 2},
    Prefix{"d", -1},  Prefix{"c", -2},  Prefix{"m", -3},  Prefix{"u", -6},  Prefix{"n", -9},
    Prefix{"p", -12}, Prefix{"f", -15}, Prefix{"a", -18}, Prefix{"z", -21}, Prefix{"y", -24}};

std::optional<Unit> timesPower(const Unit& base, Unit by, int power) {
    Unit result = base;
    if (power < 0) std::swap(by.above, by.below);
    for (int i = 0; i < (power < 0 ? -power : power); ++i) {
        const auto above = Decimal::multiply(result.above, by.above);
        const auto below = Decimal::multiply(result.below, by.below);
        if (!above || !below) return std::nullopt;
        result.above = *above;
        result.below = *below;
    }
    for (std::size_t i = 0; i < kDimensions; ++i) {
        const int sum = result.powers[i] + by.powers[i] * power;
        if (sum > 99 || sum < -99) return std::nullopt;
        result.powers[i] = static_cast<std::int8_t>(sum);
    }
    return result;
}

class UnitReader {
public:
    UnitReader(std::string_view text, int depth) : text_(text), depth_(depth) {}

    std::optional<Unit> read() {
        if (text_.empty() || text_.size() > 100 || depth_ > 8) return std::nullopt;
        std::optional<Unit> result = Unit{};
        int sign = take('/') ? -1 : 1;
        for (;;) {
            const auto part = component();
            if (!part) return std::nullopt;
            result = timesPower(*result, part->first, sign * part->second);
            if (!result || text_.empty()) return result;
            if (take('.'))
                sign = 1;
            else if (take('/'))
                sign = -1;
            else
                return std::nullopt;
        }
    }

private:
    using Powered = std::pair<Unit, int>;

    bool take(char c) {
        if (text_.empty() || text_.front() != c) return false;
        text_.remove_prefix(1);
        return true;
    }

    bool annotation() {
        if (text_.empty() || text_.front() != '{') return false;
        const std::size_t end = text_.find('}');
        text_.remove_prefix(end == text_.npos ? text_.size() : end + 1);
        return true;
    }

    int exponent() {
        int power = 1;
        std::string_view digits = text_;
        if (!digits.empty() && digits.front() == '+') digits.remove_prefix(1);
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), power);
        if (error != std::errc()) return 1;
        text_ = digits.substr(static_cast<std::size_t>(end - digits.data()));
        return power > 20 || power < -20 ? 0 : power;
    }

    std::optional<Powered> component() {
        if (annotation()) return Powered{Unit{}, 1};
        if (take('(')) {
            const std::size_t end = text_.rfind(')');
            if (end == text_.npos) return std::nullopt;
            const auto inner = UnitReader(text_.substr(0, end), depth_ + 1).read();
            text_.remove_prefix(end + 1);
            if (!inner) return std::nullopt;
            return Powered{*inner, exponent()};
        }
        if (text_.starts_with("10*") || text_.starts_with("10^")) {
            text_.remove_prefix(3);
            Unit ten;
            ten.above = Decimal(10);
            return Powered{ten, exponent()};
        }
        if (!text_.empty() && text_.front() >= '0' && text_.front() <= '9') return factor();
        const std::string_view code = symbol();
        auto unit = atom(code);
        if (!unit) return std::nullopt;
        const int power = exponent();
        if (power == 0) return std::nullopt;
        annotation();
        return Powered{*unit, power};
    }

    std::optional<Powered> factor() {
        std::size_t size = 0;
        while (size < text_.size() && text_[size] >= '0' && text_[size] <= '9') ++size;
        const auto number = Decimal::parse(text_.substr(0, size));
        if (!number || number->zero()) return std::nullopt;
        text_.remove_prefix(size);
        annotation();
        Unit unit;
        unit.above = *number;
        return Powered{unit, 1};
    }

    std::string_view symbol() {
        std::size_t size = 0;
        bool bracket = false;
        for (; size < text_.size(); ++size) {
            const char c = text_[size];
            if (c == '[') bracket = true;
            if (c == ']') bracket = false;
            if (!bracket &&
                std::string_view("./(){}+-0123456789").find(c) != std::string_view::npos)
                break;
        }
        const std::string_view code = text_.substr(0, size);
        text_.remove_prefix(size);
        return code;
    }

    std::optional<Unit> atom(std::string_view code) const {
        if (code == "%") {
            Unit percent;
            percent.below = Decimal(100);
            return percent;
        }
        for (const Atom& known : kAtoms)
            if (known.code == code) return defined(known, 0);
        for (const Prefix& prefix : kPrefixes) {
            if (!code.starts_with(prefix.code)) continue;
            for (const Atom& known : kAtoms)
                if (known.metric && known.code == code.substr(prefix.code.size()))
                    return defined(known, prefix.power);
        }
        return std::nullopt;
    }

    std::optional<Unit> defined(const Atom& known, int power) const {
        std::optional<Unit> unit = Unit{};
        if (known.of.empty())
            unit->powers[known.base] = 1;
        else
            unit = UnitReader(known.of, depth_ + 1).read();
        const auto factor = Decimal::parse(known.factor);
        if (!unit || !factor) return std::nullopt;
        Unit scale;
        scale.above = *factor;
        unit = timesPower(*unit, scale, 1);
        Unit ten;
        ten.above = Decimal(10);
        return unit ? timesPower(*unit, ten, power) : unit;
    }

    std::string_view text_;
    int depth_;
};

/// Seconds, or months, of a calendar word.
std::optional<Unit> calendarOf(std::string_view word) {
    const auto known = calendarUnit(word);
    if (!known) return std::nullopt;
    if (*known == CalendarUnit::millisecond) return UnitReader("ms", 0).read();
    static constexpr std::array<std::int64_t, 7> kFactor{12, 1, 604'800, 86'400, 3600, 60, 1};
    Unit unit;
    unit.above = Decimal(kFactor[static_cast<std::size_t>(*known)]);
    const bool months = *known == CalendarUnit::year || *known == CalendarUnit::month;
    unit.powers[months ? calendarMonth : second] = 1;
    return unit;
}

std::optional<Unit> unitOf(const Quantity& quantity) {
    if (quantity.calendar) return calendarOf(quantity.unit);
    if (quantity.unit.empty()) return Unit{};
    return UnitReader(quantity.unit, 0).read();
}

bool isTime(const Unit& unit) {
    Unit one;
    one.powers[second] = 1;
    return unit.powers == one.powers;
}

bool isMonths(const Unit& unit) { return unit.powers[calendarMonth] == 1; }

bool sameUnit(const Quantity& a, const Quantity& b) {
    return a.unit == b.unit && a.calendar == b.calendar;
}

/// The amounts of both in a unit that they share; nothing when they share none.
struct Pair {
    Decimal a, b;
};
std::optional<Pair> shared(const Quantity& a, const Quantity& b, const Unit& left,
                           const Unit& right) {
    if (left.powers != right.powers) return std::nullopt;
    auto x = Decimal::multiply(a.value, left.above);
    if (x) x = Decimal::multiply(*x, right.below);
    auto y = Decimal::multiply(b.value, right.above);
    if (y) y = Decimal::multiply(*y, left.below);
    if (!x || !y) return std::nullopt;
    return Pair{*x, *y};
}

/// The code of a unit in UCUM's words, to be joined with others.
std::string codeOf(const Quantity& quantity) {
    if (!quantity.calendar) return std::string(quantity.unit);
    static constexpr std::array<std::string_view, 8> kCodes{"a", "mo",  "wk", "d",
                                                            "h", "min", "s",  "ms"};
    const auto known = calendarUnit(quantity.unit);
    return std::string(known ? kCodes[static_cast<std::size_t>(*known)] : quantity.unit);
}

}  // namespace

std::optional<Order> compareQuantities(const Quantity& a, const Quantity& b) {
    const auto orderOf = [](std::strong_ordering order) {
        return order < 0 ? Order::less : order > 0 ? Order::greater : Order::equal;
    };
    if (sameUnit(a, b)) return orderOf(a.value <=> b.value);
    const auto left = unitOf(a), right = unitOf(b);
    if (!left || !right) return std::nullopt;
    // A calendar year or month has no fixed length: against definite time the order stays open. So
    // does UCUM's.
    const auto vague = [](const Quantity& q) { return q.unit == "a" || q.unit == "mo"; };
    if ((isMonths(*left) && isTime(*right)) || (isTime(*left) && isMonths(*right)) ||
        (a.calendar != b.calendar && (vague(a) || vague(b))))
        return Order::unknown;
    const auto both = shared(a, b, *left, *right);
    if (!both) return std::nullopt;
    return orderOf(both->a <=> both->b);
}

bool equivalentQuantities(const Quantity& a, const Quantity& b) {
    Quantity left = a, right = b;
    const std::string leftCode = codeOf(a), rightCode = codeOf(b);
    if (a.calendar != b.calendar) {  // a month is equivalent to UCUM's, though not equal
        left = {a.value, leftCode, false};
        right = {b.value, rightCode, false};
    }
    if (sameUnit(left, right)) return Decimal::equivalent(left.value, right.value);
    const auto from = unitOf(left), to = unitOf(right);
    if (!from || !to) return false;
    const auto both = shared(left, right, *from, *to);
    const auto one = Decimal::multiply(from->above, to->below);
    const auto other = Decimal::multiply(to->above, from->below);
    if (!both || !one || !other) return false;
    // In the coarser unit, so that converting does not make up precision.
    const Decimal coarser = std::max(*one, *other);
    const auto x = Decimal::divide(both->a, coarser), y = Decimal::divide(both->b, coarser);
    return x && y && Decimal::equivalent(*x, *y);
}

bool comparable(const Quantity& a, const Quantity& b) {
    if (sameUnit(a, b)) return true;
    const auto left = unitOf(a), right = unitOf(b);
    return left && right && left->powers == right->powers;
}

namespace {

/// The calendar's word for a unit of time of UCUM, or nothing.
std::string_view wordOf(std::string_view code) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kWords{
        {{"a", "year"},
         {"mo", "month"},
         {"wk", "week"},
         {"d", "day"},
         {"h", "hour"},
         {"min", "minute"},
         {"s", "second"},
         {"ms", "millisecond"}}};
    for (const auto& [known, word] : kWords)
        if (known == code) return word;
    return {};
}

/// Like unitOf(), but a calendar year is 365 days and a month 30.
std::optional<Unit> inSeconds(const Quantity& quantity) {
    std::optional<Unit> unit = unitOf(quantity);
    if (!unit || !isMonths(*unit)) return unit;
    const bool year = calendarUnit(quantity.unit) == CalendarUnit::year;
    unit = Unit{};
    unit->above = Decimal((year ? 365 : 30) * 86'400);
    unit->powers[second] = 1;
    return unit;
}

}  // namespace

std::optional<Decimal> converted(const Quantity& amount, std::string_view unit) {
    // Between the calendar and UCUM the amount is converted as its own side counts, then renamed.
    Quantity target{Decimal(1), unit, isCalendarWord(unit)};
    const std::string code = codeOf(target);
    const std::string_view word = wordOf(unit);
    if (amount.calendar && !word.empty())
        target = {Decimal(1), word, true};
    else if (!amount.calendar && target.calendar)
        target = {Decimal(1), code, false};
    auto from = unitOf(amount), to = unitOf(target);
    if (!from || !to) return std::nullopt;
    if (isMonths(*from) != isMonths(*to)) {
        from = inSeconds(amount);
        to = inSeconds(target);
    }
    const auto both = shared(amount, target, *from, *to);
    return both ? Decimal::divide(both->a, both->b) : std::nullopt;
}

std::optional<MadeQuantity> add(const Quantity& a, const Quantity& b, bool minus) {
    const auto sum = [&](Decimal x, Decimal y) {
        return minus ? Decimal::subtract(x, y) : Decimal::add(x, y);
    };
    Decimal x = a.value, y = b.value;
    const Quantity* finer = &a;
    if (!sameUnit(a, b)) {
        const auto left = unitOf(a), right = unitOf(b);
        const Quantity one{Decimal(1), a.unit, a.calendar}, other{Decimal(1), b.unit, b.calendar};
        const auto order = compareQuantities(one, other);
        if (!left || !right || !order || *order == Order::unknown) return std::nullopt;
        if (*order == Order::greater) finer = &b;
        const auto both = shared(a, b, *left, *right);
        const auto scale = finer == &a ? Decimal::multiply(left->above, right->below)
                                       : Decimal::multiply(right->above, left->below);
        if (!both || !scale) return std::nullopt;
        const auto first = Decimal::divide(both->a, *scale),
                   next = Decimal::divide(both->b, *scale);
        if (!first || !next) return std::nullopt;
        x = *first;
        y = *next;
    }
    const auto result = sum(x, y);
    if (!result) return std::nullopt;
    return MadeQuantity{*result, std::string(finer->unit), finer->calendar};
}

std::optional<MadeQuantity> multiply(const Quantity& a, const Quantity& b) {
    const auto product = Decimal::multiply(a.value, b.value);
    if (!product) return std::nullopt;
    if (b.unit == "1") return MadeQuantity{*product, std::string(a.unit), a.calendar};
    if (a.unit == "1") return MadeQuantity{*product, std::string(b.unit), b.calendar};
    return MadeQuantity{*product, joinedUnits(codeOf(a), codeOf(b), false), false};
}

std::optional<MadeQuantity> divide(const Quantity& a, const Quantity& b) {
    const auto quotient = Decimal::divide(a.value, b.value);
    if (!quotient) return std::nullopt;
    if (b.unit == "1") return MadeQuantity{*quotient, std::string(a.unit), a.calendar};
    if (sameUnit(a, b)) return MadeQuantity{*quotient, "1", false};
    return MadeQuantity{*quotient, joinedUnits(codeOf(a), codeOf(b), true), false};
}

}  // namespace fhirpath
