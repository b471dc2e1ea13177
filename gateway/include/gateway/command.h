/// @file  A command that a plugin adds to the command line.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "gateway/bytes.h"

namespace gateway {

/// `run` gets the words after the command's name; prints results on stdout, all else on stderr;
/// returns 0 done, 1 the work failed or something was refused, 2 wrong usage. `--help` among the
/// words is the plugin's to answer.
struct Command {
    std::string name;     ///< one or two words: "simulate hospital"
    std::string summary;  ///< one line for --help
    std::function<int(std::span<const std::string> words)> run;
};

}  // namespace gateway
