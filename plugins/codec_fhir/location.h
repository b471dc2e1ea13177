/// @file  Places as FHIR's OperationOutcome.expression spells them.
#pragma once

#include <string>

#include "gateway/tree.h"

namespace fhir {

/// "Bundle.entry[0].resource.name[0].family"; an index for what may repeat.
std::string location(gateway::Node node);

/// Keeps the index of an item with its node, so that location() need not count.
void setIndex(gateway::Builder& tree, gateway::Builder::Handle node, std::uint32_t index);

}  // namespace fhir
