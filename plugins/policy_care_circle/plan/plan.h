/// @file  Who gets a plan: the rules for plan bundles.
#pragma once

#include "question.h"

namespace care_circle {

bool isPlan(gateway::Node pivot);
gateway::Decisions decidePlan(const Question& question);
/// What a plan that is held, by its map or by a rule, ends all the same: a refusal counts at once.
gateway::Decisions endForHeldPlan(const Question& question);
/// Whether the recipient of a plan may still get it.
gateway::Decision recheckPlan(const gateway::DeliveryHead& delivery,
                              const gateway::Directory& partners, const gateway::Register& plans);

}  // namespace care_circle
