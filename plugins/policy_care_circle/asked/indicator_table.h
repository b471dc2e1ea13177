/// @file  Figures as lines of a table, for spreadsheets and people.
#pragma once

#include <string>
#include <vector>

#include "gateway/error.h"
#include "gateway/tree.h"

namespace care_circle {

/// A heading, then a line for each figure of an answer to "indicators".
std::vector<std::vector<std::string>> indicatorTable(gateway::Node answer, gateway::Spoken speaks);

/// The same as CSV. English: comma, decimal point; French: semicolon, decimal comma and a byte
/// order mark, as spreadsheets there expect. What a spreadsheet would take for a formula is kept
/// from being one.
std::string indicatorCsv(gateway::Node answer, gateway::Spoken speaks);

}  // namespace care_circle
