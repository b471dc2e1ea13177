/// Parts of dates and times, and the time between two of them (FHIRPath 3.0, for trial use).
#include <array>

#include "fhirpath_functions.h"
#include "fhirpath_values.h"

namespace fhirpath {
namespace {

using Kind = Moment::Kind;
using Precision = Moment::Precision;

/// The date or time of the input; nothing for all else.
std::optional<Moment> moment(const Call& call) {
    const auto value = call.one();
    if (!value || !value->isMoment()) return std::nullopt;
    return *value->moment;
}

/// Whether it has that part.
bool has(const Moment& moment, Precision part) {
    if (moment.kind == Kind::time && part < Precision::hour) return false;
    return moment.precision >= part;
}

template <Precision part, class Field, Field Moment::*field>
void partOf(const Call& call) {
    const auto value = moment(call);
    if (value && has(*value, part)) call.give(Item::of(std::int64_t{(*value).*field}));
}

void millisecondOf(const Call& call) {
    const auto value = moment(call);
    if (value && has(*value, Precision::fraction))
        call.give(Item::of(std::int64_t{value->nanos / 1'000'000}));
}

void timezoneOffsetOf(const Call& call) {
    const auto value = moment(call);
    if (!value || !value->hasOffset) return;
    if (const auto hours = Decimal::divide(Decimal(value->offset), Decimal(60)))
        call.give(hours->padded(1).value_or(*hours));
}

void dateOf(const Call& call) {
    const auto value = moment(call);
    if (value && value->kind != Kind::time)
        call.give(Item::of(call.arena().make<Moment>(value->as(Kind::date))));
}

void timeOf(const Call& call) {
    const auto value = moment(call);
    if (value && value->kind == Kind::dateTime && has(*value, Precision::hour))
        call.give(Item::of(call.arena().make<Moment>(value->as(Kind::time))));
}

// --- Between two ---------------------------------------------------------------------------------

/// The parts that a word of duration() and difference() asks for.
Precision precisionOf(CalendarUnit unit) {
    static constexpr std::array kParts{Precision::year,   Precision::month,   Precision::day,
                                       Precision::day,    Precision::hour,    Precision::minute,
                                       Precision::second, Precision::fraction};
    return kParts[static_cast<std::size_t>(unit)];
}

struct Between {
    Moment from, to;
    CalendarUnit unit = CalendarUnit::day;
};

/// Input, argument and precision; nothing when one is empty or not known that far.
std::optional<Between> between(const Call& call) {
    const auto from = call.one(), to = call.argumentValue(0);
    const auto word = call.argumentText(1);
    if (!from || !to || !word) return std::nullopt;
    const std::string name(call.step.function->name);
    if (!from->isMoment() || !to->isMoment() ||
        (from->moment->kind == Kind::time) != (to->moment->kind == Kind::time))
        call.fail(gateway::say("expected two dates or two times around {0}()",
                               "attendu deux dates ou deux heures pour {0}()", {name}));
    const auto unit = calendarUnit(*word);
    const bool dates = from->moment->kind == Kind::date && to->moment->kind == Kind::date;
    const bool times = from->moment->kind == Kind::time;
    if (!unit || !isCalendarWord(*word) || (dates && *unit > CalendarUnit::day) ||
        (times && *unit < CalendarUnit::hour))
        call.fail({"expected the word of a duration that such values have, as 'day' of dates",
                   "attendu le mot d'une durée que ces valeurs connaissent, comme « day » pour "
                   "des dates"});
    Between both{*from->moment, *to->moment, *unit};
    // Seconds without a fraction are whole ones.
    const Precision least = std::min(precisionOf(*unit), Precision::second);
    if (both.from.precision < least || both.to.precision < least) return std::nullopt;
    return both;
}

std::int64_t dayNumber(const Moment& moment) {
    return moment.kind == Kind::time ? 0 : daysSinceEpoch(moment);
}

/// Milliseconds since an epoch that both share; of different offsets in Greenwich's time.
std::int64_t millis(const Moment& moment, bool offsets) {
    std::int64_t seconds =
        dayNumber(moment) * 86'400 + moment.hour * 3600 + moment.minute * 60 + moment.second;
    if (offsets) seconds -= std::int64_t{moment.offset} * 60;
    return seconds * 1000 + moment.nanos / 1'000'000;
}

std::int64_t floorDivide(std::int64_t value, std::int64_t by) {
    return value >= 0 ? value / by : -((by - 1 - value) / by);
}

std::int64_t stepOf(CalendarUnit unit) {
    static constexpr std::array<std::int64_t, 8> kMillis{0,         0,      604'800'000, 86'400'000,
                                                         3'600'000, 60'000, 1000,        1};
    return kMillis[static_cast<std::size_t>(unit)];
}

void duration(const Call& call) {
    const auto both = between(call);
    if (!both) return;
    const auto [from, to, unit] = *both;
    const bool offsets = from.hasOffset && to.hasOffset;
    if (unit > CalendarUnit::month)
        return call.give(Item::of((millis(to, offsets) - millis(from, offsets)) / stepOf(unit)));
    const bool back = millis(to, offsets) < millis(from, offsets);
    const Moment& early = back ? to : from;
    const Moment& late = back ? from : to;
    std::int64_t months = (late.year - early.year) * 12 + late.month - early.month;
    // The last month is full when the day and time of day of the first are reached.
    const auto rest = [](const Moment& m) {
        return ((std::int64_t{m.day} * 24 + m.hour) * 60 + m.minute) * 60'000 + m.second * 1000 +
               m.nanos / 1'000'000;
    };
    if (months > 0 && late.precision >= Precision::day && early.precision >= Precision::day &&
        rest(late) < rest(early))
        --months;
    const std::int64_t count = unit == CalendarUnit::year ? months / 12 : months;
    call.give(Item::of(back ? -count : count));
}

void difference(const Call& call) {
    const auto both = between(call);
    if (!both) return;
    const auto [from, to, unit] = *both;
    const std::int64_t years = to.year - from.year;
    if (unit == CalendarUnit::year) return call.give(Item::of(years));
    if (unit == CalendarUnit::month) return call.give(Item::of(years * 12 + to.month - from.month));
    if (unit == CalendarUnit::week) {  // weeks begin on Sunday; 1970-01-01 was a Thursday
        const auto week = [](const Moment& m) { return floorDivide(dayNumber(m) + 4, 7); };
        return call.give(Item::of(week(to) - week(from)));
    }
    if (unit == CalendarUnit::day) return call.give(Item::of(dayNumber(to) - dayNumber(from)));
    const bool offsets = from.hasOffset && to.hasOffset;
    const auto step = [&](const Moment& m) {
        return floorDivide(millis(m, offsets), stepOf(unit));
    };
    call.give(Item::of(step(to) - step(from)));
}

constexpr std::array kFunctions{
    Function{"yearOf", 0, 0, partOf<Precision::year, std::int16_t, &Moment::year>},
    Function{"monthOf", 0, 0, partOf<Precision::month, std::uint8_t, &Moment::month>},
    Function{"dayOf", 0, 0, partOf<Precision::day, std::uint8_t, &Moment::day>},
    Function{"hourOf", 0, 0, partOf<Precision::hour, std::uint8_t, &Moment::hour>},
    Function{"minuteOf", 0, 0, partOf<Precision::minute, std::uint8_t, &Moment::minute>},
    Function{"secondOf", 0, 0, partOf<Precision::second, std::uint8_t, &Moment::second>},
    Function{"millisecondOf", 0, 0, millisecondOf},
    Function{"timezoneOffsetOf", 0, 0, timezoneOffsetOf},
    Function{"dateOf", 0, 0, dateOf},
    Function{"timeOf", 0, 0, timeOf},
    Function{"duration", 2, 2, duration},
    Function{"difference", 2, 2, difference},
};

}  // namespace

std::span<const Function> dateFunctions() { return kFunctions; }

}  // namespace fhirpath
