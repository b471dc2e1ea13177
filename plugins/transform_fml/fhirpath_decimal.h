/// @file  Exact decimal numbers of up to 38 digits that keep the scale they were written with.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fhirpath {

class Decimal {
public:
    constexpr Decimal() = default;
    constexpr explicit Decimal(std::int64_t whole) : digits_(whole) {}
    /// "1.50", "-3", "2.5e-3"; nothing when it is no number or has more digits than fit.
    static std::optional<Decimal> parse(std::string_view text);
    /// The nearest decimal of 15 significant digits; nothing for infinities and what does not fit.
    static std::optional<Decimal> of(double value);

    std::string text() const;  ///< with the scale it has: 1.50 stays "1.50"
    double approximate() const;
    /// Digits after the point.
    int scale() const { return scale_; }
    bool zero() const { return digits_ == 0; }
    bool negative() const { return digits_ < 0; }
    /// The whole number it equals, if it equals one that fits.
    std::optional<std::int64_t> whole() const;

    Decimal negated() const;
    /// Towards zero, towards minus and plus infinity, half away from zero.
    Decimal truncated(int scale = 0) const;
    Decimal floor(int scale = 0) const;
    Decimal ceiling(int scale = 0) const;
    Decimal rounded(int scale) const;
    /// The same number with at least that scale; nothing when it does not fit.
    std::optional<Decimal> padded(int scale) const;
    /// The same number without zeros at its end.
    Decimal stripped() const;

    // Nothing when the result does not fit, and for a division by zero.
    static std::optional<Decimal> add(Decimal a, Decimal b);
    static std::optional<Decimal> subtract(Decimal a, Decimal b);
    static std::optional<Decimal> multiply(Decimal a, Decimal b);
    static std::optional<Decimal> divide(Decimal a, Decimal b);       ///< to 28 digits
    static std::optional<Decimal> divideWhole(Decimal a, Decimal b);  ///< towards zero
    static std::optional<Decimal> remainder(Decimal a, Decimal b);    ///< sign of `a`
    static std::optional<Decimal> power(Decimal base, unsigned exponent);

    /// By value: 1.50 equals 1.5.
    friend std::strong_ordering operator<=>(Decimal a, Decimal b);
    friend bool operator==(Decimal a, Decimal b) { return (a <=> b) == 0; }
    /// Rounded to the digits of the less precise one, zeros at the end aside.
    static bool equivalent(Decimal a, Decimal b);
    std::size_t hash() const;

private:
    __extension__ using Digits = __int128;
    __extension__ using Unsigned = unsigned __int128;

    constexpr Decimal(Digits digits, int scale) : digits_(digits), scale_(scale) {}
    static std::optional<Decimal> sum(Decimal a, Decimal b, bool minus);
    static bool align(Decimal& a, Decimal& b);
    static std::optional<Digits> scaled(Digits digits, int powers);
    static Unsigned magnitude(Digits digits);

    Digits digits_ = 0;
    int scale_ = 0;  ///< from 0 to 38
};

}  // namespace fhirpath
