/// @file  The traits of an identity, in the one form in which they are compared (RNIV).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/tree.h"

namespace care_circle {

/// Upper case without diacritics, OE for Œ, AE for Æ, one apostrophe, one hyphen, single blanks. A
/// letter that is not Latin stays.
std::string normalised(std::string_view words);

/// Birth name, first given name, sex, birth date, INSEE of the birth place, normalised; nothing
/// unless all five are known.
std::optional<std::vector<std::string>> traitsOf(gateway::Node patient);

/// Birth name and used name, normalised, without doubles.
std::vector<std::string> familiesOf(gateway::Node patient);

}  // namespace care_circle
