/// @file  A message against the rules of a profile.
#pragma once

#include "check_message.h"
#include "profile.h"

namespace gateway::hl7v2 {

void checkProfile(const CheckedMessage& message, const Profile& profile, Found& found);

}  // namespace gateway::hl7v2
