/// @file  Runs a command of a plugin: its options, its mistakes and its help.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <span>
#include <string>

#include "gateway/command.h"

namespace gateway {

/// Parses the words, works, and tells an Error on stderr.
/// @param add  declares the options
/// @param work  @return the exit code
int runCommand(std::span<const std::string> words, CommandHost& host, const std::string& name,
               const Reason& summary, const std::function<void(CLI::App&, Spoken)>& add,
               const std::function<int()>& work);

}  // namespace gateway
