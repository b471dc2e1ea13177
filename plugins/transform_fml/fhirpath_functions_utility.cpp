/// trace(), now() and the like (FHIRPath N1 §5.9), defineVariable(), boundaries and precision.
#include <array>

#include "fhirpath_functions.h"
#include "fhirpath_units.h"
#include "fhirpath_values.h"

namespace fhirpath {
namespace {

using Type = Item::Type;

/// Says how much came by and where from, never what it was.
void trace(const Call& call) {
    const auto name = call.argumentText(0);
    call.out.append(call.input);
    gateway::Issues* const issues = call.machine.environment().issues;
    if (issues == nullptr || !name) return;
    std::size_t count = call.input.size();
    if (call.arguments() > 1) {
        count = 0;
        for (std::size_t i = 0; i < call.input.size(); ++i)
            count += call.machine.evaluate(*call.step.arguments[1], call.loop(i)).size();
    }
    const std::string where = call.input.empty() ? "" : call.input.front().asNode().path();
    issues->add(gateway::Severity::information, where,
                {"trace: " + std::to_string(count) + " items", ""},
                call.machine.code().place(call.step.at).text());
}

Moment current(const Call& call) {
    const gateway::Context* const context = call.machine.environment().context;
    return Moment::of(context ? context->now : gateway::Time{}, call.machine.zone());
}

void now(const Call& call) { call.give(Item::of(call.arena().make<Moment>(current(call)))); }
void today(const Call& call) {
    call.give(Item::of(call.arena().make<Moment>(current(call).as(Moment::Kind::date))));
}
void timeOfDay(const Call& call) {
    call.give(Item::of(call.arena().make<Moment>(current(call).as(Moment::Kind::time))));
}

void defineVariable(const Call& call) {
    Scope scope;
    scope.name = call.step.arguments[0]->item.text();
    scope.outer = call.frame.scope;
    scope.value = call.input;
    if (call.arguments() > 1) {
        Frame inner = call.frame;
        inner.focus = call.input;
        scope.value = call.machine.evaluate(*call.step.arguments[1], inner);
    }
    call.frame.scope = call.arena().make<Scope>(scope);
    call.out.append(call.input);
}

// --- Boundaries and precision -------------------------------------------------------------------

std::optional<Decimal> decimalBoundary(Decimal value, bool high, int digits) {
    // Half a unit of the last digit that was written.
    std::optional<Decimal> half =
        Decimal::parse("0." + std::string(static_cast<std::size_t>(value.scale()), '0') + "5");
    if (!half) return std::nullopt;
    const auto edge = high ? Decimal::add(value, *half) : Decimal::subtract(value, *half);
    if (!edge) return std::nullopt;
    // Fewer digits than the value has: towards zero they are cut off, away from it the rest is
    // rounded, as HL7's tests have it (0.0034.highBoundary(1) is 0.0).
    const bool away = high != edge->negative();
    return (away ? edge->rounded(digits) : edge->truncated(digits)).padded(digits);
}

void boundaryOf(const Call& call, bool high) {
    const auto value = call.one();
    if (!value) return;
    const auto asked = call.argumentInteger(0);
    if (asked && (*asked < 0 || *asked > 31)) return;
    if (value->isMoment()) {
        static constexpr std::array kMost{8, 17, 9};  // date, dateTime, time
        const int digits =
            asked ? static_cast<int>(*asked) : kMost[static_cast<std::size_t>(value->moment->kind)];
        if (const auto edge = boundary(*value->moment, high, digits))
            call.give(Item::of(call.arena().make<Moment>(*edge)));
        return;
    }
    const auto quantity = quantityOf(*value);
    if (!quantity)
        call.fail(gateway::say("expected a number, a quantity, a date or a time before {0}()",
                               "attendu un nombre, une quantité, une date ou une heure avant {0}()",
                               {call.step.function->name}));
    const auto edge = decimalBoundary(quantity->value, high, asked ? static_cast<int>(*asked) : 8);
    if (!edge) return;
    if (value->type != Type::quantity) return call.give(*edge);
    call.give(Item::of(call.arena().make<Quantity>(*edge, quantity->unit, quantity->calendar)));
}
void lowBoundary(const Call& call) { boundaryOf(call, false); }
void highBoundary(const Call& call) { boundaryOf(call, true); }

void precision(const Call& call) {
    const auto value = call.one();
    if (!value) return;
    if (value->isMoment()) return call.give(Item::of(std::int64_t{value->moment->digits()}));
    const auto quantity = quantityOf(*value);
    if (!quantity)
        call.fail({"expected a number, a date or a time before precision()",
                   "attendu un nombre, une date ou une heure avant precision()"});
    call.give(Item::of(std::int64_t{quantity->value.scale()}));
}

void comparableUnits(const Call& call) {
    const auto value = call.one(), other = call.argumentValue(0);
    if (!value || !other) return;
    const auto a = quantityOf(*value), b = quantityOf(*other);
    if (a && b) call.give(comparable(*a, *b));
}

constexpr std::array kFunctions{
    Function{"trace", 1, 2, trace},
    Function{"now", 0, 0, now},
    Function{"today", 0, 0, today},
    Function{"timeOfDay", 0, 0, timeOfDay},
    Function{"defineVariable", 1, 2, defineVariable},
    Function{"lowBoundary", 0, 1, lowBoundary},
    Function{"highBoundary", 0, 1, highBoundary},
    Function{"precision", 0, 0, precision},
    Function{"comparable", 1, 1, comparableUnits},
};

}  // namespace

std::span<const Function> utilityFunctions() { return kFunctions; }

}  // namespace fhirpath
