/// @file  Who says what comes in, and that nobody speaks for another.
#pragma once

#include "question.h"

namespace care_circle {

/// The partner who was connected, else the one that the source is named after; null: not known.
const gateway::Partner* speakerOf(const Question& question);
/// @throws gateway::Error(rejected) when the message is in the name of another partner than the one
///   who was connected
void mustSpeakForItself(const Question& question);

}  // namespace care_circle
