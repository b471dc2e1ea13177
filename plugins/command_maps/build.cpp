/// "maps build": a checked map from a filled-in sheet.
#include <filesystem>
#include <iostream>

#include "commands.h"
#include "fml_hash.h"
#include "fml_library.h"
#include "layout.h"
#include "map_text.h"

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
    std::string sheet, out, mappings = "mappings";
    bool force = false;
};

constexpr std::string_view kMark = "/// built = \"";

/// The map without the line that holds its hash.
std::string unmarked(const std::string& map) {
    const auto at = map.find(kMark);
    if (at == map.npos) return map;
    return map.substr(0, at) + map.substr(std::min(map.size(), map.find('\n', at) + 1));
}

/// The hash goes behind the other lines of metadata: an edited map is known by it.
std::string marked(const std::string& map) {
    std::size_t at = 0;
    while (map.compare(at, 4, "/// ") == 0) at = map.find('\n', at) + 1;
    return map.substr(0, at) + std::string(kMark) + fml::hashOf({map}) + "\"\n" + map.substr(at);
}

bool edited(const std::string& map) {
    const auto at = map.find(kMark);
    if (at == map.npos) return true;
    const std::string hash =
        map.substr(at + kMark.size(), map.find('"', at + kMark.size()) - at - kMark.size());
    return hash != fml::hashOf({unmarked(map)});
}

class Build {
public:
    Build(const Options& options, CommandHost& host) : options_(options), host_(host) {}

    int run() {
        Findings findings;
        const std::optional<std::string> text = fml::readFile(options_.sheet);
        if (!text)
            throw Error(Fault::unavailable, options_.sheet,
                        {"found no readable file, expected a sheet",
                         "aucun fichier lisible, attendu une feuille"});
        Sheet sheet = readSheet(options_.sheet, *text, findings);
        sheet.head["map"] = sheet.headOr("map", fs::path(options_.sheet).stem().string());
        if (sheet.head["map"].find_first_of("/\\") != std::string::npos)
            findings.error(
                {options_.sheet, 0, 0},
                say("found '# map: {0}', expected a name, not a path",
                    "trouvé « # map: {0} », attendu un nom et non un chemin", {sheet.head["map"]}));
        if (findings.failed()) return failed(findings);
        const Catalogue catalogue(options_.mappings, sheet.headOr("to", "plan"));
        const Layout layout(sheet, catalogue, findings);
        if (findings.failed()) return failed(findings);
        out_ =
            options_.out.empty()
                ? (fs::path(options_.sheet).parent_path() / (sheet.head["map"] + ".map")).string()
                : options_.out;
        refuseEdited();
        const std::string map = marked(mapText(sheet, catalogue, layout, !inLibrary()));
        if (!inLibrary()) bringTables(map, catalogue);
        if (!compile(map, findings)) return failed(findings);
        print(findings, host_.speaks());
        tell(layout);
        return 0;
    }

private:
    int failed(const Findings& findings) const {
        print(findings, host_.speaks());
        return 1;
    }

    /// Whether the map will lie below the folder of maps, with what it calls.
    bool inLibrary() const {
        std::error_code error;
        const fs::path root = fs::weakly_canonical(options_.mappings, error);
        const fs::path below =
            fs::weakly_canonical(fs::absolute(out_), error).lexically_relative(root);
        return !below.empty() && *below.begin() != "..";
    }

    /// A map that runs alone has beside it the shared tables that its groups name.
    void bringTables(const std::string& map, const Catalogue& catalogue) const {
        std::error_code error;
        const fs::path shared =
            fs::path(catalogue.libraryFile()).parent_path().parent_path() / "tables";
        const fs::path own = fs::path(out_).parent_path() / "tables";
        for (const fs::directory_entry& table : fs::directory_iterator(shared, error)) {
            const std::string quoted = "'" + table.path().stem().string() + "'";
            const fs::path to = own / table.path().filename();
            if (map.find(quoted) == std::string::npos || fs::exists(to)) continue;
            const std::optional<std::string> text = fml::readFile(table.path().string());
            if (text) writeFile(to.string(), *text);
        }
    }

