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

bool knows(const Codec& codec, Node root) {
    const Model* const model = codec.model();
    return model &&
           (model->type(root.nameOf()) || (!root.type().empty() && model->type(root.typeOf())));
}

Document decoded(const Codec& codec, const Bytes& body) {
    Issues issues;
    return codec.decode(body, issues);
}

std::string oneOf(const std::vector<CodecSetup>& codecs) {
    std::string names;
    for (const CodecSetup& one : codecs) names += (names.empty() ? "" : ", ") + one.name;
    return names;
}

/// The codecs that write files with this ending; all when none does.
std::vector<CodecSetup> byExtension(const std::string& extension, const CodecShelf& codecs) {
    std::vector<CodecSetup> fit;
    for (const CodecSetup& one : codecs.plain())
        if ("." + one.codec->extension() == extension) fit.push_back(one);
    return fit.empty() ? codecs.plain() : fit;
}

/// Of several codecs that read the file, the one whose model knows its root.
CodecSetup sourceCodec(const Options& options, const Bytes& body, CodecShelf& codecs) {
    if (!options.from.empty()) return codecOf("--from", options.from, codecs);
    std::vector<CodecSetup> reads, known;
    for (const CodecSetup& one : byExtension(fs::path(options.file).extension().string(), codecs)) {
        try {
            const Document tree = decoded(*one.codec, body);
            reads.push_back(one);
            if (knows(*one.codec, tree.root())) known.push_back(one);
        } catch (const Error&) {
            continue;  // not this format
        }
    }
    if (known.size() == 1) return known.front();
    std::erase_if(reads, [](const CodecSetup& one) { return one.codec->model() != nullptr; });
    if (known.empty() && reads.size() == 1) return reads.front();
    throw Error(Fault::unsupported, options.file,
                reads.empty() ? "no codec reads it; name one with --from"
                              : "several codecs read it; name one with --from: " + oneOf(reads));
}

CodecSetup targetCodec(const Options& options, Node root, CodecShelf& codecs) {
    if (!options.to.empty()) return codecOf("--to", options.to, codecs);
    std::vector<CodecSetup> known;
    for (const CodecSetup& one : codecs.plain())
        if (knows(*one.codec, root)) known.push_back(one);
    if (known.size() == 1) return known.front();
    throw Error(Fault::unsupported, "--to",
                "name the codec that writes the result: " + oneOf(codecs.plain()));
}

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

void print(const Issues& issues) {
    for (const Issue& issue : issues.all())
        std::cerr << toText(issue.severity) << ": " << issue.where
                  << (issue.where.empty() ? "" : ": ") << issue.text.en
                  << (issue.rule.empty() ? "" : "  [" + issue.rule + "]") << '\n';
}

/// The compiled map; null with findings on stderr.
std::unique_ptr<Transformer> compiled(const Options& options, const MapLanguage& language,
                                      const CodecShelf& codecs) {
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
    gateway::print(std::cerr, findings);
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
    const CodecSetup from = sourceCodec(options, body, codecs);
    CodecSetup to;
    if (!options.to.empty()) to = codecOf("--to", options.to, codecs);
    const std::unique_ptr<Transformer> map = compiled(options, *language, codecs);
    if (map == nullptr) return 1;
    Issues issues;
    const Document source = from.codec->decode(body, issues);
    Report report;
    const Document result = map->transform(source, context, report);
    issues.append(report.issues);
    if (to.codec == nullptr) to = targetCodec(options, result.root(), codecs);
    Sink out;
    to.codec->encode(result, out, issues);
    print(issues);
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
