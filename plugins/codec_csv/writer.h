/// @file  A tree of rows to separated values: one file, or a pack of several.
#pragma once

#include "gateway/error.h"
#include "gateway/tree.h"
#include "options.h"

namespace csv {

/// The children of the root are rows, each the file of its name; or, when they are plain values,
/// the root is the one row. Columns stand in the order in which rows have them.
/// @throws gateway::Error(rejected) with the path of what is no table
void write(gateway::Node root, const Options& options, gateway::Sink& out, gateway::Issues& issues);

/// Whether what is written is a pack, whatever the tree: told to, or a model of several files.
bool writesPacks(const Options& options);

}  // namespace csv
