/// @file  A tree as a person reads it.
#pragma once

#include <iosfwd>

#include "gateway/model.h"
#include "gateway/tree.h"

namespace gateway {

/// One line for each node below the root: its place, its label if `model` has one, its value.
/// Indented and aligned; long base64 is shortened, with its size; line ends are shown as ⏎,
/// other control characters as \xNN, so that no message moves the cursor of a terminal. In very
/// wide trees a place is the name alone, for the whole path would take a look at all siblings.
/// @param model  of the format, or null
void writeTree(std::ostream& out, Node root, const Model* model);

}  // namespace gateway
