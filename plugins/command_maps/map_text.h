/// @file  The map that a sheet stands for, in FHIR Mapping Language.
#pragma once

#include <string>

#include "layout.h"

namespace maps {

/// The map, laid out by the language's own printer. Before each rule stands the line of the sheet
/// that it comes from, "// sheet.csv:12".
/// @param alone  the groups that the map calls stand in it too, so that it can be run wherever it
///               lies; else it imports them
std::string mapText(const Sheet& sheet, const Catalogue& catalogue, const Layout& layout,
                    bool alone);

/// The line of the sheet that line `line` of the map comes from; 0 if none.
int sheetLineOf(const std::string& map, int line);

}  // namespace maps
