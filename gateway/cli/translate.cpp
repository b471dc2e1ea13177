#include <algorithm>
#include <filesystem>
#include <iostream>

#include "cli/codec_choice.h"
#include "cli/shared.h"
#include "host/map_shelf.h"

namespace gateway {
namespace {

namespace fs = std::filesystem;

struct Options {
    std::string map, from, to, mappings = "mappings", file;
    std::vector<std::string> context;
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

/// The compiled map; null with findings on stderr.
std::unique_ptr<Transformer> compiled(const Options& options, const MapLanguage& language,
                                      const CodecShelf& codecs, Spoken speaks) {
    MapSurroundings around{fs::is_directory(options.mappings) ? options.mappings : "",
                           codecs.models()};
    const std::string file = fs::is_regular_file(options.map)
                                 ? options.map
                                 : language.locate(options.map, around.library);
    if (file.empty())
        throw Error(Fault::unavailable, "--map",
                    "there is no map '" + options.map + "' below " + options.mappings);
    Findings findings;
    std::unique_ptr<Transformer> map = language.compile(file, around, findings);
    print(std::cerr, findings, speaks);
    return map;
}

int translate(const Options& options, const Shared& shared) {
    const Context context = contextOf(options);
    const Bytes body = readInput(options.file);
    const std::unique_ptr<PluginHost> host = openPlugins(shared);
    Findings findings;
    const std::shared_ptr<const MapLanguage> language = mapLanguage(*host, findings);
    if (language == nullptr)
        throw Error(Fault::unsupported, "--map", "no loaded plugin offers the language of maps");
    CodecShelf codecs(*host);
    const CodecSetup from = options.from.empty() ? codecReading(body, options.file, codecs)
                                                 : codecOf("--from", options.from, codecs);
    CodecSetup to;
    if (!options.to.empty()) to = codecOf("--to", options.to, codecs);
    const std::unique_ptr<Transformer> map = compiled(options, *language, codecs, shared.speaks);
    if (map == nullptr) return 1;
    Issues issues;
    const Document source = from.codec->decode(body, issues);
    Report report;
    const Document result = map->transform(source, context, report);
    issues.append(report.issues);
    if (to.codec == nullptr) to = codecWriting(result.root(), codecs);
    Sink out;
    to.codec->encode(result, out, issues);
    print(std::cerr, issues, shared.speaks);
    std::cout << out.text();
    if (!out.text().empty() && out.text().back() != '\n') std::cout << '\n';
    return issues.worst() >= Severity::error ? 1 : 0;
}

}  // namespace

void addTranslate(CLI::App& app, Shared& shared) {
    CLI::App& command = *app.add_subcommand(
        "translate", "Takes one file through one map, offline, and prints the result.");
    auto options = std::make_shared<Options>();
    command.add_option("file", options->file, "The message; - is stdin")
        ->required()
        ->type_name("FILE");
    command.add_option("--map", options->map, "Name of a map below --mappings, or its file")
        ->required()
        ->type_name("NAME");
    command
        .add_option("--from", options->from,
                    "Codec that reads FILE (default: found by its content)")
        ->type_name("CODEC");
    command
        .add_option("--to", options->to,
                    "Codec that writes the result (default: the one that knows it)")
        ->type_name("CODEC");
    command.add_option("--mappings", options->mappings, "Folder of maps and tables")
        ->type_name("DIR")
        ->capture_default_str();
    command
        .add_option("--context", options->context, "A value that the map reads as %context-NAME")
        ->type_name("NAME=VALUE");
    addPluginsOption(command, shared);
    command.footer(
        "The result goes to stdout, what the map has to say to stderr; exit code 1 when "
        "something was lost.\n"
        "Example: passerelle translate --map relai-to-plan --from json "
        "docs/demo/plans/1-actif.json");
    command.callback([&shared, options] { shared.exitCode = translate(*options, shared); });
}

}  // namespace gateway
