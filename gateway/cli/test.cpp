#include <algorithm>
#include <filesystem>
#include <iostream>

#include "cli/shared.h"
#include "cli/shown_path.h"
#include "core/json_layout.h"
#include "core/json_text.h"
#include "host/map_shelf.h"
#include "host/map_tests.h"

namespace gateway {
namespace {

struct Options {
    std::string folder = "mappings";
    std::vector<std::string> maps;
    unsigned threshold = 0;
    bool update = false, json = false;
};

struct Sum {
    std::size_t maps = 0, examples = 0, failed = 0, broken = 0;
    Coverage coverage;

    void add(const TestedMap& map) {
        ++maps;
        examples += map.examples.size();
        failed += map.failed();
        if (map.findings.failed()) ++broken;
    }
};

std::string ratio(Coverage::Count count) {
    return std::to_string(count.ran) + "/" + std::to_string(count.all);
}

Reason counted(const Coverage& coverage) {
    return say("rules {0}, rows {1}", "règles {0}, lignes {1}",
               {ratio(coverage.rules()), ratio(coverage.rows())});
}

// ---- text --------------------------------------------------------------------------------------

class TextReport {
public:
    /// @param only  the maps that were asked for; empty: all
    TextReport(Spoken speaks, std::vector<std::string> only)
        : speaks_(speaks), only_(std::move(only)) {}

    void map(const TestedMap& map) {
        print(std::cout, map.findings, speaks_);
        const Reason name = map.network.empty()
                                ? Reason(map.name)
                                : say("{0} as {1} changes it", "{0} telle que {1} la modifie",
                                      {map.name, map.network});
        line(0, say("{0}: {1} examples, {2} failed; {3}", "{0} : {1} exemples, {2} en échec ; {3}",
                    {name, std::to_string(map.examples.size()), std::to_string(map.failed()),
                     counted(map.coverage)}));
        if (!map.reverse.empty())
            line(1, say("there and back with {0}: {1} examples",
                        "aller et retour avec {0} : {1} exemples",
                        {map.reverse, std::to_string(wentBack(map))}));
        for (const TestedExample& one : map.examples) example(one);
    }

    void end(const Sum& sum, unsigned threshold) {
        idle(sum.coverage);
        const unsigned percent = sum.coverage.percent();
        line(0, say("{0} examples of {1} maps: {2} failed, {3} maps broken; coverage {4} % ({5})",
                    "{0} exemples de {1} transformations : {2} en échec, {3} transformations "
                    "cassées ; couverture {4} "
                    "% ({5})",
                    {std::to_string(sum.examples), std::to_string(sum.maps),
                     std::to_string(sum.failed), std::to_string(sum.broken),
                     std::to_string(percent), counted(sum.coverage)}));
        if (percent < threshold)
            line(0, say("coverage is below the threshold of {0} %",
                        "la couverture est sous le seuil de {0} %", {std::to_string(threshold)}));
    }

private:
    void line(int depth, const Reason& text) const {
        std::cout << std::string(static_cast<std::size_t>(2 * depth), ' ') << text.in(speaks_)
                  << '\n';
    }

    static std::size_t wentBack(const TestedMap& map) {
        return static_cast<std::size_t>(
            std::count_if(map.examples.begin(), map.examples.end(),
                          [](const TestedExample& one) { return one.wentBack; }));
    }

    void example(const TestedExample& one) const {
        for (const std::string& file : one.update.written)
            line(1, say("written: {0}", "écrit : {0}", {file}));
        for (const std::string& file : one.update.removed)
            line(1, say("removed: {0}", "supprimé : {0}", {file}));
        if (one.update.kept)
            line(1, say("{0}: the map gave nothing, so what was expected stands as it was",
                        "{0} : la transformation n'a rien donné, donc l'attendu reste tel quel",
                        {one.name}));
        if (one.holds()) return;
        line(1, say("failed: {0}", "échec : {0}", {one.name}));
        run(one.run);
        if (!one.wentBack || one.back.holds()) return;
        line(2, {"there and back:", "aller et retour :"});
        run(one.back);
    }

    void run(const ExampleRun& run) const {
        for (const Reason& wrong : run.wrong) line(2, wrong);
        for (const Difference& one : run.differences.all) line(2, one.text());
        if (run.differences.count > run.differences.all.size())
            line(2, say("and {0} more differences", "et {0} autres différences",
                        {std::to_string(run.differences.count - run.differences.all.size())}));
    }

