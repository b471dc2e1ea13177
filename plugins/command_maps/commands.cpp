#include "commands.h"

#include <filesystem>
#include <fstream>
#include <iostream>

namespace maps {

namespace fs = std::filesystem;
using gateway::Error;
using gateway::Spoken;

void print(const gateway::Findings& findings, Spoken language) {
    for (const gateway::Finding& finding : findings.all()) {
        const bool warning = finding.severity == gateway::Severity::warning;
        const char* const kind = language == Spoken::french ? (warning ? "avertissement" : "erreur")
                                                            : (warning ? "warning" : "error");
        std::cerr << finding.where.text() << ": " << kind << ": " << finding.in(language) << '\n';
    }
}

void writeFile(const std::string& file, const std::string& text) {
    std::error_code error;
    const fs::path path(file);
    if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
    const std::string fresh = file + ".new";
    std::ofstream out(fresh, std::ios::binary);
    out << text;
    out.close();
    if (out) fs::rename(fresh, path, error);
    if (!out || error)
        throw Error(gateway::Fault::unavailable, file,
                    {"cannot be written", "ne peut pas être écrit"});
}

}  // namespace maps
