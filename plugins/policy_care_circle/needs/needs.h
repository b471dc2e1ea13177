/// @file  The needs form of a health centre (MSP; docs/needs-of-a-health-centre.md): it goes to the
/// networks of its territory, and what they answer to the centre and the other networks. No patient
/// is in it.
#pragma once

#include "question.h"

namespace care_circle {

bool isNeeds(gateway::Node pivot);
gateway::Decisions decideNeeds(const Question& question);

}  // namespace care_circle