    /// Rules one by one; rows of one table in one line.
    void idle(const Coverage& coverage) const {
        std::vector<MapPart> parts = coverage.idle();
        // What a map imports serves other maps too, whose examples did not run.
        if (!only_.empty())
            std::erase_if(parts, [&](const MapPart& part) { return !asked(part.where.file); });
        if (!parts.empty() && only_.empty()) line(0, {"never ran:", "n'ont jamais servi :"});
        if (!parts.empty() && !only_.empty())
            line(0, {"never ran, of what stands in the map itself:",
                     "n'ont jamais servi, dans la transformation même :"});
        std::vector<std::pair<std::string, std::string>> rows;  // by file
        for (const MapPart& part : parts) {
            if (part.kind == MapPart::Kind::rule) {
                line(1, say("{0} {1}", "{0} {1}", {shownPlace(part.where), part.name}));
                continue;
            }
            const std::string file = shownPath(part.where.file);
            if (rows.empty() || rows.back().first != file) rows.emplace_back(file, "");
            rows.back().second +=
                (rows.back().second.empty() ? "" : ", ") + std::to_string(part.where.line);
        }
        for (const auto& [file, lines] : rows)
            line(1, say("{0} rows in lines {1}", "{0} lignes {1}", {file, lines}));
    }

    bool asked(const std::string& file) const {
        const std::string stem = std::filesystem::path(file).stem().string();
        return std::find(only_.begin(), only_.end(), stem) != only_.end();
    }

    const Spoken speaks_;
    const std::vector<std::string> only_;
};

// ---- JSON --------------------------------------------------------------------------------------

class JsonReport {
public:
    explicit JsonReport(Spoken speaks) : speaks_(speaks) {
        json_.beginObject().name("maps").beginArray();
    }

    void map(const TestedMap& map) {
        json_.beginObject().field("name", map.name).field("file", map.file);
        if (!map.network.empty()) json_.field("network", map.network);
        if (!map.reverse.empty()) json_.field("reverse", map.reverse);
        json_.name("good").flag(map.holds());
        json_.name("findings").beginArray();
        for (const Finding& one : map.findings.all())
            place(json_.beginObject(), one.where)
                .field("severity", toText(one.severity))
                .field("text", one.in(speaks_))
                .endObject();
        json_.endArray().name("examples").beginArray();
        for (const TestedExample& one : map.examples) example(one);
        json_.endArray();
        counts(map.coverage);
        json_.endObject();
    }

    void end(const Sum& sum, unsigned threshold) {
        json_.endArray();
        json_.field("examples", sum.examples).field("failed", sum.failed);
        json_.field("broken", sum.broken);
        counts(sum.coverage);
        json_.field("coverage", std::uint64_t{sum.coverage.percent()});
        json_.field("threshold", std::uint64_t{threshold});
        json_.name("idle").beginArray();
        for (const MapPart& part : sum.coverage.idle())
            place(json_.beginObject(), part.where)
                .field("kind", part.kind == MapPart::Kind::row ? "row" : "rule")
                .field("name", part.name)
                .endObject();
        json_.endArray().endObject();
        std::cout << indentedJson(json_.take());
    }

private:
    static JsonWriter& place(JsonWriter& json, const Place& where) {
        return json.field("file", shownPath(where.file))
            .field("line", static_cast<std::uint64_t>(where.line))
            .field("column", static_cast<std::uint64_t>(where.column));
    }

    void counts(const Coverage& coverage) {
        const auto count = [&](std::string_view name, Coverage::Count of) {
            json_.name(name).beginObject().field("all", of.all).field("ran", of.ran).endObject();
        };
        count("rules", coverage.rules());
        count("rows", coverage.rows());
    }

    void example(const TestedExample& one) {
        json_.beginObject().field("name", one.name).name("good").flag(one.holds());
        run(one.run);
        if (one.wentBack) {
            json_.name("back").beginObject().name("good").flag(one.back.holds());
            run(one.back);
            json_.endObject();
        }
        texts("written", one.update.written);
        texts("removed", one.update.removed);
        json_.endObject();
    }

    void run(const ExampleRun& run) {
        std::vector<std::string> wrong;
        for (const Reason& one : run.wrong) wrong.push_back(one.in(speaks_));
        texts("wrong", wrong);
        json_.name("differences").beginArray();
        for (const Difference& one : run.differences.all)
            json_.beginObject()
                .field("path", one.path)
                .field("expected", one.expected)
                .field("found", one.found)
                .field("text", one.text().in(speaks_))
                .endObject();
        json_.endArray().field("differing", run.differences.count);
    }

    void texts(std::string_view name, const std::vector<std::string>& all) {
        json_.name(name).beginArray();
        for (const std::string& one : all) json_.text(one);
        json_.endArray();
    }

