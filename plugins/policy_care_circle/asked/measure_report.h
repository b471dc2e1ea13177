/// @file  Figures as FHIR R4: a Bundle with one MeasureReport for each network.
#pragma once

#include <string>

#include "gateway/tree.h"

namespace care_circle {

/// @param answer  of the question "indicators"
std::string measureReports(gateway::Node answer);

}  // namespace care_circle
