/// @file  A shape as a StructureDefinition of kind logical (FHIR R4, JSON).
#pragma once

#include <string>

#include "shape.h"

namespace model {

struct Header {
    std::string name, url;
};

/// JSON, an element a line. Names that no element path may have are said by an extension.
std::string definitionOf(const Shape& root, const Header& header);

/// A name as computers want it: "arpege-csv" to "ArpegeCsv".
std::string computable(const std::string& word);

}  // namespace model
