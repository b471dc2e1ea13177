#include "fhirpath_moment.h"

#include <date/date.h>
#include <date/tz.h>

#include <algorithm>
#include <array>

namespace fhirpath {
namespace {

using Kind = Moment::Kind;
using Precision = Moment::Precision;

/// Takes exactly `count` digits off the front.
std::optional<unsigned> number(std::string_view& text, std::size_t count) {
    if (text.size() < count) return std::nullopt;
    unsigned value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        value = value * 10 + static_cast<unsigned>(text[i] - '0');
    }
    text.remove_prefix(count);
    return value;
}

bool take(std::string_view& text, char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

unsigned daysIn(int year, unsigned month) {
    const date::year_month_day_last last{date::year(year),
                                         date::month_day_last(date::month(month))};
    return static_cast<unsigned>(last.day());
}

/// Two digits up to `most` into `field`.
bool part(std::string_view& text, unsigned least, unsigned most, std::uint8_t& field) {
    const auto value = number(text, 2);
    if (!value || *value < least || *value > most) return false;
    field = static_cast<std::uint8_t>(*value);
    return true;
}

bool readDate(std::string_view& text, Moment& to) {
    const auto year = number(text, 4);
    if (!year || *year == 0) return false;
    to.year = static_cast<std::int16_t>(*year);
    to.precision = Precision::year;
    if (!take(text, '-')) return true;
    if (!part(text, 1, 12, to.month)) return false;
    to.precision = Precision::month;
    if (!take(text, '-')) return true;
    to.precision = Precision::day;
    return part(text, 1, daysIn(to.year, to.month), to.day);
}

bool readFraction(std::string_view& text, Moment& to) {
    std::uint32_t unit = 100'000'000;
    std::size_t digits = 0;
    for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1)) {
        to.nanos += static_cast<std::uint32_t>(text.front() - '0') * unit;
        unit /= 10;
        if (++digits > 9) return false;
    }
    to.fractionDigits = static_cast<std::uint8_t>(digits);
    to.precision = Precision::fraction;
    return digits != 0;
}

bool readClock(std::string_view& text, Moment& to) {
    if (!part(text, 0, 23, to.hour)) return false;
    to.precision = Precision::hour;
    if (!take(text, ':')) return true;
    if (!part(text, 0, 59, to.minute)) return false;
    to.precision = Precision::minute;
    if (!take(text, ':')) return true;
    if (!part(text, 0, 60, to.second)) return false;  // 60: a leap second
    to.precision = Precision::second;
    return !take(text, '.') || readFraction(text, to);
}

bool readOffset(std::string_view& text, Moment& to) {
    if (text.empty()) return true;
    to.hasOffset = true;
    to.zulu = take(text, 'Z');
    if (to.zulu) return true;
    const bool west = text.front() == '-';
    if (!take(text, '-') && !take(text, '+')) return false;
    std::uint8_t hours = 0, minutes = 0;
    if (!part(text, 0, 14, hours) || !take(text, ':') || !part(text, 0, 59, minutes)) return false;
    const int east = hours * 60 + minutes;
    to.offset = static_cast<std::int16_t>(west ? -east : east);
    return true;
}

date::sys_days dayOf(const Moment& moment) {
    return date::sys_days(date::year(moment.year) / moment.month / moment.day);
}

void setDay(Moment& to, date::sys_days day) {
    const date::year_month_day calendar(day);
    to.year = static_cast<std::int16_t>(static_cast<int>(calendar.year()));
    to.month = static_cast<std::uint8_t>(static_cast<unsigned>(calendar.month()));
    to.day = static_cast<std::uint8_t>(static_cast<unsigned>(calendar.day()));
}

std::int64_t secondsOf(const Moment& moment) {
    const std::int64_t clock = moment.hour * 3600 + moment.minute * 60 + moment.second;
    if (moment.kind == Kind::time) return clock;
    return std::int64_t{dayOf(moment).time_since_epoch().count()} * 86'400 + clock;
}

const date::time_zone* zoneOf(const std::string& name) {
    if (name.empty()) return nullptr;
    try {
        return date::locate_zone(name);
    } catch (const std::runtime_error&) {
        return nullptr;  // the configuration checks zones; an unknown one leaves times naive
    }
}

