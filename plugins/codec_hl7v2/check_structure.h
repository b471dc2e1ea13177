/// @file  Whether the segments of a message stand as its structure asks.
#pragma once

#include <set>
#include <string>

#include "check_message.h"
#include "dictionary.h"

namespace gateway::hl7v2 {

/// Reports segments and groups that are missing, stand out of order, more often than allowed, or
/// belong to no message of that structure (code 100), each once: after one that is misplaced it
/// goes on as if that one were not there. Z segments and `anywhere` are passed over.
void checkStructure(const CheckedMessage& message, const StructureRule& structure,
                    const std::set<std::string, std::less<>>& anywhere, Found& found);

}  // namespace gateway::hl7v2
