/// @file  A tree to FHIR XML.
#pragma once

#include "gateway/bytes.h"
#include "gateway/error.h"
#include "gateway/tree.h"

namespace fhir {

/// Writes the resource that the root is: by its type, or its name. Elements stand in the order of
/// R4.
/// @param issues  what XML cannot say as the tree does
/// @throws gateway::Error(rejected) with the path of what R4 or XML cannot carry
void writeXml(gateway::Sink& out, gateway::Node root, gateway::Issues& issues);

}  // namespace fhir
