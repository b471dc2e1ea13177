/// @file  Whether the fields of a segment are as the dictionary has them.
#pragma once

#include "check_message.h"
#include "dictionary.h"

namespace gateway::hl7v2 {

/// Reports required fields that are missing (101), repetitions beyond what is allowed (198), texts
/// that are not of their data type (102), and as warnings required components that are missing
/// (101), required fields that are null (101), lengths beyond the standard's (104; before v2.7 as
/// information) and fields that the version does not have (199).
void checkFields(const CheckedMessage& message, Node segment, const SegmentRule& rule,
                 const Dictionary& dictionary, Found& found);

/// How many characters a field or less has when it is written, escapes apart.
std::size_t lengthOf(Node node);

}  // namespace gateway::hl7v2
