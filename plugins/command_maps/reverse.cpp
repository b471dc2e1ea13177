/// "maps reverse": a first draft of the way back of a map.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>

#include "commands.h"
#include "fml_compiler.h"
#include "fml_library.h"
#include "fml_parser.h"
#include "inverse.h"
#include "tables_table.h"

namespace maps {
namespace {

namespace fs = std::filesystem;
using gateway::CommandHost;
using gateway::Error;
using gateway::Fault;
using gateway::Findings;
using gateway::Reason;
using gateway::say;
using gateway::Spoken;

struct Options {
    std::string map, out, mappings = "mappings";
    bool force = false;
};

/// Whether each target code has one source code, or one that is preferred.
bool oneWayBack(const std::string& name, const fml::MapSyntax& map, const std::string& mapFile,
                const std::string& mappings) {
    std::map<std::string, std::pair<int, int>> rows;  // all, preferred
    if (name.starts_with('#')) {
        for (const fml::InlineTableSyntax& table : map.tables)
            if (table.name.text == name.substr(1))
                for (const auto& row : table.rows) ++rows[row.target.text].first;
    } else {
        Findings findings;
        for (const std::string& file : fml::Library(mappings, mapFile).tables(name, mapFile))
            for (const tables::Row& row :
                 tables::readCsv(file, fml::readFile(file).value_or(""), findings).rows) {
                if (!row.leads()) continue;
                ++rows[row.target].first;
                rows[row.target].second += row.preferred ? 1 : 0;
            }
    }
    return std::all_of(rows.begin(), rows.end(), [](const auto& target) {
        return target.second.first == 1 || target.second.second == 1;
    });
}

int reverseOf(const Options& options, CommandHost& host) {
    const std::string file = fs::is_regular_file(options.map)
                                 ? options.map
                                 : host.language().locate(options.map, options.mappings);
    if (file.empty())
        throw Error(Fault::unavailable, options.map,
                    say("found no such map below {0}, expected a name or a file",
                        "aucune transformation de ce nom sous {0}, attendu un nom ou un fichier",
                        {options.mappings}));
    Findings findings;
    const fml::SourceText source(file, fml::readFile(file).value_or(""));
    const fml::MapSyntax map = fml::parse(source, findings);
    if (findings.failed()) {
        print(findings, host.speaks());
        return 1;
    }
    Inverse inverse = inverseOf(
        source, map,
        [&](const std::string& table) { return oneWayBack(table, map, file, options.mappings); },
        host.speaks());
    const std::string draft =
        options.out.empty() ? (fs::path(file).parent_path() / "reverse.map").string() : options.out;
    const std::string text = compilable(
        draft, inverse,
        [&](const std::string& now) {
            Findings found;
            fml::compileMap(draft, now, {options.mappings, host.models()}, found);
            return found;
        },
        host.speaks());
    if (options.out.empty()) {
        std::cout << text;
    } else {
        if (fs::exists(options.out) && !options.force)
            throw Error(
                Fault::rejected, options.out,
                {"stands already; --force overwrites it", "existe déjà ; --force l'écrase"});
        writeFile(options.out, text);
    }
    std::cerr << say("{0} of {1} rules inverted, {2} to do by hand (TODO reverse)",
                     "{0} règles sur {1} inversées, {2} à faire à la main (TODO reverse)",
                     {std::to_string(inverse.rules - inverse.left), std::to_string(inverse.rules),
                      std::to_string(inverse.left)})
                     .in(host.speaks())
              << '\n';
    return 0;
}

const Reason kSummary = {"writes a first draft of the way back of a map",
                         "écrit une première version du chemin inverse d'une transformation"};

}  // namespace

gateway::Command reverse() {
    return {"maps reverse", kSummary, [](std::span<const std::string> words, CommandHost& host) {
                Options options;
                return runCommand(
                    words, host, "maps reverse", kSummary,
                    [&](CLI::App& app, Spoken speaks) {
                        const auto in = [&](const char* en, const char* fr) {
                            return Reason(en, fr).in(speaks);
                        };
                        app.add_option("map", options.map,
                                       in("name of a map, or its file",
                                          "nom d'une transformation, ou son fichier"))
                            ->required()
                            ->type_name("MAP");
                        app.add_option("-o", options.out,
                                       in("the draft's file (default: stdout)",
                                          "le fichier de la version (sinon : stdout)"));
                        app.add_option("--mappings", options.mappings,
                                       in("folder of maps and tables",
                                          "dossier des transformations et des tables"))
                            ->capture_default_str();
                        app.add_flag("--force", options.force,
                                     in("overwrite the file", "écraser le fichier"));
                    },
                    [&] { return reverseOf(options, host); });
            }};
}

}  // namespace maps
