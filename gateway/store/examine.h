/// @file  Reads all that a store holds and tells what is damaged.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "gateway/error.h"
#include "store/ids.h"
#include "store/seal.h"
#include "store/sqlite.h"

namespace gateway {

using Damage = std::vector<std::pair<std::string, Reason>>;

/// Opens every value, in portions, so that work goes on beside it. What is wrong with the file
/// itself stands under the id "store".
Damage examine(sqlite::Connection& connection, const Seal& seal, const Ids& ids);

}  // namespace gateway
