#include "infer.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>

#include "definition.h"
#include "usage/usage.h"

namespace model {
using namespace gateway;

namespace {

struct Options {
    std::vector<std::string> files;
    std::string name, url, codec;
};

/// The last part of a path, of a folder's too, without its ending.
std::string stemOf(const std::string& file) {
    std::filesystem::path path(file);
    if (!path.has_filename()) path = path.parent_path();
    return path.stem().string();
}

/// What one sample adds; false when it cannot be read.
bool learn(Shape& shape, const std::string& file, const Options& options, CommandHost& host) {
    try {
        const Bytes body = host.read(file);
        const CommandHost::Chosen codec =
            options.codec.empty() ? host.codecOf(body, file) : host.codec(options.codec);
        Issues issues;
        for (const Span span : codec.codec->split(body, issues))
            shape.add(codec.codec->decode(body.part(span), issues).root());
        for (const Issue& issue : issues.all())
            std::cerr << file << ": " << issue.where << ": " << issue.text.in(host.speaks())
                      << '\n';
        return true;
    } catch (const Error& error) {
        std::cerr << file << ": " << (error.where == file ? "" : error.where + ": ")
                  << error.reason().in(host.speaks()) << '\n';
        return false;
    }
}

int infer(Options options, CommandHost& host) {
    Shape shape;
    bool all = true;
    for (const std::string& file : options.files) all &= learn(shape, file, options, host);
    if (!all) return 1;
    if (options.name.empty()) options.name = computable(stemOf(options.files.front()));
    if (options.url.empty())
        options.url = "http://example.org/fhir/StructureDefinition/" + options.name;
    std::cout << definitionOf(shape, {options.name, options.url});
    std::cout.flush();
    return std::cout ? 0 : 1;
}

int run(std::span<const std::string> words, CommandHost& host) {
    const auto in = [&](const char* en, const char* fr) {
        return std::string(host.speaks() == Spoken::french ? fr : en);
    };
    CLI::App app(in("Writes a first logical model (StructureDefinition, FHIR R4 JSON) of a native "
                    "format from samples of it.",
                    "Écrit un premier modèle logique (StructureDefinition, JSON de FHIR R4) d'un "
                    "format natif à partir d'exemples."),
                 "passerelle model infer");
    gateway::speakUsage(app, host.speaks());
    Options options;
    app.add_option("files", options.files,
                   in("Samples: files, or folders that are a CSV pack each",
                      "Exemples : fichiers, ou dossiers dont chacun est un lot de CSV"))
        ->required()
        ->type_name("FILES");
    app.add_option("--name", options.name,
                   in("Name of the model (default: that of the first file)",
                      "Nom du modèle (par défaut, celui du premier fichier)"))
        ->type_name("NAME");
    app.add_option("--url", options.url,
                   in("Canonical URL that maps name it by",
                      "URL canonique par laquelle les transformations le nomment"))
        ->type_name("URL");
    app.add_option("--codec,--from", options.codec,
                   in("Codec that reads the samples (default: found by their content)",
                      "Codec qui lit les exemples (par défaut, trouvé d'après leur contenu)"))
        ->type_name("CODEC");
    app.footer(
        in("The model goes to stdout; no value of a sample is in it. The more samples, the "
           "better it knows what may be missing or repeated.\n"
           "Example: passerelle model infer a.json b.json --name Visit "
           ">mappings/models/visit.json",
           "Le modèle va sur la sortie standard ; aucune valeur d'un exemple n'y figure. "
           "Plus il y a d'exemples, mieux il sait ce qui peut manquer ou se répéter.\n"
           "Exemple : passerelle model infer a.json b.json --name Visite "
           ">mappings/models/visite.json"));
    std::vector<std::string> reversed(words.rbegin(), words.rend());
    try {
        app.parse(reversed);
    } catch (const CLI::ParseError& error) {
        return app.exit(error, std::cout, std::cerr) == 0 ? 0 : 2;
    }
    return infer(std::move(options), host);
}

}  // namespace

Command infer() {
    return {"model infer",
            {"Writes a first logical model of a native format from samples of it.",
             "Écrit un premier modèle logique d'un format natif à partir d'exemples."},
            run};
}

}  // namespace model
