#include <algorithm>
#include <filesystem>

#include "fml_comments.h"
#include "fml_library.h"
#include "fml_parser.h"
#include "fml_printer.h"
#include "map_writer.h"

namespace maps {
namespace {

void callsOf(const std::vector<fml::RuleSyntax>& rules, std::vector<std::string>& names) {
    for (const fml::RuleSyntax& rule : rules) {
        for (const fml::CallSyntax& call : rule.calls)
            if (std::find(names.begin(), names.end(), call.name.text) == names.end())
                names.push_back(call.name.text);
        callsOf(rule.rules, names);
    }
}

/// Takes in the groups of the library that the map calls, and those that they call.
void takeIn(const Catalogue& catalogue, fml::MapSyntax& map) {
    gateway::Findings findings;
    const fml::SourceText source(catalogue.libraryFile(),
                                 fml::readFile(catalogue.libraryFile()).value_or(""));
    fml::MapSyntax library = fml::parse(source, findings);
    fml::readComments(source, library);
    std::vector<std::string> called;
    callsOf(map.groups.front().rules, called);
    for (std::size_t i = 0; i < called.size(); ++i)
        for (const fml::GroupSyntax& group : library.groups)
            if (group.name.text == called[i]) callsOf(group.rules, called);
    for (fml::GroupSyntax& group : library.groups)
        if (std::find(called.begin(), called.end(), group.name.text) != called.end())
            map.groups.push_back(std::move(group));
    map.imports.clear();
}

}  // namespace

std::string mapText(const Sheet& sheet, const Catalogue& catalogue, const Layout& layout,
                    bool alone) {
    const std::string text = MapWriter(sheet, catalogue, layout).text();
    gateway::Findings findings;
    const fml::SourceText source(sheet.file, text);
    fml::MapSyntax map = fml::parse(source, findings);
    if (findings.failed())
        throw gateway::Error(gateway::Fault::internal, findings.all().front().where.text(),
                             findings.all().front().text + "\n" + text);
    fml::readComments(source, map);
    if (alone) takeIn(catalogue, map);
    return fml::print(map);
}

int sheetLineOf(const std::string& map, int line) {
    std::size_t end = 0;
    for (int i = 0; i < line && end != std::string::npos; ++i)
        end = map.find('\n', end ? end + 1 : 0);
    // The last comment with a line of a sheet, before the rule.
    const std::size_t comment = map.rfind(".csv:", end);
    return comment == std::string::npos ? 0 : std::atoi(map.c_str() + comment + 5);
}

}  // namespace maps