/// Minutes east that clocks of the zone show at that local time, if the zone is known.
std::optional<std::int16_t> offsetAt(const std::string& zone, const Moment& moment) {
    // Most questions are about one zone and one half of a year: looking it up takes longer than all
    // the rest. Near a change of the clocks the zone is asked.
    struct Last {
        std::string zone;
        const date::time_zone* known = nullptr;
        std::int64_t begin = 0, end = 0;  ///< local seconds
        std::int16_t offset = 0;
    };
    thread_local Last last;
    const std::int64_t local = secondsOf(moment);
    if (last.known == nullptr || last.zone != zone) {
        last = {zone, zoneOf(zone), 0, 0, 0};
        if (last.known == nullptr) return std::nullopt;
    }
    if (local < last.begin || local >= last.end) {
        constexpr std::int64_t kNear = 86'400;
        const auto found = last.known->get_info(date::local_seconds{std::chrono::seconds(local)});
        const auto east = [](const date::sys_info& info) {
            return std::chrono::duration_cast<std::chrono::minutes>(info.offset).count();
        };
        last.offset = static_cast<std::int16_t>(east(found.first));
        last.begin = found.first.begin.time_since_epoch().count() + kNear;
        last.end = found.first.end.time_since_epoch().count() - kNear;
    }
    return last.offset;
}

Order orderOf(std::int64_t a, std::int64_t b) {
    return a < b ? Order::less : a > b ? Order::greater : Order::equal;
}

/// Part by part down to the precision that both have.
Order compareParts(const Moment& a, const Moment& b) {
    const auto parts = [](const Moment& m) {
        return std::array<int, 6>{m.year, m.month, m.day, m.hour, m.minute, m.second};
    };
    const auto left = parts(a), right = parts(b);
    const auto common = std::min(std::min(a.precision, b.precision), Precision::second);
    const std::size_t first = a.kind == Kind::time ? 3 : 0;
    for (std::size_t i = first; i <= static_cast<std::size_t>(common); ++i)
        if (left[i] != right[i]) return orderOf(left[i], right[i]);
    if (common == Precision::second) return orderOf(a.nanos, b.nanos);
    return a.precision == b.precision ? Order::equal : Order::unknown;
}

