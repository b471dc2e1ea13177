/// @file  What the commands of plugins use of the program that runs them.
#pragma once

#include <memory>

#include "gateway/command.h"
#include "host/plugin_host.h"

namespace gateway {

std::unique_ptr<CommandHost> commandHost(const PluginHost& plugins, Spoken speaks);

}  // namespace gateway