    const Spoken speaks_;
    JsonWriter json_;
};

// ---- the command -------------------------------------------------------------------------------

/// The files whose map is asked for. @throws Error naming a map that is not there
std::vector<std::string> chosen(const MapTests& tests, const Options& options) {
    if (options.maps.empty()) return tests.files();
    std::vector<std::string> files, names;
    for (const std::string& name : options.maps) {
        bool any = false;
        for (const std::string& file : tests.files()) {
            const std::string stem = std::filesystem::path(file).stem().string();
            names.push_back(stem);
            if (stem != name) continue;
            files.push_back(file);
            any = true;
        }
        if (any) continue;
        const std::string meant = nearest(name, names);
        throw Error(Fault::unavailable, "--map",
                    say(meant.empty() ? "there is no map '{0}' below {1}"
                                      : "there is no map '{0}' below {1}; did you mean '{2}'?",
                        meant.empty() ? "il n'y a pas de transformation « {0} » sous {1}"
                                      : "il n'y a pas de transformation « {0} » sous {1} ; "
                                        "vouliez-vous dire « {2} » ?",
                        {name, options.folder, meant}));
    }
    return files;
}

template <class Report>
int test(const Options& options, MapTests& tests, Report report) {
    Sum sum;
    for (const std::string& file : chosen(tests, options)) {
        std::vector<std::string> networks = tests.networksOf(file);
        networks.insert(networks.begin(), std::string());
        for (const std::string& network : networks) {
            const TestedMap map = tests.test(file, network, options.update);
            sum.add(map);
            sum.coverage.add(map.coverage);
            report.map(map);
        }
    }
    report.end(sum, options.threshold);
    return sum.failed > 0 || sum.broken > 0 || sum.coverage.percent() < options.threshold ? 1 : 0;
}

int test(const Options& options, const Shared& shared) {
    const std::unique_ptr<PluginHost> host = openPlugins(shared);
    Findings findings;
    const std::shared_ptr<const MapLanguage> language = mapLanguage(*host, findings);
    if (language == nullptr)
        throw Error(Fault::unsupported, "",
                    {"no loaded plugin offers the language of maps",
                     "aucun greffon chargé n'offre le langage des transformations"});
    CodecShelf codecs(*host);
    MapTests tests(*language, codecs, options.folder);
    if (options.json) return test(options, tests, JsonReport(shared.speaks));
    return test(options, tests, TextReport(shared.speaks, options.maps));
}

}  // namespace

void addTest(CLI::App& app, Shared& shared) {
    CLI::App& command = *app.add_subcommand(
        "test",
        shared.say("Runs the examples beside each map: they are its tests.",
                   "Exécute les exemples placés à côté de chaque transformation : ce sont ses "
                   "tests."));
    auto options = std::make_shared<Options>();
    command
        .add_option(
            "folder", options->folder,
            shared.say(
                "Folder of maps and tables, or one map file",
                "Dossier des transformations et des tables, ou fichier d'une transformation"))
        ->type_name("DIR")
        ->capture_default_str();
    command
        .add_option("--map", options->maps,
                    shared.say("Only the map of that name; may be repeated",
                               "Seulement la transformation de ce nom ; peut être répété"))
        ->type_name("NAME");
    command.add_flag(
        "--update", options->update,
        shared.say("Writes what came out beside each example, for a review by eye",
                   "Écrit le résultat obtenu à côté de chaque exemple, pour le relire"));
    command
        .add_option(
            "--threshold", options->threshold,
            shared.say(
                "Exit code 1 when fewer percent of rules and rows ran",
                "Code de retour 1 si un pourcentage moindre des règles et des lignes a servi"))
        ->type_name("PERCENT")
        ->check(CLI::Range(0, 100));
    command.add_flag("--json", options->json,
                     shared.say("The report as JSON", "Le rapport en JSON"));
    addPluginsOption(command, shared);
    command.footer(shared.say(
        "An example is a folder beside the map, or in examples/ beside it, with in.*, out.* and,\n"
        "where the map has something to say, issues.json.\n"
        "Exit code 1 when an example failed, a map is broken, or coverage is below the threshold.\n"
        "Example: passerelle test mappings --map plan-to-ppp",
        "Un exemple est un dossier à côté de la transformation, ou dans examples/ à "
        "côté d'elle, avec\n"
        "in.*, out.* et, si la transformation a quelque chose à dire, issues.json.\n"
        "Code de retour 1 si un exemple échoue, si une transformation est erronée, ou "
        "si la couverture\n"
        "est sous le seuil.\n"
        "Exemple : passerelle test mappings --map plan-to-ppp"));
    command.callback([&shared, options] { shared.exitCode = test(*options, shared); });
}

}  // namespace gateway
