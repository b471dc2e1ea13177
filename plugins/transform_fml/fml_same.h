/// @file  Whether two maps say the same.
#pragma once

#include <string>

#include "fml_syntax.h"

namespace fml {

/// Where two maps differ first ("group 'A', rule 2, target 1: transform"), empty where they say the
/// same. Places in the text, blanks in expressions and the spelling of R3 or R4 make no difference.
/// @param comments  whether they are compared too
std::string difference(const MapSyntax& one, const MapSyntax& other, bool comments = false);

}  // namespace fml
