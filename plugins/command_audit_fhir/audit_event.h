/// @file  One entry of the audit as a FHIR R4 AuditEvent.
#pragma once

#include <string>

#include "common/json/told.h"
#include "gateway/tree.h"

namespace audit_fhir {

/// @param entry  as `audit list --json` prints it
/// @param event  an empty object, which becomes the resource
void tellEvent(json::Told& told, json::Told::Place event, gateway::Node entry);
/// Its id; empty when none can be told apart from others.
std::string idOf(gateway::Node entry);

}  // namespace audit_fhir
