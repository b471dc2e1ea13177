/// @file  When a source usually speaks: so that its silence is noticed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/time.h"

namespace gateway {

/// Hours of this machine's time zone since 1970: the same hour of the same weekday a week before is
/// 168 less, summer time or not.
std::int64_t localHour(Time time);

/// How many arrivals one source had in each hour of the last six weeks.
class Habit {
public:
    /// Adds arrivals; forgets what is older than six weeks.
    void add(std::int64_t hour, std::uint64_t arrivals);
    /// What is usual in the hours that have passed in silence.
    struct Silence {
        std::int64_t hours = 0;   ///< whole ones without an arrival
        std::uint64_t usual = 0;  ///< arrivals in the same hours of a week, on average
        std::int64_t weeks = 0;   ///< of which that is known
    };
    /// @param up  since which hour the gateway has listened without a break
    /// @return nothing while it is not unusual, or not enough is known: three weeks, each (but one
    /// of four) with arrivals in two of these hours, five arrivals on average
    std::optional<Silence> silence(std::int64_t now, std::int64_t up) const;

    std::string text() const;
    static Habit parsed(std::string_view text);  ///< what cannot be read is left out

private:
    std::optional<std::int64_t> since_;  ///< the first hour that was watched
    std::map<std::int64_t, std::uint64_t> arrivals_;
};

}  // namespace gateway
