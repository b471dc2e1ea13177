/// @file  The folder of a configuration, read: passerelle.yaml, partners/*.yaml and *.csv,
/// destinations/*.yaml, endpoints/*.yaml.
#pragma once

#include <string>
#include <vector>

#include "gateway/config.h"

namespace gateway {

/// A file, or the row of a table that says what the file of a partner would.
struct ConfigFile {
    std::string name;  ///< without folder and ending: "chu-toulouse"
    std::string path;
    ConfigNode root;
    Findings findings;  ///< of its syntax

    /// The whole file, or the row.
    Place where() const;
};

struct ConfigFiles {
    std::string folder;  ///< as given: places name files below it; relative paths start here
    ConfigFile main;
    std::vector<ConfigFile> partners;   ///< files in order of names, then rows of tables
    std::vector<ConfigFile> shared;     ///< destinations that several partners have alike
    std::vector<ConfigFile> endpoints;  ///< who connects, in order of names
    Findings findings;                  ///< of tables as such
    std::string digest;                 ///< SHA-256 of names and contents
};

/// passerelle.yaml alone.
ConfigFile readMainFile(const std::string& folder);
/// Reads all of it; what cannot be read is among the findings of its file.
ConfigFiles readConfigFiles(const std::string& folder);

/// The section `destinations` of a partner, also where it names one that it shares.
const ConfigNode& destinationsOf(const ConfigFiles& files, const ConfigFile& partner);
/// The file of that name; null: there is none.
const ConfigFile* fileOf(const std::vector<ConfigFile>& files, std::string_view name);

/// A value of a section, or an empty node; asks no Config, so it marks nothing as known.
const ConfigNode& child(const ConfigNode& section, std::string_view key);

/// The same text for the same configuration, whatever its layout and comments.
std::string canonical(const ConfigNode& node);

}  // namespace gateway
