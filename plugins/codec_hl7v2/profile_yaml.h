/// @file  YAML as nodes of a configuration.
#pragma once

#include <string>
#include <string_view>

#include "gateway/config.h"

namespace gateway::hl7v2 {

/// Parses one document. What cannot be read, and a key that stands twice, goes to `findings` with
/// its place. Never throws for content.
ConfigNode parseYaml(std::string_view text, const std::string& file, Findings& findings);

}  // namespace gateway::hl7v2
