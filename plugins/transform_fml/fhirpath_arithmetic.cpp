/// Arithmetic of FHIRPath N1 §6.6: numbers, texts, quantities, dates and times.
#include <algorithm>

#include "fhirpath_units.h"
#include "fhirpath_values.h"

namespace fhirpath {
namespace {

using Type = Item::Type;

/// Whole numbers are those of 32 bits, and wider where an operand was wider already (a timestamp in
/// JSON).
std::optional<Item> wholeResult(std::int64_t a, std::int64_t b, std::optional<Decimal> result,
                                bool longer = false) {
    const auto narrow = [](std::int64_t value) { return value >= INT32_MIN && value <= INT32_MAX; };
    const auto whole = result ? result->whole() : std::nullopt;
    if (whole && longer) return Item::ofLong(*whole);
    if (!whole || (narrow(a) && narrow(b) && !narrow(*whole))) return std::nullopt;
    return Item::of(*whole);
}

std::optional<Item> made(Machine& machine, std::optional<Decimal> number) {
    if (!number) return std::nullopt;
    return Item::of(machine.arena().make<Decimal>(*number));
}

std::optional<Item> made(Machine& machine, const std::optional<MadeQuantity>& quantity) {
    if (!quantity) return std::nullopt;
    return Item::of(machine.arena().make<Quantity>(
        quantity->value, machine.arena().keep(quantity->unit), quantity->calendar));
}

std::optional<Decimal> numbers(Operator oper, Decimal a, Decimal b) {
    switch (oper) {
        case Operator::add: return Decimal::add(a, b);
        case Operator::subtract: return Decimal::subtract(a, b);
        case Operator::multiply: return Decimal::multiply(a, b);
        case Operator::divide: return Decimal::divide(a, b);
        case Operator::div: return Decimal::divideWhole(a, b);
        case Operator::mod: return Decimal::remainder(a, b);
        default: return std::nullopt;
    }
}

std::optional<Item> shifted(Machine& machine, Operator oper, const Moment& moment,
                            const Quantity& quantity, std::uint32_t at) {
    const auto unit = calendarUnit(quantity.unit);
    if (!unit)
        machine.fail(
            at, {"expected a duration such as 3 months or 4 'd' to add to a date or time",
                 "attendu une durée comme 3 months ou 4 'd' à ajouter à une date ou une heure"});
    if (moment.kind == Moment::Kind::time && *unit < CalendarUnit::hour)
        machine.fail(
            at, {"a time of day has no days, weeks, months or years to add to",
                 "à une heure du jour ne s'ajoutent ni jours, ni semaines, ni mois, ni années"});
    // UCUM's seconds count whole ones, as its days do; only the calendar's keep their fraction.
    Decimal amount = quantity.calendar ? quantity.value : quantity.value.truncated();
    if (oper == Operator::subtract) amount = amount.negated();
    const auto result = later(moment, amount, *unit);
    if (!result) return std::nullopt;
    return Item::of(machine.arena().make<Moment>(*result));
}

[[noreturn]] void wrongTypes(Machine& machine, Operator oper, std::uint32_t at) {
    if (oper == Operator::concatenate)
        machine.fail(at, {"expected a value with a text on both sides of '&'",
                          "attendu une valeur qui a un texte de chaque côté de « & »"});
    machine.fail(
        at, oper == Operator::add
                ? gateway::Reason("expected two numbers, two texts, two quantities, or a date and "
                                  "a duration around '+'",
                                  "attendu deux nombres, deux textes, deux quantités, ou une date "
                                  "et une durée de part et d'autre de « + »")
                : gateway::Reason(
                      "expected two numbers or quantities around the operator",
                      "attendu deux nombres ou deux quantités de part et d'autre de l'opérateur"));
}

/// Texts put together of which the parts are long already end here, not in the memory of others.
Item joined(Machine& machine, std::string_view left, std::string_view right, std::uint32_t at) {
    constexpr std::size_t kLongest = std::size_t{64} << 20;
    const std::size_t size = left.size() + right.size();
    machine.work(size / 64);
    if (size > kLongest) machine.fail(at, {"the text is too long", "le texte est trop long"});
    if (size == 0) return Item::string("");
    auto* const text = static_cast<char*>(machine.arena().allocate(size, 1));
    std::copy(left.begin(), left.end(), text);
    std::copy(right.begin(), right.end(), text + left.size());
    return Item::string({text, size});
}

}  // namespace

std::optional<Item> arithmetic(Machine& machine, Operator oper, const Item& a, const Item& b,
                               std::uint32_t at) {
    if (oper == Operator::concatenate) {
        if (a.type == Type::string && b.type == Type::string)
            return joined(machine, a.text(), b.text(), at);
        const auto left = textOf(machine, a), right = textOf(machine, b);
        if (!left || !right) wrongTypes(machine, oper, at);
        return joined(machine, *left, *right, at);
    }
    if (a.type == Type::integer && b.type == Type::integer && oper != Operator::divide)
        return wholeResult(a.integer, b.integer,
                           numbers(oper, Decimal(a.integer), Decimal(b.integer)),
                           a.isLong() || b.isLong());
    if (a.isNumber() && b.isNumber()) {
        const auto result = numbers(oper, *numberOf(a), *numberOf(b));
        if (oper == Operator::div && result) return wholeResult(0, 0, result);
        return made(machine, result);
    }
    if (a.type == Type::string && b.type == Type::string && oper == Operator::add)
        return joined(machine, a.text(), b.text(), at);
    const bool sum = oper == Operator::add || oper == Operator::subtract;
    if (a.isMoment() && b.type == Type::quantity && sum)
        return shifted(machine, oper, *a.moment, *b.quantity, at);
    const auto left = quantityOf(a), right = quantityOf(b);
    if (!left || !right) wrongTypes(machine, oper, at);
    switch (oper) {
        case Operator::add:
        case Operator::subtract: {
            // `0 - quantity` is how a sign is changed: zero has every unit.
            if (a.type == Type::integer && left->value.zero() && oper == Operator::subtract)
                return made(machine, MadeQuantity{right->value.negated(), std::string(right->unit),
                                                  right->calendar});
            return made(machine, add(*left, *right, oper == Operator::subtract));
        }
        case Operator::multiply: return made(machine, multiply(*left, *right));
        case Operator::divide: return made(machine, divide(*left, *right));
        default: wrongTypes(machine, oper, at);
    }
}

}  // namespace fhirpath
