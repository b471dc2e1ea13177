/// @file  FHIR XML to a tree with the types of R4.
#pragma once

#include "gateway/error.h"
#include "gateway/tree.h"

namespace fhir {

/// Builds the resource that `source` holds, the source of `into`: the tree that readJson() makes of
/// the same resource. What R4 does not know is kept and reported, as is what stands out of R4's
/// order. @throws gateway::Error(malformed, unsupported)
void readXml(const gateway::Bytes& source, gateway::Builder& into, gateway::Issues& issues);

}  // namespace fhir
