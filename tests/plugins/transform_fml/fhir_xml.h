/// @file  FHIR resources of XML, as the inputs of the official tests are written, to typed trees.
#pragma once

#include <string>

#include "gateway/model.h"
#include "gateway/tree.h"

/// Reads well-formed FHIR XML that is known to be valid. @throws std::exception when it is neither
gateway::Document fhirFromXml(const std::string& xml, const gateway::Model& model);
