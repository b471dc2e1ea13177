/// @file  Documents from hospitals (map mdm-to-document): to those whom the hospital names, as far
/// as masks, the care team and the person let them.
#pragma once

#include "question.h"

namespace care_circle {

bool isDocument(gateway::Node pivot);
gateway::Decisions decideDocument(const Question& question);

}  // namespace care_circle
