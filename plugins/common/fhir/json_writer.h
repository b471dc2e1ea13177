/// @file  A tree to FHIR JSON.
#pragma once

#include "gateway/bytes.h"
#include "gateway/tree.h"

namespace fhir {

/// Writes the resource that the root is: by its type, or its name.
/// @param source  of a tree that was read from JSON and edited since: what was not edited is
/// written as it stands there; else empty
/// @throws gateway::Error(rejected) with the path of what R4 cannot carry
void writeJson(gateway::Sink& out, gateway::Node root, std::string_view source);

}  // namespace fhir
