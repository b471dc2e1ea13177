/// @file  References inside one document: contained resources and entries of the Bundle.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "fhirpath_machine.h"

namespace fhirpath {

/// Entries of one Bundle by fullUrl and by Type/id; of the first that has it.
struct BundleIndex {
    gateway::Node bundle;
    std::unordered_map<std::string, gateway::Node> entries;
};

/// What `reference`, which stands in or below `from`, points to in the same document; else an empty
/// Node.
gateway::Node resolved(Machine& machine, gateway::Node from, std::string_view reference);

}  // namespace fhirpath
