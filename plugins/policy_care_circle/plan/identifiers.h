/// @file  Numbers of people and structures in France, and whether their keys are right.
#pragma once

#include <string>
#include <string_view>

namespace care_circle {

/// The authorities that give an INS, by their OID.
enum class InsKind { none, real, test, former };
/// @param system  of a FHIR identifier; `former` is the INS-C, which nobody may use any more
InsKind insKind(std::string_view system);

/// 15 characters with the right key: 97 less the first 13 modulo 97, Corsica's 2A and 2B as 19 and
/// 18.
bool isIns(std::string_view number);
/// Without the blanks and points that people put between.
std::string withoutGaps(std::string_view number);

/// Whether Luhn's digit is right; other characters than digits make it wrong.
bool isRpps(std::string_view number);    ///< 11 digits
bool isFiness(std::string_view number);  ///< 9 characters, Corsica's 2A and 2B among them
bool isSiret(std::string_view number);   ///< 14 digits; La Poste's too

}  // namespace care_circle
