/// @file  What the commands of this plugin ask of the running gateway, and its answers. No answer
/// holds anything of a person's health.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/policy.h"
#include "rules.h"

namespace care_circle {

/// Policy::answer() of this plugin: "plans", "where", "indicators".
std::optional<std::string> answered(std::string_view question, const gateway::Asked& asked,
                                    const gateway::Answering& with, const Rules& rules);

/// Open and closed plans with their state, a page at a time.
/// Words: network, coordinator, sector, due ("overdue" or days), state, most, after.
std::string plansAnswer(const gateway::Asked& asked, const gateway::Answering& with,
                        const Rules& rules);
/// Where the plan of one person stands. Words: who (number or INS), or name and born; why;
/// network.
std::string whereAnswer(const gateway::Asked& asked, const gateway::Answering& with);
/// Figures of networks over a period. Words: from, to, network.
std::string indicatorsAnswer(const gateway::Asked& asked, const gateway::Answering& with);

/// The word of that name, empty when it is not said.
std::string_view word(const gateway::Asked& asked, std::string_view name);

}  // namespace care_circle
