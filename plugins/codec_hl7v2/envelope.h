/// @file  What the gateway must know of a message: sender, control id, type, whom it is about.
#pragma once

#include <string>

#include "gateway/message.h"
#include "gateway/tree.h"

namespace gateway::hl7v2 {

/// sender: MSH-3 and MSH-4 with | between; controlId: MSH-10; type: "ADT^A01". Order keys: for each
/// patient the first identifier of PID-3 with its authority, and the identifiers of MRG-1.
/// Subjects: all identifiers of PID-3 and MRG-1. Unstable: MSH-7.
Envelope envelopeOf(const Document& document);

/// Of an acknowledgement MSA-2, the id that it answers; of any other message MSH-10.
std::string controlIdOf(const Document& document);

}  // namespace gateway::hl7v2
