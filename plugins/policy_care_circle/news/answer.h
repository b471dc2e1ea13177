/// @file  What partners say of a plan (maps gp-to-plan-update, had-to-plan-update), for the network
/// that keeps it. Nothing is merged into a plan here.
#pragma once

#include "question.h"

namespace care_circle {

bool isAnswer(gateway::Node pivot);
gateway::Decisions decideAnswer(const Question& question);

}  // namespace care_circle
