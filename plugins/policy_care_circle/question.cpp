#include "question.h"

#include <date/tz.h>

namespace care_circle {
using namespace gateway;

std::string Question::moment() const {
    if (time().empty()) return {};
    return date::format(
        "%FT%T%Ez",
        date::make_zoned(about.zone, date::floor<std::chrono::seconds>(timeFromText(time()))));
}

std::string Question::localDay(const Context& about) {
    const std::string_view time = about.get("time");
    if (time.empty()) return {};
    return date::format(
        "%F", date::floor<date::days>(date::locate_zone(about.zone)->to_local(timeFromText(time))));
}

}  // namespace care_circle
