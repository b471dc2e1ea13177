/// @file  What a spreadsheet does to codes when it takes them for numbers or dates.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "gateway/error.h"

namespace csv {

/// A code of a column that does not look as it was written.
struct Spoiled {
    std::size_t index = 0;  ///< of the code
    gateway::Reason text;   ///< what was found, why, and what may have been meant
};

/// Looks for lost leading zeros (`7` among `01`, `02`), numbers with an exponent (`1,00E+05`) and
/// dates (`01/02/2024`, `02-janv`) among the codes of one column.
std::vector<Spoiled> spoiled(std::span<const std::string_view> codes);

}  // namespace csv
