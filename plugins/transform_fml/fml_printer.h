/// @file  A map as text again: R5 spelling whatever the spelling was, laid out for readers.
#pragma once

#include <string>
#include <string_view>

#include "fml_syntax.h"

namespace fml {

/// The map in FML, with its comments if readComments() has read them. Parsing it gives a map that
/// is sameMap().
std::string print(const MapSyntax& map);

/// A name as it stands in a map: in back quotes unless it is a plain word without meaning of its
/// own.
std::string printedName(std::string_view name);
/// One value given to a transform or a group.
std::string printedParameter(const ParameterSyntax& parameter);

/// An expression on one line without comments, nor brackets around the whole of it: `where a = b`,
/// `where (a = b)` and `where ( a  = b )` are the same. A text of R3 and R4 (`default "x"`) becomes
/// 'x'.
std::string canonicalPath(std::string_view text);

/// Whether it is written `(expression)`, which is short for evaluate().
bool isExpression(const TargetSyntax& target);

}  // namespace fml
