/// Conversion (FHIRPath N1 §5.5): toX() gives the value as X or nothing, convertsToX() whether it
/// would.
#include <algorithm>
#include <array>

#include "fhirpath_format.h"
#include "fhirpath_functions.h"
#include "fhirpath_text.h"
#include "fhirpath_units.h"
#include "fhirpath_values.h"

namespace fhirpath {
namespace {

using Type = Item::Type;
using Result = std::optional<Item>;

Result booleanOf(const Call&, const Item& value) {
    if (value.type == Type::boolean) return value;
    if (const auto number = numberOf(value)) {
        if (*number == Decimal(1)) return Item::of(true);
        if (number->zero()) return Item::of(false);
    }
    if (value.type != Type::string) return std::nullopt;
    const std::string word = lower(value.text());
    for (const std::string_view yes : {"true", "t", "yes", "y", "1", "1.0"})
        if (word == yes) return Item::of(true);
    for (const std::string_view no : {"false", "f", "no", "n", "0", "0.0"})
        if (word == no) return Item::of(false);
    return std::nullopt;
}

Result integerOf(const Call&, const Item& value) {
    if (value.type == Type::integer) {
        if (value.integer < INT32_MIN || value.integer > INT32_MAX) return std::nullopt;
        return Item::of(value.integer);
    }
    if (value.type == Type::boolean) return Item::of(std::int64_t{value.boolean ? 1 : 0});
    if (value.type != Type::string || value.text().find_first_of(".eE") != std::string_view::npos)
        return std::nullopt;
    const auto number = Decimal::parse(value.text());
    const auto whole = number ? number->whole() : std::nullopt;
    if (!whole || *whole < INT32_MIN || *whole > INT32_MAX) return std::nullopt;
    return Item::of(*whole);
}

Result longOf(const Call&, const Item& value) {
    if (value.type == Type::integer) return Item::ofLong(value.integer);
    if (value.type == Type::boolean) return Item::ofLong(value.boolean ? 1 : 0);
    if (value.type != Type::string || value.text().find_first_of(".eE") != std::string_view::npos)
        return std::nullopt;
    const auto number = Decimal::parse(value.text());
    const auto whole = number ? number->whole() : std::nullopt;
    if (!whole) return std::nullopt;
    return Item::ofLong(*whole);
}

Result decimalOf(const Call& call, const Item& value) {
    std::optional<Decimal> number = numberOf(value);
    if (value.type == Type::boolean) number = Decimal(value.boolean ? 1 : 0);
    if (value.type == Type::string && value.text().find_first_of("eE") == std::string_view::npos)
        number = Decimal::parse(value.text());
    if (!number) return std::nullopt;
    return Item::of(call.arena().make<Decimal>(*number));
}

Result stringOf(const Call& call, const Item& value) {
    if (value.type == Type::string) return value;
    const auto text = textOf(call.machine, value);
    if (!text) return std::nullopt;
    return Item::string(call.arena().keep(*text));
}

Result momentOf(const Call& call, const Item& value, Moment::Kind kind) {
    std::optional<Moment> moment;
    if (value.type == Type::string && call.arguments() > 0) {
        const auto format = call.argumentText(0);
        if (format) moment = momentByFormat(value.text(), *format, kind);
    } else if (value.type == Type::string) {
        moment = Moment::parse(value.text(), kind);
        // A text of a dateTime is also the text of its date.
        if (!moment && kind == Moment::Kind::date) {
            moment = Moment::parse(value.text(), Moment::Kind::dateTime);
            if (moment) moment = moment->as(kind);
        }
    } else if (value.isMoment()) {
        if ((value.type == Type::time) != (kind == Moment::Kind::time)) return std::nullopt;
        moment = value.moment->as(kind);
    }
    if (!moment) return std::nullopt;
    return Item::of(call.arena().make<Moment>(*moment));
}
Result dateOf(const Call& call, const Item& value) {
    return momentOf(call, value, Moment::Kind::date);
}
Result dateTimeOf(const Call& call, const Item& value) {
    return momentOf(call, value, Moment::Kind::dateTime);
}
Result timeOf(const Call& call, const Item& value) {
    return momentOf(call, value, Moment::Kind::time);
}

/// "4 days", "1.5 'mg'", "7".
Result quantityText(const Call& call, std::string_view text) {
    const std::size_t space = std::min(text.find_first_not_of("+-.0123456789"), text.size());
    const auto number = Decimal::parse(text.substr(0, space));
    if (!number) return std::nullopt;
    std::string_view unit = trimmed(text.substr(space));
    bool calendar = false;
    if (unit.empty()) {
        unit = "1";
    } else if (unit.size() > 2 && unit.front() == '\'' && unit.back() == '\'') {
        unit = unit.substr(1, unit.size() - 2);
        if (unit.find('\'') != unit.npos) return std::nullopt;
    } else {
        calendar = isCalendarWord(unit);
        if (!calendar) return std::nullopt;
    }
    return Item::of(call.arena().make<Quantity>(*number, call.arena().keep(unit), calendar));
}

Result quantityFrom(const Call& call, const Item& value) {
    if (value.type == Type::quantity) return value;
    std::optional<Decimal> number = numberOf(value);
    if (value.type == Type::boolean) number = Decimal(value.boolean ? 1 : 0);
    if (number) return Item::of(call.arena().make<Quantity>(*number, std::string_view("1"), false));
    return value.type == Type::string ? quantityText(call, value.text()) : std::nullopt;
}

template <Result (*convert)(const Call&, const Item&)>
void to(const Call& call) {
    const auto value = call.one();
    const Result result = value ? convert(call, *value) : std::nullopt;
    if (result) call.give(*result);
}

template <Result (*convert)(const Call&, const Item&)>
void converts(const Call& call) {
    if (const auto value = call.one()) call.give(convert(call, *value).has_value());
}

Result inUnit(const Call& call, const Item& value) {
    const Result quantity = quantityFrom(call, value);
    if (!quantity || call.arguments() == 0) return quantity;
    const auto unit = call.argumentText(0);
    if (!unit) return std::nullopt;
    const Quantity& from = *quantity->quantity;
    // A bare number is given its unit, not converted.
    const auto amount = from.unit == "1" ? std::optional(from.value) : converted(from, *unit);
    if (!amount) return std::nullopt;
    return Item::of(
        call.arena().make<Quantity>(*amount, call.arena().keep(*unit), isCalendarWord(*unit)));
}

constexpr std::array kFunctions{
    Function{"toBoolean", 0, 0, to<booleanOf>},
    Function{"convertsToBoolean", 0, 0, converts<booleanOf>},
    Function{"toInteger", 0, 0, to<integerOf>},
    Function{"convertsToInteger", 0, 0, converts<integerOf>},
    Function{"toLong", 0, 0, to<longOf>},
    Function{"convertsToLong", 0, 0, converts<longOf>},
    Function{"toDecimal", 0, 0, to<decimalOf>},
    Function{"convertsToDecimal", 0, 0, converts<decimalOf>},
    Function{"toString", 0, 0, to<stringOf>},
    Function{"convertsToString", 0, 0, converts<stringOf>},
    Function{"toDate", 0, 1, to<dateOf>},
    Function{"convertsToDate", 0, 1, converts<dateOf>},
    Function{"toDateTime", 0, 1, to<dateTimeOf>},
    Function{"convertsToDateTime", 0, 1, converts<dateTimeOf>},
    Function{"toTime", 0, 0, to<timeOf>},
    Function{"convertsToTime", 0, 0, converts<timeOf>},
    Function{"toQuantity", 0, 1, to<inUnit>},
    Function{"convertsToQuantity", 0, 1, converts<inUnit>},
};

}  // namespace

std::span<const Function> conversionFunctions() { return kFunctions; }

}  // namespace fhirpath
