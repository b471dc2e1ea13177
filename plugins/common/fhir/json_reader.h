/// @file  FHIR JSON to a tree with the types of R4.
#pragma once

#include <string_view>

#include "gateway/error.h"
#include "gateway/tree.h"

namespace fhir {

/// Builds the resource that the source of `into` holds: nodes are named by element (`value`, not
/// `valueQuantity`) and carry their type; `_x` becomes children of x. What R4 does not know is kept
/// as it stands and reported.
/// @throws gateway::Error(malformed, unsupported)
void readJson(std::string_view source, gateway::Builder& into, gateway::Issues& issues);

}  // namespace fhir
