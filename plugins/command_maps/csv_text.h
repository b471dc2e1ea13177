/// @file  Small CSV files as people keep them: sheets and the lists of fields.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/error.h"

namespace maps {

struct CsvLine {
    int line = 0;
    std::vector<std::string> fields;
};

/// `# key: value` lines before the column names, the names, then the lines.
struct CsvText {
    std::map<std::string, std::string> head;
    CsvLine columns;
    std::vector<CsvLine> lines;
};

/// @param text  UTF-8 or, as a French Excel saves it, Windows-1252
CsvText readCsvText(const std::string& file, std::string_view text, gateway::Findings& findings);

}  // namespace maps
