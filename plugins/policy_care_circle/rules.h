/// @file  The options of the policy.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "aliases.h"
#include "gateway/config.h"

namespace care_circle {

struct Rules {
    /// Identities and messages that are marked as tests are held.
    bool production = true;
    /// A plan without a recorded consent is held; else its team may get it.
    bool holdWithoutConsent = true;
    /// News say in which ward of the hospital the person is.
    bool ward = false;
    std::map<std::string, std::string, std::less<>> filters;  ///< category → map; "others"
    /// Sources whose VALI means validated alone: only their QUAL means a qualified identity.
    std::set<std::string, std::less<>> onlyQual;
    bool onlyQualOfOthers = false;  ///< of sources that are not named
    unsigned reviewMonths = 3;      ///< from an edition that names no review to the next one
    unsigned forgetAfter = 24;      ///< months after which what is over is known no more
    std::size_t activeFile = 130;   ///< open plans of one coordinator, above which lists say so
    Aliases aliases;

    /// The map that makes the minimum which that category gets, empty: all.
    std::string filterOf(std::string_view category) const;
    /// The same for a recipient outside the care team.
    std::string extractOf(std::string_view category) const;
    bool onlyQualFrom(std::string_view source) const;
};

Rules rulesOf(gateway::Config& config);

/// Bodies that pay for aids or decide on them, and never are members of a care team.
bool isPayer(std::string_view category);

}  // namespace care_circle
