/// @file  Codes of UCUM multiplied and divided as text: "cm" by "cm" is "cm2".
#pragma once

#include <string>
#include <string_view>

namespace fhirpath {

/// The code of a product, or with `divide` of a quotient. Equal units are joined, those that cancel
/// out leave, "1" is what remains of none; codes with parentheses, numbers or annotations are put
/// side by side as they are.
std::string joinedUnits(std::string_view a, std::string_view b, bool divide);

}  // namespace fhirpath
