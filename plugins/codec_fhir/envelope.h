/// @file  What the gateway must know of a resource.
#pragma once

#include "gateway/message.h"
#include "gateway/tree.h"

namespace fhir {

/// Of a Bundle its identifier, or else its id, as control id. Subjects: "system|value" of every
/// identifier of every Patient. Order keys: the first identifier of each Patient; without one, that
/// of the CarePlans.
gateway::Envelope envelopeOf(const gateway::Document& document);

}  // namespace fhir
