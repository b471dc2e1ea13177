/// @file  From map files to a program: imports, tables, names, types.
#pragma once

#include "fml_program.h"
#include "gateway/transformer.h"

namespace fml {

/// Compiles the map in `file` with all that it imports. Null when `findings` got errors.
std::unique_ptr<const Program> compileMap(const std::string& file,
                                          const gateway::MapSurroundings& around,
                                          gateway::Findings& findings);
/// The same for a map that is `text`; `file` names it and says where to look for tables.
std::unique_ptr<const Program> compileMap(const std::string& file, std::string text,
                                          const gateway::MapSurroundings& around,
                                          gateway::Findings& findings);

/// Whether the layer of `around.network` says anything about that map.
bool overridesMap(const std::string& file, const gateway::MapSurroundings& around);

}  // namespace fml
