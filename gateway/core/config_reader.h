/// @file  Reads YAML into ConfigNodes, with the place of every key and value.
///
/// Plain YAML only: a repeated key, an anchor, an alias, a tag, a second document and text that is
/// not UTF-8 are refused, each at its place. What remains means the same to every reader.
#pragma once

#include <string>
#include <string_view>

#include "gateway/config.h"

namespace gateway {

/// Parses `text`; `file` is what the places will name. What is refused goes to `findings`; the rest
/// of the tree is still returned, so that one check shows all mistakes. Never throws for content.
ConfigNode parseConfig(std::string_view text, const std::string& file, Findings& findings);

/// The content of a file, or a finding when it cannot be read.
std::string readFile(const std::string& path, Findings& findings);

}  // namespace gateway
