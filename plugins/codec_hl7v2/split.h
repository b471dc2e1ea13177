/// @file  Batches (FHS, BHS) and files of several messages, cut into messages.
#pragma once

#include <string_view>
#include <vector>

#include "gateway/bytes.h"
#include "gateway/error.h"

namespace gateway::hl7v2 {

/// One span for each message; a body of at most one message and no batch is one span whole.
/// Headers, trailers and blank lines between messages are in none; what else stands outside a
/// message is a span of its own that decode() will refuse: nothing disappears. Counts in BTS-1 and
/// FTS-1 that do not fit, an error where messages are missing, and missing trailers are told.
std::vector<Span> split(std::string_view body, Issues& issues);

}  // namespace gateway::hl7v2
