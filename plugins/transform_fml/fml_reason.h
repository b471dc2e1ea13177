/// @file  Texts for people in a map.
#pragma once

#include <string_view>

#include "gateway/error.h"

namespace fml {

/// "English | français" as a Reason; without " | " it is English alone.
gateway::Reason reasonOf(std::string_view text);

}  // namespace fml
