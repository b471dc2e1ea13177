/// The examples of the pages in docs/: each command gives what stands below it.
#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <sstream>

#include "host/config_folder.h"
#include "support/places.h"
#include "support/plugins.h"

namespace {
namespace fs = std::filesystem;

struct Example {
    std::string command;
    std::vector<std::string> lines;  ///< of its output; "…" stands for any others, or any text
};

std::vector<Example> examplesOf(const std::string& page, const std::vector<std::string>& begin) {
    std::vector<Example> examples;
    std::istringstream in(support::fileText(page));
    bool inside = false;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("```"))
            inside = false;
        else if (std::any_of(begin.begin(), begin.end(),
                             [&](const std::string& with) { return line.starts_with(with); }))
            examples.push_back({line.substr(2), {}}), inside = true;
        else if (inside)
            examples.back().lines.push_back(line);
    }
    return examples;
}

/// What a shell makes of it, stderr behind stdout.
std::string outputOf(const std::string& folder, const std::string& command) {
    const std::string all = "cd '" + folder + "' && { " + command + "; } 2>err; cat err";
    FILE* const pipe = popen(all.c_str(), "r");
    std::string out;
    std::array<char, 4096> buffer{};
    while (const std::size_t n = fread(buffer.data(), 1, buffer.size(), pipe))
        out.append(buffer.data(), n);
    pclose(pipe);
    return out;
}

void expectReal(const Example& example, const std::string& folder) {
    SCOPED_TRACE(example.command);
    const std::string out = outputOf(folder, example.command);
    std::size_t at = 0;
    for (std::string line : example.lines) {
        if (line == "…") continue;
        if (line.starts_with("…")) line.erase(0, std::string("…").size());
        if (line.ends_with("…")) line.resize(line.size() - std::string("…").size());
        const std::size_t found = out.find(line, at);
        EXPECT_NE(std::string::npos, found) << "missing: " << line << "\nin:\n" << out;
        if (found != std::string::npos) at = found + line.size();
    }
    if (example.lines.empty()) {
        EXPECT_EQ("", out);
    }
}

void expectRealPage(const std::string& page, const std::vector<std::string>& begin,
                    std::size_t atLeast) {
    SCOPED_TRACE(page);
    const support::ConfigFolder folder;
    const std::string sources = support::kSourceDir;
    fs::create_symlink(support::kBuildDir, folder.path() + "/build");
    for (const char* const name : {"tests", "docs", "mappings"})
        fs::create_symlink(sources + "/" + name, folder.path() + "/" + name);
    ASSERT_EQ(0, setenv("LC_ALL", "C.UTF-8", 1));
    const std::vector<Example> examples = examplesOf(sources + "/docs/" + page, begin);
    EXPECT_GE(examples.size(), atLeast);
    for (const Example& example : examples) expectReal(example, folder.path());
}

TEST(ConvertDocs, ExamplesAreReal) {
    for (const char* const page : {"hl7v2.md", "fhir.md"})
        expectRealPage(page,
                       {"$ build/passerelle convert", "$ build/passerelle fhirpath",
                        "$ build/passerelle translate"},
                       3);
}

TEST(FieldSheetDocs, ExamplesAreReal) { expectRealPage("field-sheet.md", {"$ "}, 11); }

TEST(OnboardingDocs, ANewNetworksFirstPlanIsDelivered) {
    expectRealPage("onboarding-a-network.md", {"$ "}, 25);
}

}  // namespace
