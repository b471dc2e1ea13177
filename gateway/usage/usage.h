/// @file  The words of a command line that are CLI11's own, in the language of the user.
#pragma once

#include <CLI/CLI.hpp>

#include "gateway/error.h"

namespace gateway {

/// Makes `--help` and the mistakes that parsing finds speak that language. Call it before any
/// subcommand is added: they inherit it.
void speakUsage(CLI::App& app, Spoken speaks);

}  // namespace gateway
