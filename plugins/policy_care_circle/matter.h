/// @file  What a message may be about, and who decides on it. One file for each; a new one is a
/// row in matter.cpp.
#pragma once

#include "question.h"

namespace care_circle {

struct Matter {
    bool (*is)(gateway::Node pivot);
    gateway::Decisions (*decide)(const Question& question);
};

/// @throws Error(rejected) when it is about none of them
const Matter& matterOf(gateway::Node pivot);

}  // namespace care_circle
