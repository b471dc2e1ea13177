/// @file  The commands of this plugin, and what they share.
#pragma once

#include <string>

#include "gateway/command.h"
#include "usage/plugin_command.h"

namespace maps {

gateway::Command newSheet();
gateway::Command fieldList();
gateway::Command build();
gateway::Command reverse();
gateway::Command diff();
gateway::Command convert();
gateway::Command table();

using gateway::runCommand;

/// Prints findings, one a line, to stderr.
void print(const gateway::Findings& findings, gateway::Spoken language);

/// Writes the whole file, or nothing. @throws gateway::Error(unavailable)
void writeFile(const std::string& file, const std::string& text);

}  // namespace maps
