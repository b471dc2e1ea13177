/// @file  Batches (FHS, BHS) and files of several messages, cut into messages.
#pragma once

#include <string_view>
#include <vector>

#include "gateway/bytes.h"
#include "gateway/error.h"

namespace gateway::hl7v2 {

/// One span for each message. Headers, trailers and blank lines between messages are in none; what
/// else stands outside a message is a span of its own, or before the MSH in the span of that
/// message: decode() will refuse it. Counts in BTS-1 and FTS-1 that do not fit give warnings.
std::vector<Span> split(std::string_view body, Issues& issues);

}  // namespace gateway::hl7v2
