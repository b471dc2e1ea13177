/// @file  What the commands share that show one thing in the form of text or of FHIR's JSON.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

#include "fhir_json.h"
#include "gateway/command.h"

namespace maps {

struct FormOptions {
    std::string file, to, version = "r5";

    /// @param otherwise  what is made when nothing is asked for
    bool toJson(bool otherwise) const { return to.empty() ? otherwise : to == "json"; }
    fhir::Release release() const;
};

/// @param text  the name of the form that is not JSON
void addForms(CLI::App& app, FormOptions& options, const std::string& text, gateway::Spoken speaks);

/// Whether it begins as JSON does, in whatever Unicode.
bool isJson(std::string_view bytes);

/// Prints the result unless there were errors, and the findings. @return the exit code
int finish(const std::string& text, const gateway::Findings& findings, gateway::Spoken speaks);

}  // namespace maps
