/// @file  partners/*.csv: partners as rows of a table.
///
/// One row of column names: `name`, then, each where it is needed, `label`, `category`, `contact`,
/// `endpoint`, `destinations` (a file of destinations/), `values.NAME`. Any other column is a
/// scheme of identifiers: finess, rpps, … Rows that are empty or begin with '#' are passed over.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host/config_files.h"

namespace gateway {

/// Whether partners, endpoints and shared destinations may be called so, and how else.
bool isName(std::string_view name);
extern const Reason kNameRule;

/// Each row as the file of a partner would say it, with its places. What is wrong with a row is
/// its own; of the table as such: `findings`.
std::vector<ConfigFile> partnersOf(const std::string& bytes, const std::string& path,
                                   Findings& findings);

}  // namespace gateway
