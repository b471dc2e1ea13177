#include "mailbox_instant.h"

#include <array>
#include <charconv>

namespace transport_http {
using namespace gateway;
using namespace std::chrono;

namespace {

constexpr std::array<std::pair<std::string_view, SearchedTime::Prefix>, 9> kPrefixes{{
    {"eq", SearchedTime::Prefix::eq},
    {"ne", SearchedTime::Prefix::ne},
    {"gt", SearchedTime::Prefix::gt},
    {"lt", SearchedTime::Prefix::lt},
    {"ge", SearchedTime::Prefix::ge},
    {"le", SearchedTime::Prefix::le},
    {"sa", SearchedTime::Prefix::gt},
    {"eb", SearchedTime::Prefix::lt},
    {"ap", SearchedTime::Prefix::ap},
}};

/// Takes what it reads off the text.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    bool done() const { return rest_.empty(); }
    bool take(char c) {
        if (!rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    std::optional<int> number(std::size_t digits) {
        int value = 0;
        if (rest_.size() < digits || rest_[0] == '-') return std::nullopt;
        const char* const end = rest_.data() + digits;
        if (std::from_chars(rest_.data(), end, value).ptr != end) return std::nullopt;
        rest_.remove_prefix(digits);
        return value;
    }
    /// The digits of a fraction as milliseconds.
    std::optional<Milliseconds> fraction() {
        int milliseconds = 0, scale = 100, digits = 0;
        for (; !rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9'; rest_.remove_prefix(1)) {
            milliseconds += (rest_[0] - '0') * scale;
            scale /= 10;
            ++digits;
        }
        if (digits == 0) return std::nullopt;
        return Milliseconds(milliseconds);
    }

private:
    std::string_view rest_;
};

struct Interval {
    Time from, until;
};

std::optional<minutes> offset(Reader& text) {
    if (text.done() || text.take('Z')) return minutes(0);
    const bool west = text.take('-');
    if (!west && !text.take('+') && !text.take(' ')) return std::nullopt;
    const auto hour = text.number(2);
    if (!hour || !text.take(':')) return std::nullopt;
    const auto minute = text.number(2);
    if (!minute || *hour > 14 || *minute > 59) return std::nullopt;
    const minutes east = hours(*hour) + minutes(*minute);
    return west ? -east : east;
}

std::optional<Interval> timeOfDay(Reader& text, sys_days day) {
    const auto hour = text.number(2);
    if (!hour || !text.take(':')) return std::nullopt;
    const auto minute = text.number(2);
    if (!minute || *hour > 23 || *minute > 59) return std::nullopt;
    Time from = day + hours(*hour) + minutes(*minute);
    Milliseconds length = minutes(1);
    if (text.take(':')) {
        const auto second = text.number(2);
        if (!second || *second > 60) return std::nullopt;
        from += seconds(*second);
        length = seconds(1);
        if (text.take('.')) {
            const auto fraction = text.fraction();
            if (!fraction) return std::nullopt;
            from += *fraction;
            length = Milliseconds(1);
        }
    }
    const auto east = offset(text);
    if (!east || !text.done()) return std::nullopt;
    return Interval{from - *east, from - *east + length};
}

std::optional<Interval> interval(Reader text) {
    const auto y = text.number(4);
    if (!y || *y < 1900) return std::nullopt;
    const auto first = year(*y) / January / 1;
    if (text.done()) return Interval{sys_days(first), sys_days(first + years(1))};
    const auto m = text.take('-') ? text.number(2) : std::nullopt;
    if (!m || *m < 1 || *m > 12) return std::nullopt;
    const auto of = year(*y) / month(static_cast<unsigned>(*m)) / 1;
    if (text.done()) return Interval{sys_days(of), sys_days(of + months(1))};
    const auto d = text.take('-') ? text.number(2) : std::nullopt;
    if (!d) return std::nullopt;
    const auto date = year(*y) / month(static_cast<unsigned>(*m)) / day(static_cast<unsigned>(*d));
    if (!date.ok()) return std::nullopt;
    if (text.done()) return Interval{sys_days(date), sys_days(date) + days(1)};
    if (!text.take('T')) return std::nullopt;
    return timeOfDay(text, sys_days(date));
}

}  // namespace

std::optional<SearchedTime> searchedTime(std::string_view text) {
    SearchedTime time;
    for (const auto& [name, prefix] : kPrefixes)
        if (text.starts_with(name)) {
            time.prefix = prefix;
            text.remove_prefix(name.size());
            break;
        }
    const auto found = interval(Reader(text));
    if (!found) return std::nullopt;
    time.from = found->from;
    time.until = found->until;
    return time;
}

bool SearchedTime::holds(Time instant, Time now) const {
    switch (prefix) {
        case Prefix::eq: return instant >= from && instant < until;
        case Prefix::ne: return instant < from || instant >= until;
        case Prefix::gt: return instant >= until;
        case Prefix::lt: return instant < from;
        case Prefix::ge: return instant >= from;
        case Prefix::le: return instant < until;
        case Prefix::ap: break;
    }
    const Milliseconds near = (now > from ? now - from : from - now) / 10;
    return instant >= from - near && instant < until + near;
}

}  // namespace transport_http
