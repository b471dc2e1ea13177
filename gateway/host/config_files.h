/// @file  The folder of a configuration, read: passerelle.yaml and partners/*.yaml.
#pragma once

#include <string>
#include <vector>

#include "gateway/config.h"

namespace gateway {

struct ConfigFile {
    std::string name;  ///< without folder and ending: "chu-toulouse"
    std::string path;
    ConfigNode root;
    Findings findings;  ///< of its syntax
};

struct ConfigFiles {
    std::string folder;  ///< as given: places name files below it; relative paths start here
    ConfigFile main;
    std::vector<ConfigFile> partners;  ///< in order of names
    std::string digest;                ///< SHA-256 of names and contents
};

/// passerelle.yaml alone.
ConfigFile readMainFile(const std::string& folder);
/// Reads all of it; what cannot be read is among the findings of its file.
ConfigFiles readConfigFiles(const std::string& folder);

/// A value of a section, or an empty node; asks no Config, so it marks nothing as known.
const ConfigNode& child(const ConfigNode& section, std::string_view key);

/// The same text for the same configuration, whatever its layout and comments.
std::string canonical(const ConfigNode& node);

}  // namespace gateway
