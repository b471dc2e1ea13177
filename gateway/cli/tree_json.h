/// @file  Any node of a tree as JSON text.
#pragma once

#include <string>

#include "gateway/codec.h"
#include "gateway/tree.h"

namespace gateway {

/// One node and all below it as JSON on one line, named and gathered in lists as its format's model
/// has it; beside a value, what hangs below it is `_name`. A whole document inside (a resource) is
/// written by `codec` where that writes JSON.
std::string jsonOf(Node node, const Codec& codec);

}  // namespace gateway
