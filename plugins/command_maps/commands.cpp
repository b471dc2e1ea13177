#include "commands.h"

#include <filesystem>
#include <fstream>
#include <iostream>

#include "usage/usage.h"

namespace maps {

namespace fs = std::filesystem;
using gateway::Error;
using gateway::Spoken;

int runCommand(std::span<const std::string> words, gateway::CommandHost& host,
               const std::string& name, const gateway::Reason& summary,
               const std::function<void(CLI::App&, Spoken)>& add,
               const std::function<int()>& work) {
    const Spoken speaks = host.speaks();
    CLI::App app(summary.in(speaks), "passerelle " + name);
    gateway::speakUsage(app, speaks);
    add(app, speaks);
    std::vector<std::string> reversed(words.rbegin(), words.rend());
    try {
        app.parse(reversed);
    } catch (const CLI::ParseError& error) {
        return app.exit(error, std::cout, std::cerr) == 0 ? 0 : 2;
    }
    try {
        return work();
    } catch (const Error& error) {
        std::cerr << "passerelle: " << error.where << (error.where.empty() ? "" : ": ")
                  << error.reason().in(speaks) << '\n';
        return 1;
    }
}

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
