/// @file  Through the plans that a wish names, by the narrowest index there is.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "asked/typed.h"
#include "gateway/policy.h"
#include "gateway/register.h"

namespace care_circle {

/// Which plans are meant.
struct PlanWish {
    std::string network, coordinator, sector;
    std::string state;             ///< "open", "closed", "all", or a state of FHIR
    std::optional<Day> dueBefore;  ///< next review before that day
    std::size_t most = 100;
    std::string after;  ///< where the page before ended
};

/// @throws Error(rejected) naming the word that cannot be taken
PlanWish planWish(const gateway::Asked& asked, Day today);

/// A page of them.
struct PlanPage {
    std::vector<gateway::RegisterEntry> plans;
    std::string next;  ///< where to go on; empty: these were the last
};

/// Looks at so many entries at most: a page may hold fewer than were wished for, even none, and
/// yet not be the last.
PlanPage planPage(const PlanWish& wish, const gateway::Register& plans);

}  // namespace care_circle
