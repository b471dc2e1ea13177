/// Functions of numbers (FHIRPath N1 §5.7). Exact wherever the result is; roots and logarithms to
/// 15 digits.
#include <array>
#include <cmath>

#include "fhirpath_functions.h"
#include "fhirpath_values.h"

namespace fhirpath {
namespace {

using Type = Item::Type;

/// The single number of the input; nothing when empty.
std::optional<Decimal> number(const Call& call) {
    const auto value = call.one();
    if (!value) return std::nullopt;
    const auto number = numberOf(*value);
    if (!number)
        call.fail("expected a number before " + std::string(call.step.function->name) + "()");
    return number;
}

void giveWhole(const Call& call, Decimal value) {
    const auto whole = value.whole();
    if (whole) call.give(Item::of(*whole));
}

void giveApproximate(const Call& call, double value) {
    if (const auto result = Decimal::of(value)) call.give(*result);
}

void abs(const Call& call) {
    const auto value = call.one();
    if (!value) return;
    if (value->type == Type::quantity) {
        Quantity quantity = *value->quantity;
        if (quantity.value.negative()) quantity.value = quantity.value.negated();
        return call.give(Item::of(call.arena().make<Quantity>(quantity)));
    }
    const auto amount = number(call);
    const Decimal positive = amount->negative() ? amount->negated() : *amount;
    if (value->type == Type::integer) return giveWhole(call, positive);
    call.give(positive);
}

void ceiling(const Call& call) {
    if (const auto value = number(call)) giveWhole(call, value->ceiling());
}
void floor(const Call& call) {
    if (const auto value = number(call)) giveWhole(call, value->floor());
}
void truncate(const Call& call) {
    if (const auto value = number(call)) giveWhole(call, value->truncated());
}

void round(const Call& call) {
    const auto value = number(call);
    if (!value) return;
    const std::int64_t digits = call.argumentInteger(0).value_or(0);
    if (digits < 0 || digits > 38) call.fail("expected a precision from 0 to 38 in round()");
    call.give(value->rounded(static_cast<int>(digits)));
}

void exp(const Call& call) {
    if (const auto value = number(call)) giveApproximate(call, std::exp(value->approximate()));
}
void ln(const Call& call) {
    if (const auto value = number(call)) giveApproximate(call, std::log(value->approximate()));
}

void log(const Call& call) {
    const auto value = number(call), base = call.argumentNumber(0);
    if (value && base)
        giveApproximate(call, std::log(value->approximate()) / std::log(base->approximate()));
}

void sqrt(const Call& call) {
    const auto value = number(call);
    if (value && !value->negative()) giveApproximate(call, std::sqrt(value->approximate()));
}

void power(const Call& call) {
    const auto value = call.one();
    const auto base = number(call), exponent = call.argumentNumber(0);
    if (!base || !exponent) return;
    const auto whole = exponent->whole();
    if (!whole || *whole < 0 || *whole > 1000)
        return giveApproximate(call, std::pow(base->approximate(), exponent->approximate()));
    const auto result = Decimal::power(*base, static_cast<unsigned>(*whole));
    if (!result) return;
    if (value->type == Type::integer && exponent->scale() == 0) return giveWhole(call, *result);
    call.give(*result);
}

constexpr std::array kFunctions{
    Function{"abs", 0, 0, abs},     Function{"ceiling", 0, 0, ceiling},
    Function{"exp", 0, 0, exp},     Function{"floor", 0, 0, floor},
    Function{"ln", 0, 0, ln},       Function{"log", 1, 1, log},
    Function{"power", 1, 1, power}, Function{"round", 0, 1, round},
    Function{"sqrt", 0, 0, sqrt},   Function{"truncate", 0, 0, truncate},
};

}  // namespace

std::span<const Function> numberFunctions() { return kFunctions; }

}  // namespace fhirpath
