/// @file  The partners that can be simulated; plugin.cpp registers each.
#pragma once

#include "gateway/command.h"

namespace simulate {

gateway::Command hospital();
gateway::Command gp();
gateway::Command had();

}  // namespace simulate
