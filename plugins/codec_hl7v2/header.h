/// @file  What MSH says about the rest, before and after it was read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "delimiters.h"
#include "gateway/tree.h"

namespace gateway::hl7v2 {

/// The first line.
std::string_view lineOf(std::string_view message);

/// The first component of the first repetition of a field of MSH, as written.
std::string_view headerField(std::string_view line, const Delimiters& d, std::uint32_t number);

/// The name of a tree: that of the message structure (decode.h).
std::string structureName(Node header);

/// Whether the node tells how the message was written rather than what it says: MSH-1, MSH-2 and
/// their like in batches, and marks (marks.h).
bool isDelimiter(Node node);

}  // namespace gateway::hl7v2
