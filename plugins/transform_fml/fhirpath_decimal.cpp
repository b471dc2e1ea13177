#include "fhirpath_decimal.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace fhirpath {
namespace {

constexpr int kMost = 38;

bool digit(char c) { return c >= '0' && c <= '9'; }

/// The exponent behind "e", or nothing when it is none or absurd.
std::optional<int> exponentOf(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    int value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stop != end || value > 1000 || value < -1000) return std::nullopt;
    return value;
}

}  // namespace

std::optional<Decimal::Digits> Decimal::scaled(Digits digits, int powers) {
    for (; powers > 0 && digits != 0; --powers)
        if (__builtin_mul_overflow(digits, 10, &digits)) return std::nullopt;
    return digits;
}

Decimal::Unsigned Decimal::magnitude(Digits digits) {
    return digits < 0 ? Unsigned(0) - static_cast<Unsigned>(digits) : static_cast<Unsigned>(digits);
}

std::optional<Decimal> Decimal::parse(std::string_view text) {
    bool negative = false;
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
        negative = text.front() == '-';
        text.remove_prefix(1);
    }
    Digits digits = 0;
    int scale = 0;
    std::size_t at = 0;
    bool point = false;
    if (text.empty() || !digit(text.front())) return std::nullopt;
    for (; at < text.size(); ++at) {
        if (text[at] == '.' && !point && at + 1 < text.size() && digit(text[at + 1])) {
            point = true;
            continue;
        }
        if (!digit(text[at])) break;
        const int value = negative ? '0' - text[at] : text[at] - '0';
        if (__builtin_mul_overflow(digits, 10, &digits) ||
            __builtin_add_overflow(digits, value, &digits))
            return std::nullopt;
        scale += point ? 1 : 0;
    }
    if (at < text.size()) {
        if (text[at] != 'e' && text[at] != 'E') return std::nullopt;
        const auto exponent = exponentOf(text.substr(at + 1));
        if (!exponent) return std::nullopt;
        scale -= *exponent;
    }
    while (scale > kMost && digits % 10 == 0 && digits != 0) {
        digits /= 10;
        --scale;
    }
    if (digits == 0) scale = std::clamp(scale, 0, kMost);
    if (scale < 0) {
        const auto whole = scaled(digits, -scale);
        if (!whole) return std::nullopt;
        return Decimal(*whole, 0);
    }
    if (scale > kMost) return std::nullopt;
    return Decimal(digits, scale);
}

std::optional<Decimal> Decimal::of(double value) {
    if (!std::isfinite(value)) return std::nullopt;
    std::array<char, 64> text{};
    const int size = std::snprintf(text.data(), text.size(), "%.15g", value);
    const auto number = parse({text.data(), static_cast<std::size_t>(size)});
    if (number) return number;
    if (std::fabs(value) < 1e-20) return Decimal();
    return std::nullopt;
}

std::string Decimal::text() const {
    Unsigned rest = magnitude(digits_);
    std::array<char, 48> buffer{};
    char* at = buffer.data() + buffer.size();
    char* const end = at;
    for (int written = 0; rest != 0 || written <= scale_; ++written) {
        if (written == scale_ && scale_ > 0) *--at = '.';
        *--at = static_cast<char>('0' + static_cast<int>(rest % 10));
        rest /= 10;
    }
    if (digits_ < 0) *--at = '-';
    return {at, end};
}

double Decimal::approximate() const { return std::strtod(text().c_str(), nullptr); }

std::optional<std::int64_t> Decimal::whole() const {
    const Decimal plain = stripped();
    if (plain.scale_ != 0 || plain.digits_ > INT64_MAX || plain.digits_ < INT64_MIN)
        return std::nullopt;
    return static_cast<std::int64_t>(plain.digits_);
}

Decimal Decimal::negated() const {
    Decimal result = *this;
    if (__builtin_sub_overflow(Digits(0), digits_, &result.digits_)) return *this;
    return result;
}

Decimal Decimal::truncated(int scale) const {
    Decimal result = *this;
    for (; result.scale_ > scale; --result.scale_) result.digits_ /= 10;
    return result;
}

Decimal Decimal::floor(int scale) const {
    Decimal result = truncated(scale);
    if (negative() && result > *this) result.digits_ -= 1;
    return result;
}

Decimal Decimal::ceiling(int scale) const {
    Decimal result = truncated(scale);
    if (result < *this) result.digits_ += 1;
    return result;
}

Decimal Decimal::rounded(int scale) const {
    if (scale_ <= scale) return *this;
    Decimal result = truncated(scale + 1);
    const int last = static_cast<int>(result.digits_ % 10);
    result = result.truncated(scale);
    if (last >= 5) result.digits_ += 1;
    if (last <= -5) result.digits_ -= 1;
    return result;
}

std::optional<Decimal> Decimal::padded(int scale) const {
    if (scale <= scale_) return *this;
    const auto digits = scaled(digits_, scale - scale_);
    if (!digits || scale > kMost) return std::nullopt;
    return Decimal(*digits, scale);
}

Decimal Decimal::stripped() const {
    Decimal result = *this;
    for (; result.scale_ > 0 && result.digits_ % 10 == 0; --result.scale_) result.digits_ /= 10;
    return result;
}

