/// @file  What is over is known for `forget_after` months more: plans that ended, and what was told
/// of the person's movements. Then the register forgets it, and what time causes is that alone.
#pragma once

#include "question.h"

namespace care_circle {

/// Lets the entry be forgotten that long after the message.
void forgetLater(gateway::RegisterEntry& entry, const Question& question);

/// Whether its time is over.
bool isToForget(const gateway::RegisterEntry& entry);

/// What takes it away, with what news know of the plan; while something of it waits: a change that
/// keeps it a month longer.
std::vector<gateway::RegisterChange> forgotten(gateway::RegisterEntry entry,
                                               const gateway::Register& plans);

}  // namespace care_circle
