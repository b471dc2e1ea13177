/// @file  When a partner wants to be sent nothing: windows of the week on the clock of a time zone.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "gateway/time.h"

namespace gateway {

/// `quiet_hours:` of a partner or destination.
class QuietHours {
public:
    using Minutes = std::chrono::minutes;  ///< since midnight

    /// From `from` of each of the days until `to`, which is on the next day when it is not later.
    struct Window {
        std::array<bool, 7> days{};  ///< Monday first
        Minutes from{};
        Minutes to{};  ///< at most 24 h
        friend bool operator==(const Window&, const Window&) = default;
    };

    QuietHours() = default;
    /// @param zone  that the system knows: "Europe/Paris"
    QuietHours(std::vector<Window> windows, std::string zone);

    bool empty() const { return windows_.empty(); }
    bool zoneIsKnown() const;
    /// Whether they leave no minute of the week.
    bool always() const;
    /// The end of the quiet time that holds at that instant; nothing: it is not quiet. Times that
    /// the clocks jump over, or show twice, count in full.
    std::optional<Time> until(Time now) const;
    /// "06:00" of the zone; with the day, "06:00 (2027-03-28)", from a day after `now` on.
    std::string shown(Time at, Time now) const;
    friend bool operator==(const QuietHours&, const QuietHours&) = default;

private:
    std::optional<Time> endOfOne(Time now) const;

    std::vector<Window> windows_;
    std::string zone_;
};

}  // namespace gateway
