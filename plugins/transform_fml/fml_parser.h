/// @file  From the text of a map to its syntax tree.
#pragma once

#include "fml_syntax.h"

namespace fml {

/// Reads the whole text. Each mistake is one finding with its place; reading goes on after the rule
/// or declaration that holds it.
MapSyntax parse(const SourceText& source, gateway::Findings& findings);

/// Only url and name, as cheaply as they can be had.
MapSyntax parseHeader(const SourceText& source);

}  // namespace fml
