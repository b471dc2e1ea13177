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
        call.fail(gateway::say("expected a number before {0}()", "attendu un nombre avant {0}()",
                               {call.step.function->name}));
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

/// The same of a quantity, which keeps its unit; false for what is none.
bool giveQuantity(const Call& call, const std::optional<Item>& value,
                  Decimal (*change)(Decimal value, int digits), int digits = 0) {
    if (!value || value->type != Type::quantity) return false;
    Quantity quantity = *value->quantity;
    quantity.value = change(quantity.value, digits);
    call.give(Item::of(call.arena().make<Quantity>(quantity)));
    return true;
}

template <Decimal (Decimal::*change)(int) const>
void toWhole(const Call& call) {
    const auto quantity = [](Decimal value, int digits) { return (value.*change)(digits); };
    if (giveQuantity(call, call.one(), quantity)) return;
    if (const auto value = number(call)) giveWhole(call, ((*value).*change)(0));
}

void round(const Call& call) {
    const auto input = call.one();
    if (!input) return;
    const std::int64_t digits = call.argumentInteger(0).value_or(0);
    if (digits < 0 || digits > 38)
        call.fail({"expected a precision from 0 to 38 in round()",
                   "attendu une précision de 0 à 38 dans round()"});
    const auto quantity = [](Decimal value, int places) { return value.rounded(places); };
    if (giveQuantity(call, input, quantity, static_cast<int>(digits))) return;
    if (const auto value = number(call)) call.give(value->rounded(static_cast<int>(digits)));
}

void exp(const Call& call) {
    if (const auto value = number(call)) giveApproximate(call, std::exp(value->approximate()));
}
void ln(const Call& call) {
    if (const auto value = number(call)) giveApproximate(call, std::log(value->approximate()));
}

void log(const Call& call) {
    const auto value = number(call), base = call.argumentNumber(0);
    if ((value && (value->zero() || value->negative())) ||
        (base && (base->zero() || base->negative())))
        call.fail({"expected numbers above zero in log()",
                   "attendu des nombres supérieurs à zéro dans log()"});
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

// --- Of several items ---------------------------------------------------------------------------

Item valueAt(const Call& call, std::size_t at) {
    const Item value = valueOf(call.machine, call.input[at]);
    const Item first = valueOf(call.machine, call.input.front());
    const bool alike = value.type == first.type || (value.isNumber() && first.isNumber());
    if (!alike || value.type == Type::node)
        call.fail(gateway::say("expected values of one type before {0}()",
                               "attendu des valeurs d'un seul type avant {0}()",
                               {call.step.function->name}));
    return value;
}

/// Nothing when it does not fit or the units do not fit together.
std::optional<Item> total(const Call& call) {
    std::optional<Item> sum = valueAt(call, 0);
    if (!sum->isNumber() && sum->type != Type::quantity)
        call.fail(gateway::say("expected numbers or quantities before {0}()",
                               "attendu des nombres ou des quantités avant {0}()",
                               {call.step.function->name}));
    for (std::size_t i = 1; i < call.input.size() && sum; ++i) {
        call.machine.work();
        sum = arithmetic(call.machine, Operator::add, *sum, valueAt(call, i), call.step.at);
    }
    return sum;
}

void sum(const Call& call) {
    if (call.input.empty()) return;
    if (const auto all = total(call)) call.give(*all);
}

void avg(const Call& call) {
    if (call.input.empty()) return;
    const auto all = total(call);
    const auto count = Item::of(static_cast<std::int64_t>(call.input.size()));
    const auto result =
        all ? arithmetic(call.machine, Operator::divide, *all, count, call.step.at) : std::nullopt;
    if (result) call.give(*result);
}

void extreme(const Call& call, Order wanted) {
    if (call.input.empty()) return;
    std::size_t best = 0;
    for (std::size_t i = 1; i < call.input.size(); ++i) {
        call.machine.work();
        const Order order =
            compare(call.machine, valueAt(call, i), valueAt(call, best), call.step.at);
        if (order == Order::unknown) return;
        if (order == wanted) best = i;
    }
    call.give(call.input[best]);
}
void min(const Call& call) { extreme(call, Order::less); }
void max(const Call& call) { extreme(call, Order::greater); }

constexpr std::array kFunctions{
    Function{"abs", 0, 0, abs},
    Function{"avg", 0, 0, avg},
    Function{"ceiling", 0, 0, toWhole<&Decimal::ceiling>},
    Function{"exp", 0, 0, exp},
    Function{"floor", 0, 0, toWhole<&Decimal::floor>},
    Function{"ln", 0, 0, ln},
    Function{"log", 1, 1, log},
    Function{"max", 0, 0, max},
    Function{"min", 0, 0, min},
    Function{"power", 1, 1, power},
    Function{"round", 0, 1, round},
    Function{"sqrt", 0, 0, sqrt},
    Function{"sum", 0, 0, sum},
    Function{"truncate", 0, 0, toWhole<&Decimal::truncated>},
};

}  // namespace

std::span<const Function> numberFunctions() { return kFunctions; }

}  // namespace fhirpath
