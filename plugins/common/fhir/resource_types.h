/// @file  The resourceType of every object of a text, for resources that do not begin with it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace fhir {

/// By the byte at which the object begins.
using ResourceTypes = std::unordered_map<std::uint32_t, std::string>;

/// Reads the whole text once more. @throws as json::parse does
ResourceTypes resourceTypes(std::string_view text);

}  // namespace fhir
