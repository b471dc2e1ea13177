/// @file  Findings as the segment ERR of an answer.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "gateway/error.h"
#include "mllp/er7_writer.h"

namespace mllp {

/// Which text stands in ERR-8 for the user.
enum class Tongue { english, french };

/// v2.5 and later: one ERR for each finding, with location (ERR-2), code of table 0357 (ERR-3),
/// severity (ERR-4), text for those who run the system (ERR-7) and text for its users (ERR-8).
void writeErrors(Er7Writer& out, std::span<const gateway::Issue> findings, Tongue tongue);

/// Up to v2.4: one ERR, whose only field repeats, with location and code.
void writeErrorsBefore25(Er7Writer& out, std::span<const gateway::Issue> findings);

/// Whether `where` is a place of HL7's, such as "PID[2]-5[1].2.3".
bool isLocation(std::string_view where);

}  // namespace mllp
