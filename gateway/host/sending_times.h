/// @file  When and how fast a partner, or one of its destinations, may be sent something.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gateway/config.h"
#include "pipeline/pace.h"
#include "pipeline/quiet_hours.h"

namespace gateway {

struct SendingTimes {
    std::optional<std::vector<QuietHours::Window>> quiet;  ///< as said; may be none on purpose
    std::optional<Rate> rate;
};

/// Quiet hours of its own stand instead of its partner's. None when the zone is not known.
QuietHours quietHours(const SendingTimes& own, const SendingTimes& partner,
                      const std::string& zone);

/// Keys quiet_hours: [{days: mon-fri, from: "22:00", to: "06:00"}], rate: {most: 20, per: 1 min}.
SendingTimes readSendingTimes(Config& section);

}  // namespace gateway
