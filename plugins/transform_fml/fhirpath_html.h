/// @file  What a narrative may hold (FHIR R4, constraints txt-1 and txt-2).
#pragma once

#include <string_view>

namespace fhirpath {

/// Whether `xhtml` is one div of well nested elements and attributes that FHIR allows, with
/// something to read in it: text or an image.
bool allowedHtml(std::string_view xhtml);

}  // namespace fhirpath
