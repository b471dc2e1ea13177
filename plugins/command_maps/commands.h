/// @file  The commands of this plugin, and what they share.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "gateway/command.h"

namespace maps {

gateway::Command newSheet();
gateway::Command fieldList();
gateway::Command build();
gateway::Command reverse();
gateway::Command diff();
gateway::Command convert();
gateway::Command table();

/// Parses the words, runs, and tells an Error. `add` declares the options, `work` returns the exit
/// code.
int runCommand(std::span<const std::string> words, gateway::CommandHost& host,
               const std::string& name, const gateway::Reason& summary,
               const std::function<void(CLI::App&, gateway::Spoken)>& add,
               const std::function<int()>& work);

/// Prints findings, one a line, to stderr.
void print(const gateway::Findings& findings, gateway::Spoken language);

/// Writes the whole file, or nothing. @throws gateway::Error(unavailable)
void writeFile(const std::string& file, const std::string& text);

}  // namespace maps
