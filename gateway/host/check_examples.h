/// @file  The examples of the maps that a configuration uses, as networks change them too.
#pragma once

#include "host/config_files.h"
#include "host/configuration.h"

namespace gateway {

/// Runs them and reports each that fails: one such refuses a reload. Does nothing when the
/// configuration has errors already.
void checkExamples(const ConfigFiles& files, const PluginHost& host, Configuration& made);

}  // namespace gateway
