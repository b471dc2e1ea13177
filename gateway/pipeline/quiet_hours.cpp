#include "pipeline/quiet_hours.h"

#include <date/tz.h>

#include <algorithm>
#include <bitset>

namespace gateway {
namespace {

using Minutes = QuietHours::Minutes;

constexpr int kDay = 24 * 60;

/// That instant of a local clock. Of one that it shows twice the first or the second; of one that
/// it jumps over the jump.
Time at(const date::time_zone& zone, date::local_days day, Minutes minutes, bool second) {
    return date::floor<Milliseconds>(
        zone.to_sys(day + minutes, second ? date::choose::latest : date::choose::earliest));
}

std::size_t weekday(date::local_days day) { return date::weekday(day).iso_encoding() - 1; }

}  // namespace

QuietHours::QuietHours(std::vector<Window> windows, std::string zone)
    : windows_(std::move(windows)), zone_(std::move(zone)) {}

bool QuietHours::zoneIsKnown() const {
    try {
        return date::locate_zone(zone_) != nullptr;
    } catch (const std::runtime_error&) {
        return false;
    }
}

bool QuietHours::always() const {
    std::bitset<7 * kDay> quiet;
    for (const Window& window : windows_)
        for (std::size_t day = 0; day < window.days.size(); ++day) {
            if (!window.days[day]) continue;
            const auto from = day * kDay + static_cast<std::size_t>(window.from.count());
            auto to = day * kDay + static_cast<std::size_t>(window.to.count());
            if (to <= from) to += kDay;
            for (std::size_t minute = from; minute < to; ++minute) quiet.set(minute % quiet.size());
        }
    return quiet.all();
}

std::optional<Time> QuietHours::endOfOne(Time now) const {
    if (windows_.empty()) return {};
    const date::time_zone& zone = *date::locate_zone(zone_);
    const auto today = date::floor<date::days>(zone.to_local(now));
    std::optional<Time> end;
    for (const date::local_days day : {today - date::days(1), today})
        for (const Window& window : windows_) {
            if (!window.days[weekday(day)]) continue;
            const bool over = window.to <= window.from;
            const Time to = at(zone, over ? day + date::days(1) : day, window.to, true);
            if (now >= at(zone, day, window.from, false) && now < to)
                end = std::max(to, end.value_or(to));
        }
    return end;
}

std::optional<Time> QuietHours::until(Time now) const {
    std::optional<Time> end = endOfOne(now);
    // Windows that touch are one; a week holds no more than these.
    for (std::size_t i = 0; end && i < 7 * windows_.size(); ++i) {
        const std::optional<Time> next = endOfOne(*end);
        if (!next) break;
        end = next;
    }
    return end;
}

std::string QuietHours::shown(Time instant, Time now) const {
    const auto local = date::floor<Minutes>(date::locate_zone(zone_)->to_local(instant));
    return date::format(instant - now < date::days(1) ? "%H:%M" : "%H:%M (%F)", local);
}

}  // namespace gateway
