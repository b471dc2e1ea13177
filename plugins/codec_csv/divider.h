/// @file  Files with the rows of many persons, divided into such files of one each.
#pragma once

#include <vector>

#include "gateway/bytes.h"
#include "options.h"

namespace csv {

/// One body for each value of the column `options.divideBy`, in the order in which they come; its
/// rows stand as they stood. A file without that column goes into each. None when there is but one
/// value, or when a file cannot be read: then the reader says why.
/// @throws gateway::Error(unsupported) when what is made would grow out of proportion
std::vector<gateway::Bytes> divided(const gateway::Bytes& body, const Options& options);

}  // namespace csv
