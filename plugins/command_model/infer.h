/// @file  The command `model infer`.
#pragma once

#include "gateway/command.h"

namespace model {

gateway::Command infer();

}  // namespace model
