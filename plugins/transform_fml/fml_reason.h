/// @file  Texts for people in a map.
#pragma once

#include <string_view>

#include "gateway/error.h"

namespace fml {

/// "français | English" as a Reason; without " | " one text serves both.
gateway::Reason reasonOf(std::string_view text);

}  // namespace fml
