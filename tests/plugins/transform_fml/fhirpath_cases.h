/// @file  The official FHIRPath tests as their XML file lists them.
#pragma once

#include <string>
#include <utility>
#include <vector>

struct OfficialCase {
    std::string name, input, expression;
    std::string invalid;     ///< "syntax", "semantic", "execution": to be refused
    bool predicate = false;  ///< only whether there is a result counts
    bool ordered = true;
    std::vector<std::pair<std::string, std::string>> outputs;  ///< type, text
};

std::vector<OfficialCase> readCases(const std::string& xml);
