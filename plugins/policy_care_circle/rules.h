/// @file  The options of the policy.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "gateway/config.h"

namespace care_circle {

struct Rules {
    /// A plan without a recorded consent is held; else its team may get it.
    bool holdWithoutConsent = true;
    std::map<std::string, std::string, std::less<>> filters;  ///< category → map; "others"

    /// The map that makes the minimum which that category gets, empty: all.
    std::string filterOf(std::string_view category) const;
};

Rules rulesOf(gateway::Config& config);

}  // namespace care_circle
