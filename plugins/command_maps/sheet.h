/// @file  The sheet that a mapper fills in: which field of the source goes where.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/error.h"

namespace maps {

struct SheetRow {
    int line = 0;
    std::string source;  ///< "problemes[]/objectifs[]/statut"; empty: a constant
    std::string sample;
    std::string target;  ///< "objectif.etat"; empty: not mapped yet, or ignored
    std::string table;   ///< a code table, or how the value is rewritten
    std::string remark;
    std::string ignored;  ///< why the field is left out on purpose
};

struct Sheet {
    std::string file;
    std::map<std::string, std::string> head;  ///< map, to, title, system
    std::vector<SheetRow> rows;

    std::string headOr(const std::string& key, const std::string& otherwise) const;
};

/// Column names in either language, comma or semicolon.
Sheet readSheet(const std::string& file, std::string_view text, gateway::Findings& findings);
/// As that language's spreadsheets open it: in French with semicolons and a byte order mark.
std::string writeSheet(const Sheet& sheet, gateway::Spoken language);

}  // namespace maps
