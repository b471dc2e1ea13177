/// @file  The networks whose plans the register has.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/register.h"

namespace care_circle {

/// Whether a key of the register is a plan's, "NETWORK/NUMBER", and not a notice's or a form's.
bool isPlanKey(std::string_view key);
std::string_view networkOf(std::string_view planKey);

/// In the order in which the keys of their plans come; one look into the index for each.
std::vector<std::string> networksOf(const gateway::Register& plans);

/// @throws Error(rejected) when it is none of those, saying which there are; empty is any
void demandNetwork(std::string_view network, const std::vector<std::string>& networks);

/// The key behind which the plans of that network begin, and the first that is behind them all.
std::string beforeNetwork(std::string_view network);
std::string behindNetwork(std::string_view network);

}  // namespace care_circle