bool Decimal::align(Decimal& a, Decimal& b) {
    if (a.scale_ == b.scale_) return true;
    Decimal& less = a.scale_ < b.scale_ ? a : b;
    const auto wider = less.padded(std::max(a.scale_, b.scale_));
    if (wider) less = *wider;
    return wider.has_value();
}

std::optional<Decimal> Decimal::sum(Decimal a, Decimal b, bool minus) {
    if (!align(a, b)) {
        a = a.stripped();
        b = b.stripped();
        if (!align(a, b)) return std::nullopt;
    }
    Digits result = 0;
    if (minus ? __builtin_sub_overflow(a.digits_, b.digits_, &result)
              : __builtin_add_overflow(a.digits_, b.digits_, &result))
        return std::nullopt;
    return Decimal(result, a.scale_);
}

std::optional<Decimal> Decimal::add(Decimal a, Decimal b) { return sum(a, b, false); }
std::optional<Decimal> Decimal::subtract(Decimal a, Decimal b) { return sum(a, b, true); }

std::optional<Decimal> Decimal::multiply(Decimal a, Decimal b) {
    Digits result = 0;
    if (__builtin_mul_overflow(a.digits_, b.digits_, &result) || a.scale_ + b.scale_ > kMost) {
        a = a.stripped();
        b = b.stripped();
        if (__builtin_mul_overflow(a.digits_, b.digits_, &result)) return std::nullopt;
    }
    const Decimal product(result, a.scale_ + b.scale_);
    return product.scale_ > kMost ? product.rounded(kMost) : product;
}

std::optional<Decimal> Decimal::divide(Decimal a, Decimal b) {
    if (b.digits_ == 0) return std::nullopt;
    a = a.stripped();
    b = b.stripped();
    // Long division: whole part first, then digit by digit until it is exact or long enough.
    int scale = a.scale_ - b.scale_;
    Unsigned rest = magnitude(a.digits_);
    const Unsigned by = magnitude(b.digits_);
    Unsigned quotient = rest / by;
    rest %= by;
    constexpr Unsigned kEnough = static_cast<Unsigned>(1'000'000'000'000'000'000) * 1'000'000'000;
    while ((rest != 0 && quotient < kEnough && scale < kMost - 1) || scale < 0) {
        if (rest > ~Unsigned(0) / 10 || quotient > ~Unsigned(0) / 10 - 1) {
            if (scale < 0) return std::nullopt;
            break;
        }
        rest *= 10;
        quotient = quotient * 10 + rest / by;
        rest %= by;
        ++scale;
    }
    if (rest != 0 && rest >= by - rest) ++quotient;
    if (quotient >> 127 != 0) return std::nullopt;
    const auto digits = static_cast<Digits>(quotient);
    return Decimal((a.digits_ < 0) != (b.digits_ < 0) ? -digits : digits, scale);
}

std::optional<Decimal> Decimal::divideWhole(Decimal a, Decimal b) {
    if (b.digits_ == 0) return std::nullopt;
    if (!align(a, b)) {
        const auto quotient = divide(a, b);
        return quotient ? std::optional(quotient->truncated()) : std::nullopt;
    }
    if (b.digits_ == -1) return Decimal(a.digits_, 0).negated();
    return Decimal(a.digits_ / b.digits_, 0);
}

std::optional<Decimal> Decimal::remainder(Decimal a, Decimal b) {
    if (b.digits_ == 0 || !align(a, b)) return std::nullopt;
    if (b.digits_ == -1) return Decimal(0, a.scale_);
    return Decimal(a.digits_ % b.digits_, a.scale_);
}

std::optional<Decimal> Decimal::power(Decimal base, unsigned exponent) {
    std::optional<Decimal> result = Decimal(1);
    std::optional<Decimal> square = base;
    for (; exponent != 0 && result; exponent >>= 1) {
        if (exponent & 1) result = square ? multiply(*result, *square) : std::nullopt;
        if (exponent > 1 && square) square = multiply(*square, *square);
    }
    return result;
}

std::strong_ordering operator<=>(Decimal a, Decimal b) {
    if (a.scale_ != b.scale_) {
        a = a.stripped();
        b = b.stripped();
        if (!Decimal::align(a, b)) {
            // The one with the smaller scale does not fit, so its magnitude is the larger.
            const bool first = a.scale_ < b.scale_;
            const bool greater = first ? !a.negative() : b.negative();
            return greater ? std::strong_ordering::greater : std::strong_ordering::less;
        }
    }
    return a.digits_ < b.digits_   ? std::strong_ordering::less
           : a.digits_ > b.digits_ ? std::strong_ordering::greater
                                   : std::strong_ordering::equal;
}

bool Decimal::equivalent(Decimal a, Decimal b) {
    const int scale = std::min(a.stripped().scale(), b.stripped().scale());
    return a.rounded(scale) == b.rounded(scale);
}

std::size_t Decimal::hash() const {
    const Decimal plain = stripped();
    const auto low = static_cast<std::uint64_t>(plain.digits_);
    const auto high = static_cast<std::uint64_t>(plain.digits_ >> 64);
    return (low ^ (high * 0x9E3779B97F4A7C15ull)) * 31 + static_cast<std::size_t>(plain.scale_);
}

}  // namespace fhirpath
