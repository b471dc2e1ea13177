/// @file  Counting the plans of networks over a period.
#pragma once

#include <string>
#include <vector>

#include "asked/figures.h"
#include "asked/typed.h"
#include "gateway/directory.h"
#include "gateway/register.h"

namespace care_circle {

/// Both days are in it.
struct Period {
    Day from, to;
    bool holds(Day day) const { return from <= day && day <= to; }
};

/// Names of the indicators; their meaning stands in docs/operating.md and in the Measure.
namespace indicator {
inline constexpr std::string_view kOpenBefore = "plans-open-before";
inline constexpr std::string_view kOpened = "plans-opened";
inline constexpr std::string_view kClosed = "plans-closed";  ///< row: reason
inline constexpr std::string_view kOpen = "plans-open";
inline constexpr std::string_view kReviews = "reviews-due";       ///< row: "late", "to-come"
inline constexpr std::string_view kPlanned = "sessions-planned";  ///< row: approach; column: for
inline constexpr std::string_view kDone = "sessions-done";        ///< … "person" or "carer"
inline constexpr std::string_view kCarers = "carer-share";        ///< percent of sessions done
inline constexpr std::string_view kAmounts = "amounts";           ///< row: approach; column: payer
inline constexpr std::string_view kEvaluated =
    "programmes";  ///< row: approach; column: "evaluated"
inline constexpr std::string_view kDeliveries = "deliveries";  ///< row: category of the partner
}  // namespace indicator

/// Counts plan after plan, then says how the figures add up and masks them.
class Tally {
public:
    Tally(Period period, Day today, const gateway::Directory& directory)
        : period_(period), today_(today), directory_(directory) {}

    void add(const gateway::RegisterEntry& plan,
             const std::vector<gateway::RegisterReceipt>& receipts);
    /// @param networks  all that were counted: each has its figures, be they zero
    const Figures& masked(const std::vector<std::string>& networks);

private:
    void count(std::string_view network, std::string_view indicator, std::string_view row,
               std::string_view column, std::int64_t value);
    void addLife(const gateway::RegisterEntry& plan);
    void addReview(const gateway::RegisterEntry& plan);
    void addApproaches(const gateway::RegisterEntry& plan);
    void addDeliveries(const gateway::RegisterEntry& plan,
                       const std::vector<gateway::RegisterReceipt>& receipts);
    void balanceTables();
    void balanceNetworks(const std::vector<std::string>& networks);

    const Period period_;
    const Day today_;
    const gateway::Directory& directory_;
    Figures figures_;
    std::uint32_t plan_ = 0;
};

}  // namespace care_circle
