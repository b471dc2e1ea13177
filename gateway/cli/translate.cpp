#include <algorithm>
#include <filesystem>
#include <iostream>

#include "cli/codec_choice.h"
#include "cli/explained.h"
#include "cli/shared.h"
#include "cli/shown_path.h"
#include "core/json_layout.h"
#include "gateway/config.h"
#include "gateway/parts.h"
#include "host/map_shelf.h"

namespace gateway {
namespace {

namespace fs = std::filesystem;

struct Options {
    std::string map, from, to, mappings, network, output, file;
    std::vector<std::string> context;
    bool trace = false, losses = false, json = false;
};

Context contextOf(const Options& options) {
    Context context;
    context.now = currentTime();
    context.seed = options.file;
    context.set("delivery-id", "translate");
    context.set("control-id", "translate");
    setContext(context, options.context);
    context.set("time", toText(context.now));
    return context;
}

bool isBelow(const fs::path& file, const fs::path& folder) {
    std::error_code error;
    const std::string below = fs::relative(file, folder, error).string();
    return !error && !below.empty() && !below.starts_with("..");
}

/// The folder in which names are looked up: as given, else mappings/; of a bare file that lies
/// elsewhere its own.
std::string libraryOf(const Options& options) {
    const std::string folder = options.mappings.empty() ? "mappings" : options.mappings;
    if (!options.mappings.empty() && !fs::is_directory(folder))
        throw Error(Fault::unavailable, "--mappings",
                    say("there is no folder {0}", "il n'y a pas de dossier {0}", {folder}));
    if (!fs::is_directory(folder)) return {};
    const bool bare = options.mappings.empty() && fs::is_regular_file(options.map);
    return bare && !isBelow(options.map, folder) ? std::string() : folder;
}

[[noreturn]] void noSuchMap(const Options& options, const MapLanguage& language,
                            const std::string& library) {
    if (library.empty())
        throw Error(Fault::unavailable, "--map",
                    say("there is no file {0}, and no folder mappings/ to look for a map of that "
                        "name; name one with --mappings",
                        "il n'y a pas de fichier {0}, ni de dossier mappings/ où chercher une "
                        "transformation de ce nom ; en nommer un avec --mappings",
                        {options.map}));
    std::vector<std::string> names;
    for (const std::string& file : language.maps(library))
        names.push_back(fs::path(file).stem().string());
    const std::string meant = nearest(options.map, names);
    throw Error(
        Fault::unavailable, "--map",
        meant.empty()
            ? say("there is no map '{0}' below {1}",
                  "il n'y a pas de transformation « {0} » sous {1}", {options.map, library})
            : say("there is no map '{0}' below {1}; did you mean '{2}'?",
                  "il n'y a pas de transformation « {0} » sous {1} ; vouliez-vous dire « {2} » ?",
                  {options.map, library, meant}));
}

/// The compiled map; null with findings.
std::unique_ptr<Transformer> compiled(const Options& options, const MapLanguage& language,
                                      const CodecShelf& codecs, Findings& findings) {
    MapSurroundings around{libraryOf(options), codecs.models()};
    around.network = options.network;
    const std::string file = fs::is_regular_file(options.map)
                                 ? options.map
                                 : language.locate(options.map, around.library);
    if (file.empty()) noSuchMap(options, language, around.library);
    return language.compile(file, around, findings);
}

/// All that there is to say beside the result.
struct Said {
    Findings findings;
    Report report;
    Explanation explanation;
};

void printText(const Options& options, const Shared& shared, const Said& said,
               const Transformer* map, Node result, const Losses& losses) {
    print(std::cerr, said.report.issues, shared.speaks);
    if (map == nullptr) return;
    if (options.trace) printTrace(std::cerr, result, said.explanation, map->parts(), shared.speaks);
    if (options.losses) printLosses(std::cerr, losses, map->parts(), shared.speaks);
}

void printJson(const Options& options, const Shared& shared, const Said& said,
               const Transformer* map, Node result, const Losses& losses) {
    JsonWriter json;
    json.beginObject().name("findings").beginArray();
    for (const Finding& one : said.findings.all()) {
        json.beginObject().field("file", shownPath(one.where.file));
        json.field("line", static_cast<std::uint64_t>(one.where.line));
        json.field("column", static_cast<std::uint64_t>(one.where.column));
        json.field("severity", toText(one.severity)).field("text", one.in(shared.speaks));
        json.endObject();
    }
    json.endArray().name("issues").beginArray();
    for (const Issue& one : said.report.issues.all()) {
        json.beginObject().field("severity", toText(one.severity)).field("where", one.where);
        json.field("text", one.text.in(shared.speaks)).field("rule", one.rule);
        if (!one.code.empty()) json.field("code", one.code);
        json.endObject();
    }
    json.endArray();
    if (map && options.trace) writeTrace(json, result, said.explanation, map->parts());
    if (map && options.losses) writeLosses(json, losses, map->parts(), shared.speaks);
    std::cerr << indentedJson(json.endObject().take());
}

/// What is made of one message.
struct Translated {
    Document source, result;
    Losses losses;
    Sink out;
};

void run(const Options& options, const Transformer& map, const Codec& from, CodecSetup to,
         const Bytes& body, const CodecShelf& codecs, Said& said, Translated& made) {
    Issues& issues = said.report.issues;
    made.source = from.decode(body, issues);
    if (options.trace || options.losses) said.report.explanation = &said.explanation;
    made.result = map.transform(made.source, contextOf(options), said.report);
    made.losses = lossesOf(made.source.root(), said.explanation, from);
    const Node root = made.result.root();
    if (root.children().empty() && !root.hasText()) return;  // the issues say why
    if (to.codec == nullptr) to = codecWriting(root, codecs);
    to.codec->encode(made.result, made.out, issues);
}

/// Translates one message and tells what there is to tell. @return whether there was no error
bool one(const Options& options, const Shared& shared, const Transformer* map, const Codec& from,
         const CodecSetup& to, const Bytes& body, const CodecShelf& codecs, Said& said,
         Translated& made) {
    const Transformer* explained = map;
    try {
        if (map) run(options, *map, from, to, body, codecs, said, made);
    } catch (const Error& error) {
        if (!options.json) {
            print(std::cerr, said.report.issues, shared.speaks);
            throw;  // told as all commands do
        }
        said.report.issues.add(Severity::fatal, error.where, error.reason());
        explained = nullptr;
    }
    (options.json ? printJson : printText)(options, shared, said, explained, made.result.root(),
                                           made.losses);
    return said.report.issues.worst() < Severity::error;
}

int translate(const Options& options, const Shared& shared) {
    const Bytes body = readInput(options.file);
    const std::unique_ptr<PluginHost> host = openPlugins(shared);
    Said said;
    const std::shared_ptr<const MapLanguage> language = mapLanguage(*host, said.findings);
    if (language == nullptr)
        throw Error(Fault::unsupported, "--map",
                    {"no loaded plugin offers the language of maps",
                     "aucun greffon chargé n'offre le langage des transformations"});
    CodecShelf codecs(*host);
    const CodecSetup from = options.from.empty() ? codecReading(body, options.file, codecs)
                                                 : codecOf("--from", options.from, codecs);
    CodecSetup to;
    if (!options.to.empty()) to = codecOf("--to", options.to, codecs);
    const std::unique_ptr<Transformer> map = compiled(options, *language, codecs, said.findings);
    if (!options.json) print(std::cerr, said.findings, shared.speaks);
    Issues issues;
    const std::vector<Part> parts = partsOf(*from.codec, body, issues);
    said.report.issues.append(issues);
    bool good = map != nullptr;
    Sink all;
    for (const Part& part : parts) {
        if (parts.size() > 1 && !options.json)
            std::cerr << "message " << (&part - parts.data() + 1) << '\n';
        Translated made;
        good &= one(options, shared, map.get(), *from.codec, to, part.body, codecs, said, made);
        all << (parts.size() > 1 && made.out.text().starts_with('{')
                    ? oneLineJson(made.out.text()) + "\n"
                    : made.out.text());
        said = {};
    }
    if (map && !all.text().empty()) writeOutput(options.output, all.take());
    return good ? 0 : 1;
}

}  // namespace

void addTranslate(CLI::App& app, Shared& shared) {
    CLI::App& command = *app.add_subcommand(
        "translate",
        shared.say("Takes one file through one map, offline, and prints the result.",
                   "Fait passer un fichier par une transformation, hors ligne, et affiche le "
                   "résultat."));
    auto options = std::make_shared<Options>();
    command
        .add_option("file", options->file,
                    shared.say("The message; - is stdin, a folder is a pack",
                               "Le message ; - désigne l'entrée standard, un dossier est un lot"))
        ->required()
        ->type_name("FILE");
    command
        .add_option("--map", options->map,
                    shared.say("Name of a map below --mappings, or its file",
                               "Nom d'une transformation sous --mappings, ou son fichier"))
        ->required()
        ->type_name("NAME");
    command
        .add_option("--from", options->from,
                    shared.say("Codec that reads FILE (default: found by its content)",
                               "Codec qui lit le fichier (par défaut, trouvé d'après son contenu)"))
        ->type_name("CODEC");
    command
        .add_option("--to", options->to,
                    shared.say("Codec that writes the result (default: the one that knows it)",
                               "Codec qui écrit le résultat (par défaut, celui qui le connaît)"))
        ->type_name("CODEC");
    command
        .add_option("--mappings", options->mappings,
                    shared.say("Folder of maps and tables (default: mappings)",
                               "Dossier des transformations et des tables (par défaut, mappings)"))
        ->type_name("DIR");
    command
        .add_option("--network", options->network,
                    shared.say("With what this network changes in the map",
                               "Avec ce que ce réseau change à la transformation"))
        ->type_name("NAME");
    command
        .add_option(
            "-o,--output", options->output,
            shared.say(
                "Where the result goes instead of stdout; a pack of files becomes a folder",
                "Où va le résultat, au lieu de la sortie standard ; un lot de fichiers devient "
                "un dossier"))
        ->type_name("FILE|DIR");
    command.add_flag(
        "--trace", options->trace,
        shared.say("For each value of the result: its source, the rule and the row that made it",
                   "Pour chaque valeur du résultat : sa source, la règle et la ligne de table qui "
                   "l'ont produite"));
    command.add_flag(
        "--losses", options->losses,
        shared.say("Values of the source that nothing carried, or that are ignored on purpose",
                   "Les valeurs de la source que rien n'a reprises, ou qui sont ignorées exprès"));
    command.add_flag("--json", options->json,
                     shared.say("What goes to stderr as one JSON object",
                                "Ce qui va sur la sortie d'erreur, en un seul objet JSON"));
    command
        .add_option("--context", options->context,
                    shared.say("A value that the map reads as %context-NAME",
                               "Une valeur que la transformation lit comme %context-NOM"))
        ->type_name("NAME=VALUE");
    addPluginsOption(command, shared);
    command.footer(shared.say(
        "The result goes to stdout, all else to stderr; exit code 1 when the map found an error.\n"
        "Example: passerelle translate --map relai-to-plan --from json "
        "docs/demo/plans/1-actif.json\n"
        "         passerelle translate --map my.map --losses --json in.json >out.json 2>said.json",
        "Le résultat va sur la sortie standard, le reste sur la sortie d'erreur ; code "
        "de retour 1 si la transformation a trouvé une erreur.\n"
        "Exemple : passerelle translate --map relai-to-plan --from json "
        "docs/demo/plans/1-actif.json\n"
        "          passerelle translate --map ma.map --losses --json in.json >out.json "
        "2>dit.json"));
    command.callback([&shared, options] { shared.exitCode = translate(*options, shared); });
}

}  // namespace gateway
