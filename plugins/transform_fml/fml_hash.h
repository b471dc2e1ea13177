/// @file  Hashes and the ids made of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fml {

/// SHA-256 over the parts and their sizes, the first 128 bits in hexadecimal.
std::string hashOf(const std::vector<std::string>& parts);

/// A name-based UUID (RFC 9562 version 5) in this project's own namespace, lower case.
std::string uuidOf(std::string_view text);

}  // namespace fml
