/// @file  Characters that a character set lacks, written with those it has.
#pragma once

#include <string>
#include <string_view>

#include "charset.h"

namespace gateway::hl7v2 {

/// The text with each character that `charset` lacks written another way: Œ as OE, € as EUR,
/// typographic signs as plain ones, letters without their accents, anything else as `?`. An accent
/// that stands as a character of its own joins its letter where the set has both in one.
std::string transliterated(std::string_view text, const Charset& charset);

}  // namespace gateway::hl7v2