    void refuseEdited() const {
        const std::optional<std::string> old = fml::readFile(out_);
        if (!old || options_.force || !edited(*old)) return;
        throw Error(Fault::rejected, out_,
                    {"was edited by hand since it was built, or never built from a sheet: not "
                     "overwritten. Take the changes into the sheet, or name another file with -o; "
                     "--force overwrites it",
                     "a été modifiée à la main depuis sa fabrication, ou n'a jamais été fabriquée "
                     "d'une feuille : elle n'est pas écrasée. Reporter les changements dans la "
                     "feuille, ou nommer un autre fichier avec -o ; --force l'écrase"});
    }

    /// Writes the map and compiles it where it stands; what is wrong is told of the sheet's lines.
    bool compile(const std::string& map, Findings& findings) {
        const std::optional<std::string> old = fml::readFile(out_);
        writeFile(out_, map);
        Findings found;
        const std::unique_ptr<gateway::Transformer> compiled =
            host_.language().compile(out_, {options_.mappings, host_.models()}, found);
        for (const gateway::Finding& finding : found.all()) {
            gateway::Place place = finding.where;
            place.file = fromHere(place.file);
            if (sameFile(place.file))
                if (const int line = sheetLineOf(map, place.line))
                    place = {options_.sheet, line, 0};
            if (finding.severity == gateway::Severity::warning)
                findings.warning(place, {finding.text, finding.fr});
            else
                findings.error(place, {finding.text, finding.fr});
        }
        if (compiled) return true;
        if (old)
            writeFile(out_, *old);
        else
            fs::remove(out_);
        return false;
    }

    /// As the person who typed the command sees it.
    static std::string fromHere(const std::string& file) {
        std::error_code error;
        const std::string near =
            fs::path(file).lexically_proximate(fs::current_path(error)).string();
        return near.empty() || near.starts_with("..") ? file : near;
    }

    /// Findings name files as they are seen from the folder of maps.
    bool sameFile(const std::string& file) const {
        return fs::path(file).filename() == fs::path(out_).filename();
    }

    void tell(const Layout& layout) const {
        std::cout << say("{0}: {1} rows mapped, {2} left out on purpose, {3} not mapped yet",
                         "{0} : {1} lignes mappées, {2} laissées de côté exprès, {3} pas encore "
                         "mappées",
                         {out_, std::to_string(layout.mapped()),
                          std::to_string(layout.ignored().size()),
                          std::to_string(layout.unmapped().size())})
                         .in(host_.speaks())
                  << '\n';
        for (const Left& left : layout.unmapped())
            std::cout << options_.sheet << ':' << left.row->line << ": " << left.row->source
                      << '\n';
    }

    const Options& options_;
    CommandHost& host_;
    std::string out_;
};

const Reason kSummary = {"makes a checked map from a filled-in sheet",
                         "fabrique une transformation vérifiée à partir d'une feuille remplie"};

}  // namespace

gateway::Command build() {
    return {"maps build", kSummary, [](std::span<const std::string> words, CommandHost& host) {
                Options options;
                return runCommand(
                    words, host, "maps build", kSummary,
                    [&](CLI::App& app, Spoken speaks) {
                        const auto in = [&](const char* en, const char* fr) {
                            return Reason(en, fr).in(speaks);
                        };
                        app.add_option("sheet", options.sheet,
                                       in("the filled-in sheet", "la feuille remplie"))
                            ->required()
                            ->type_name("SHEET");
                        app.add_option(
                            "-o", options.out,
                            in("the map's file (default: beside the sheet)",
                               "le fichier de la transformation (sinon : à côté de la feuille)"));
                        app.add_option("--mappings", options.mappings,
                                       in("folder of maps and tables",
                                          "dossier des transformations et des tables"))
                            ->capture_default_str();
                        app.add_flag("--force", options.force,
                                     in("overwrite a map that was edited by hand",
                                        "écraser une transformation modifiée à la main"));
                    },
                    [&] { return Build(options, host).run(); });
            }};
}

}  // namespace maps
