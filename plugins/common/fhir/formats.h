/// @file  How the primitives of FHIR R4 are written
/// (http://hl7.org/fhir/R4/datatypes.html#primitive).
#pragma once

#include <string_view>

namespace fhir {

/// Whether `text` is a value of that primitive type; true for types that are not known.
using Format = bool (*)(std::string_view text);
Format formatOf(std::string_view type);

/// Whether this can stand in Reference.reference: relative, absolute, urn:uuid:, urn:oid:, or a
/// fragment.
bool isReference(std::string_view text);

/// The type that a reference names: "Patient" of "Patient/1", "Patient?identifier=…" and
/// "http://x/fhir/Patient/1/_history/2"; empty when it names none.
std::string_view targetOf(std::string_view reference);

}  // namespace fhir
