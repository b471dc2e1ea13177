#include "gateway/message.h"

#include <charconv>
#include <cstdio>

#include "gateway/context.h"
#include "gateway/error.h"
#include "gateway/time.h"

namespace gateway {
namespace {

using Values = std::vector<std::pair<std::string, std::string>>;

void setIn(Values& values, std::string name, std::string value) {
    for (auto& [known, old] : values)
        if (known == name) {
            old = std::move(value);
            return;
        }
    values.emplace_back(std::move(name), std::move(value));
}

const std::string* findIn(const Values& values, std::string_view name) {
    for (const auto& [known, value] : values)
        if (known == name) return &value;
    return nullptr;
}

}  // namespace

void Facts::set(std::string name, std::string value) {
    setIn(facts_, std::move(name), std::move(value));
}

std::string_view Facts::get(std::string_view name) const {
    const std::string* value = findIn(facts_, name);
    return value ? std::string_view(*value) : std::string_view();
}

void Context::set(std::string name, std::string value) {
    setIn(values_, std::move(name), std::move(value));
}

std::string_view Context::get(std::string_view name) const {
    const std::string* value = findIn(values_, name);
    return value ? std::string_view(*value) : std::string_view();
}

bool Context::has(std::string_view name) const { return findIn(values_, name) != nullptr; }

std::string toText(Time time) {
    using namespace std::chrono;
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss<milliseconds> clock(time - day);
    char text[40];
    std::snprintf(
        text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
        static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
        static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
    return text;
}

Time timeFromText(std::string_view text) {
    using namespace std::chrono;
    const auto number = [&](std::size_t at, std::size_t size) {
        int value = 0;
        if (at + size > text.size())
            throw Error(Fault::malformed, "time",
                        Reason{"expected YYYY-MM-DDThh:mm:ss[.mmm]Z",
                               "attendu AAAA-MM-JJThh:mm:ss[.mmm]Z"});
        const char* const end = text.data() + at + size;
        if (std::from_chars(text.data() + at, end, value).ptr != end)
            throw Error(Fault::malformed, "time",
                        Reason{"expected YYYY-MM-DDThh:mm:ss[.mmm]Z",
                               "attendu AAAA-MM-JJThh:mm:ss[.mmm]Z"});
        return value;
    };
    const year_month_day date(year(number(0, 4)), month(static_cast<unsigned>(number(5, 2))),
                              day(static_cast<unsigned>(number(8, 2))));
    if (!date.ok())
        throw Error(Fault::malformed, "time",
                    {"expected a date of the calendar", "attendu une date du calendrier"});
    Time time = sys_days(date);
    if (text.size() == 10) return time;
    time += hours(number(11, 2)) + minutes(number(14, 2)) + seconds(number(17, 2));
    if (text.size() > 20 && text[19] == '.') time += milliseconds(number(20, 3));
    return time;
}

}  // namespace gateway
