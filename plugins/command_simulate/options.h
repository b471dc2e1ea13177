/// @file  The options that all simulated partners have.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

#include "gateway/error.h"

namespace simulate {

struct Options {
    std::string listen;
    std::string cert, key, clients;  ///< of TLS; files (PEM)
    std::string record;
    std::uint64_t count = 0;
};

/// @return the option --listen
CLI::Option* addOptions(CLI::App& app, Options& options, gateway::Spoken speaks);

}  // namespace simulate
