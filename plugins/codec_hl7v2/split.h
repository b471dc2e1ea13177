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
/// A line of a message is no header or trailer when it is not like one, or when a lone LF stands
/// before it and the segments of that message end otherwise (but for a body whose last line ends
/// so: one message in each line). It is part of a value, and is left for decode() to refuse with
/// the whole message, since half of it must not be taken.
std::vector<Span> split(std::string_view body, Issues& issues);

}  // namespace gateway::hl7v2
