/// @file  The profiles in profiles/, linked in as text.
#pragma once

#include <span>
#include <string_view>

namespace gateway::hl7v2 {

struct ShippedProfile {
    std::string_view name;  ///< "pam-fr-2.11"
    std::string_view yaml;
};

extern const std::span<const ShippedProfile> kShippedProfiles;

}  // namespace gateway::hl7v2
