/// @file  What the comments of a map say, and of which part.
#pragma once

#include "fml_syntax.h"

namespace fml {

/// Fills the `comments` of all parts of `map`, which parse() made of `source`. A comment belongs to
/// the part that begins after it, behind code to the part that the code is of, before a `}` to what
/// the brace closes. Compiling does without.
void readComments(const SourceText& source, MapSyntax& map);

}  // namespace fml
