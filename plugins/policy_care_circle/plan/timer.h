/// @file  What time causes for plans: reviews fall due, participations end, what is over is
/// forgotten. Each is a small Task of
/// FHIR that comes in as any other message, and is decided on with the register as it stands then.
#pragma once

#include "question.h"

namespace care_circle {

/// Policy::due() of plans.
std::vector<gateway::DueMessage> duePlans(gateway::Time now, const gateway::Register& plans,
                                          std::size_t most);

bool isTimer(gateway::Node pivot);
gateway::Decisions decideTimer(const Question& question);

}  // namespace care_circle