/// The same instant as clocks of Greenwich show it.
Moment greenwich(Moment moment) {
    const std::int64_t seconds = secondsOf(moment) - std::int64_t{moment.offset} * 60;
    const std::int64_t day = (seconds >= 0 ? seconds : seconds - 86'399) / 86'400;
    const auto clock = static_cast<unsigned>(seconds - day * 86'400);
    setDay(moment, date::sys_days(date::days(static_cast<int>(day))));
    moment.hour = static_cast<std::uint8_t>(clock / 3600);
    moment.minute = static_cast<std::uint8_t>(clock / 60 % 60);
    moment.second = static_cast<std::uint8_t>(clock % 60);
    moment.offset = 0;
    return moment;
}

void appendNumber(std::string& text, int value, int width) {
    std::array<char, 12> digits{};
    for (int i = width - 1; i >= 0; --i, value /= 10)
        digits[static_cast<std::size_t>(i)] = static_cast<char>('0' + value % 10);
    text.append(digits.data(), static_cast<std::size_t>(width));
}

void appendClock(std::string& text, const Moment& moment) {
    appendNumber(text, moment.hour, 2);
    if (moment.precision >= Precision::minute) appendNumber(text += ':', moment.minute, 2);
    if (moment.precision >= Precision::second) appendNumber(text += ':', moment.second, 2);
    if (moment.precision < Precision::fraction) return;
    std::uint32_t unit = 1'000'000'000;
    for (int i = 0; i < moment.fractionDigits; ++i) unit /= 10;
    appendNumber(text += '.', static_cast<int>(moment.nanos / unit), moment.fractionDigits);
}

}  // namespace

std::optional<Moment> Moment::parse(std::string_view text, Kind kind) {
    Moment moment;
    moment.kind = kind;
    bool good = true;
    if (kind == Kind::time) {
        take(text, 'T');
        good = readClock(text, moment);
    } else {
        good = readDate(text, moment);
        if (good && kind == Kind::dateTime && take(text, 'T') && !text.empty())
            good = moment.precision == Precision::day && readClock(text, moment) &&
                   readOffset(text, moment);
    }
    if (!good || !text.empty()) return std::nullopt;
    return moment;
}

std::optional<Moment> Moment::parseCompact(std::string_view text) {
    Moment moment;
    moment.kind = Kind::dateTime;
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    std::string_view date = text.substr(0, digits);
    text.remove_prefix(digits);
    const auto year = number(date, 4);
    if (!year || *year == 0) return std::nullopt;
    moment.year = static_cast<std::int16_t>(*year);
    struct Part {
        Precision precision;
        unsigned least, most;
        std::uint8_t Moment::*field;
    };
    static constexpr std::array kParts{Part{Precision::month, 1, 12, &Moment::month},
                                       Part{Precision::day, 1, 31, &Moment::day},
                                       Part{Precision::hour, 0, 23, &Moment::hour},
                                       Part{Precision::minute, 0, 59, &Moment::minute},
                                       Part{Precision::second, 0, 60, &Moment::second}};
    for (const Part& each : kParts) {
        if (date.empty()) break;
        if (!part(date, each.least, each.most, moment.*each.field)) return std::nullopt;
        moment.precision = each.precision;
    }
    if (!date.empty() || moment.day > daysIn(moment.year, moment.month)) return std::nullopt;
    if (take(text, '.') && (moment.precision != Precision::second || !readFraction(text, moment)))
        return std::nullopt;
    if (text.empty()) return moment;
    // An offset may stand behind a date too; it means nothing there.
    const bool west = text.front() == '-';
    std::uint8_t hours = 0, minutes = 0;
    if ((!take(text, '-') && !take(text, '+')) || !part(text, 0, 14, hours) ||
        !part(text, 0, 59, minutes) || !text.empty())
        return std::nullopt;
    if (moment.precision < Precision::hour) return moment;
    const int east = hours * 60 + minutes;
    moment.hasOffset = true;
    moment.offset = static_cast<std::int16_t>(west ? -east : east);
    return moment;
}

void Moment::locate(const std::string& zone) {
    if (hasOffset || precision < Precision::hour) return;
    const auto east = offsetAt(zone, *this);
    hasOffset = east.has_value();
    offset = east.value_or(0);
}

Moment Moment::of(gateway::Time time, const std::string& zone) {
    Moment moment;
    moment.kind = Kind::dateTime;
    std::chrono::seconds east{0};
    if (const auto* const known = zoneOf(zone)) {
        east = known->get_info(time).offset;
    } else {
        moment.zulu = true;
    }
    const auto local = time + east;
    const auto day = date::floor<date::days>(local);
    setDay(moment, day);
    const auto clock = static_cast<std::uint32_t>((local - day).count());
    moment.hour = static_cast<std::uint8_t>(clock / 3'600'000);
    moment.minute = static_cast<std::uint8_t>(clock / 60'000 % 60);
    moment.second = static_cast<std::uint8_t>(clock / 1000 % 60);
    moment.nanos = clock % 1000 * 1'000'000;
    moment.fractionDigits = 3;
    moment.precision = Precision::fraction;
    moment.hasOffset = true;
    moment.offset = static_cast<std::int16_t>(east.count() / 60);
    return moment;
}

std::string Moment::text() const {
    std::string text;
    text.reserve(32);
    if (kind != Kind::time) {
        appendNumber(text, year, 4);
        if (precision >= Precision::month) appendNumber(text += '-', month, 2);
        if (precision >= Precision::day) appendNumber(text += '-', day, 2);
        if (precision < Precision::hour) return text;
        text += 'T';
    }
    appendClock(text, *this);
    if (!hasOffset) return text;
    if (zulu) return text += 'Z';
    const int minutes = offset < 0 ? -offset : offset;
    appendNumber(text += offset < 0 ? '-' : '+', minutes / 60, 2);
    appendNumber(text += ':', minutes % 60, 2);
    return text;
}

Moment Moment::as(Kind other) const {
    Moment result = *this;
    result.kind = other;
    if (other == Kind::date) {
        result.precision = std::min(precision, Precision::day);
        result.hour = result.minute = result.second = result.fractionDigits = 0;
        result.nanos = 0;
    }
    if (other != Kind::dateTime) {
        result.hasOffset = result.zulu = false;
        result.offset = 0;
    }
    return result;
}

int Moment::digits() const {
    static constexpr std::array<int, 7> kDate{4, 6, 8, 10, 12, 14, 14};
    const int all = kDate[static_cast<std::size_t>(precision)] +
                    (precision == Precision::fraction ? fractionDigits : 0);
    return kind == Kind::time ? all - 8 : all;
}

std::size_t Moment::hash() const {
    // Equal moments may differ in offset and precision of the fraction: only what they must share
    // counts.
    return kind == Kind::time ? std::size_t{7} + hour : std::size_t{11};
}

Order compare(const Moment& a, const Moment& b, const std::string& zone) {
    if (a.kind == Kind::time || b.kind == Kind::time || a.precision < Precision::hour ||
        b.precision < Precision::hour || (!a.hasOffset && !b.hasOffset))
        return compareParts(a, b);
    Moment left = a, right = b;
    if (a.hasOffset != b.hasOffset) {
        Moment& naive = a.hasOffset ? right : left;
        if (const auto east = offsetAt(zone, naive)) {
            naive.offset = *east;
        } else {
            // Offsets go from -12 to +14 hours: further apart than that, the order is sure.
            const std::int64_t apart = secondsOf(greenwich(left)) - secondsOf(greenwich(right));
            constexpr std::int64_t kMost = 15 * 3600;
            return apart > kMost ? Order::greater : apart < -kMost ? Order::less : Order::unknown;
        }
    }
    return compareParts(greenwich(left), greenwich(right));
}

std::optional<CalendarUnit> calendarUnit(std::string_view word) {
    using enum CalendarUnit;
    struct Word {
        std::string_view text;
        CalendarUnit unit;
    };
    static constexpr std::array kWords{Word{"year", year},
                                       Word{"month", month},
                                       Word{"week", week},
                                       Word{"day", day},
                                       Word{"hour", hour},
                                       Word{"minute", minute},
                                       Word{"second", second},
                                       Word{"wk", week},
                                       Word{"d", day},
                                       Word{"h", hour},
                                       Word{"min", minute},
                                       Word{"s", second},
                                       Word{"millisecond", millisecond},
                                       Word{"ms", millisecond}};
    std::string_view singular = word;
    if (word.size() > 3 && word.back() == 's') singular.remove_suffix(1);
    for (const Word& known : kWords)
        if (known.text == singular) return known.unit;
    return std::nullopt;
}

std::int64_t daysSinceEpoch(const Moment& moment) {
    return dayOf(moment).time_since_epoch().count();
}

bool isCalendarWord(std::string_view unit) {
    return unit.size() > 2 && unit != "min" && calendarUnit(unit).has_value();
}

namespace {

std::optional<Moment> laterByMonths(Moment moment, std::int64_t months) {
    const std::int64_t all = std::int64_t{moment.year} * 12 + moment.month - 1 + months;
    if (all < 12 || all >= 10'000 * 12) return std::nullopt;
    moment.year = static_cast<std::int16_t>(all / 12);
    moment.month = static_cast<std::uint8_t>(all % 12 + 1);
    moment.day = static_cast<std::uint8_t>(
        std::min<unsigned>(moment.day, daysIn(moment.year, moment.month)));
    return moment;
}

std::optional<Moment> laterByDays(Moment moment, std::int64_t days) {
    constexpr std::int64_t kMost = 4'000'000;
    if (days > kMost || days < -kMost) return std::nullopt;
    const auto day = dayOf(moment) + date::days(static_cast<int>(days));
    const date::year_month_day calendar(day);
    if (calendar.year() < date::year(1) || calendar.year() > date::year(9999)) return std::nullopt;
    setDay(moment, day);
    return moment;
}

std::optional<Moment> laterByNanos(Moment moment, Decimal seconds, bool keepFraction) {
    if (!keepFraction) seconds = seconds.truncated();
    const auto nanos = Decimal::multiply(seconds.truncated(9), Decimal(1'000'000'000));
    const auto amount = nanos ? nanos->whole() : std::nullopt;
    if (!amount || *amount > INT64_MAX / 2 || *amount < INT64_MIN / 2) return std::nullopt;
    constexpr std::int64_t kDay = 86'400'000'000'000;
    std::int64_t clock =
        (std::int64_t{moment.hour} * 3600 + moment.minute * 60 + moment.second) * 1'000'000'000 +
        moment.nanos + *amount % kDay;
    std::int64_t days = *amount / kDay;
    if (clock < 0) {
        clock += kDay;
        --days;
    } else if (clock >= kDay) {
        clock -= kDay;
        ++days;
    }
    moment.nanos = static_cast<std::uint32_t>(clock % 1'000'000'000);
    const std::int64_t left = clock / 1'000'000'000;
    moment.hour = static_cast<std::uint8_t>(left / 3600);
    moment.minute = static_cast<std::uint8_t>(left / 60 % 60);
    moment.second = static_cast<std::uint8_t>(left % 60);
    if (moment.nanos != 0 && moment.precision == Precision::second) {
        moment.precision = Precision::fraction;
        moment.fractionDigits = 3;
    }
    return moment.kind == Kind::time ? std::optional(moment) : laterByDays(moment, days);
}

/// How many whole units of `per` seconds `amount` units of `each` seconds make.
std::optional<std::int64_t> units(Decimal amount, std::int64_t each, std::int64_t per) {
    const auto seconds = Decimal::multiply(amount, Decimal(each));
    const auto count = seconds ? Decimal::divideWhole(*seconds, Decimal(per)) : std::nullopt;
    return count ? count->whole() : std::nullopt;
}

constexpr std::int64_t kDaySeconds = 86'400;

/// For dates known to the year or month: whole years of 365 or months of 30 days.
std::optional<Moment> laterCoarse(const Moment& moment, Decimal amount, std::int64_t each) {
    const bool years = moment.precision == Precision::year;
    const auto count = units(amount, each, (years ? 365 : 30) * kDaySeconds);
    if (!count || *count > 200'000 || *count < -200'000) return std::nullopt;
    return laterByMonths(moment, *count * (years ? 12 : 1));
}

}  // namespace

std::optional<Moment> later(const Moment& moment, Decimal amount, CalendarUnit unit) {
    if (unit == CalendarUnit::year || unit == CalendarUnit::month) {
        const auto count = amount.truncated().whole();
        if (!count || *count > 200'000 || *count < -200'000 || moment.kind == Kind::time)
            return std::nullopt;
        if (unit == CalendarUnit::year) return laterByMonths(moment, *count * 12);
        const bool wholeYears = moment.precision == Precision::year;
        return laterByMonths(moment, wholeYears ? *count / 12 * 12 : *count);
    }
    if (unit == CalendarUnit::millisecond) {
        const auto seconds = Decimal::divide(amount.truncated(), Decimal(1000));
        if (!seconds) return std::nullopt;
        if (moment.precision >= Precision::second) return laterByNanos(moment, *seconds, true);
        return later(moment, *seconds, CalendarUnit::second);
    }
    static constexpr std::array<std::int64_t, 8> kSeconds{0,    0,  604'800, kDaySeconds,
                                                          3600, 60, 1,       0};
    const std::int64_t each = kSeconds[static_cast<std::size_t>(unit)];
    if (unit != CalendarUnit::second) amount = amount.truncated();
    if (moment.precision < Precision::day) return laterCoarse(moment, amount, each);
    if (moment.precision == Precision::day) {
        const auto days = units(amount, each, kDaySeconds);
        return days ? laterByDays(moment, *days) : std::nullopt;
    }
    static constexpr std::array<std::int64_t, 7> kStep{0, 0, 0, 3600, 60, 1, 1};
    const std::int64_t step = kStep[static_cast<std::size_t>(moment.precision)];
    if (unit == CalendarUnit::second && moment.precision >= Precision::second)
        return laterByNanos(moment, amount, true);
    const auto whole = units(amount, each, step);
    if (!whole || *whole > INT64_MAX / 3600 || *whole < INT64_MIN / 3600) return std::nullopt;
    return laterByNanos(moment, Decimal(*whole * step), true);
}

std::optional<Moment> boundary(const Moment& moment, bool high, int digits) {
    static constexpr std::array<int, 7> kAt{4, 6, 8, 10, 12, 14, 17};
    const int wanted = moment.kind == Kind::time ? digits + 8 : digits;
    const auto* const place = std::find(kAt.begin(), kAt.end(), wanted);
    if (place == kAt.end() || (moment.kind == Kind::date && wanted > 8) ||
        (moment.kind == Kind::time && wanted < 10))
        return std::nullopt;
    const auto target = static_cast<Precision>(place - kAt.begin());
    Moment result = moment;
    // An hour that is known is taken as the full hour: FHIRPath has no times of hours alone.
    if (moment.precision == Precision::hour) result.precision = Precision::minute;
    if (high && result.precision < Precision::month) result.month = 12;
    if (high && result.precision < Precision::day)
        result.day = static_cast<std::uint8_t>(daysIn(result.year, result.month));
    if (high && result.precision < Precision::hour) result.hour = 23;
    if (high && result.precision < Precision::minute) result.minute = 59;
    if (high && result.precision < Precision::second) result.second = 59;
    if (high && result.precision < Precision::fraction) result.nanos = 999'000'000;
    result.precision = target;
    result.fractionDigits = target == Precision::fraction ? 3 : 0;
    if (target < Precision::hour) {
        result.hasOffset = result.zulu = false;
        result.offset = 0;
    } else if (!moment.hasOffset && moment.kind == Kind::dateTime) {
        result.hasOffset = true;
        result.offset = high ? -12 * 60 : 14 * 60;
    }
    return result;
}

}  // namespace fhirpath
