/// @file  A file of separated values, or a pack of them, to a tree: one child for each row, under
/// the name of its file, with a child for each column.
#pragma once

#include "gateway/error.h"
#include "gateway/tree.h"
#include "options.h"

namespace csv {

/// An empty cell is a null; a column without a name is `columnN`.
/// @throws gateway::Error(malformed) with file, line and column
void read(const gateway::Bytes& body, const Options& options, gateway::Builder& into,
          gateway::Issues& issues);

}  // namespace csv
