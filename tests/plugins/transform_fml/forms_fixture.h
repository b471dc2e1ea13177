/// @file  Maps as tests of their written forms use them.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "fml_comments.h"
#include "fml_parser.h"
#include "fml_printer.h"
#include "fml_same.h"

namespace forms {

inline fml::MapSyntax parsed(const std::string& text, gateway::Findings& findings) {
    const fml::SourceText source("m.map", text);
    fml::MapSyntax map = fml::parse(source, findings);
    fml::readComments(source, map);
    return map;
}

inline fml::MapSyntax parsed(const std::string& text) {
    gateway::Findings findings;
    fml::MapSyntax map = parsed(text, findings);
    for (const gateway::Finding& finding : findings.all())
        ADD_FAILURE() << finding.where.text() << ": " << finding.text << "\n" << text;
    return map;
}

/// A map whose rules, inputs, … have every construct that the language has, in R3, R4 and R5
/// spellings. Nothing of it need make sense.
extern const char* const kEveryConstruct;

/// Files below a folder that end so.
std::vector<std::filesystem::path> filesBelow(const std::filesystem::path& folder,
                                              const std::string& extension);
std::string contentOf(const std::filesystem::path& file);
/// All maps of the project, and those of the corpus where it stands beside the checkout.
std::vector<std::filesystem::path> allMaps();

}  // namespace forms
