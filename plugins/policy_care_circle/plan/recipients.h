/// @file  What the rules of recipients share: refusals, memberships, aliases.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "plan/edition.h"

namespace care_circle {

extern const gateway::Reason kRefused;

/// Whether a partner is a network: it keeps plans, the policy tells it what there is to do.
bool isNetwork(const gateway::Partner& partner);

/// Partners whom the edition refuses, the network never.
std::set<std::string> refusedBy(const Edition& edition);

/// Whether it is known that the partner is no longer in the team.
bool hasLeft(const std::vector<Membership>& members, std::string_view partner);

/// The row of the network's table that says who a member is, or null.
const Alias* aliasOf(const Member& member, const Edition& edition);
/// Its partner by identifiers, or by the network's table; null when it has none.
const gateway::Partner* reachedAs(const Member& member, const Edition& edition);

/// How a row of the table could name the member: its number, else its local id.
std::string rowName(const Member& member);
/// The same with the name of the structure or person, which is not for timelines.
std::string rowWords(const Member& member);

}  // namespace care_circle
