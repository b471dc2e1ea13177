#include <fstream>
#include <iostream>
#include <sstream>

#include "cli/shared.h"
#include "oauth/signing_key.h"

namespace gateway {
namespace {

struct Options {
    std::vector<std::string> files;
    std::string kid;
};

oauth::SigningKey keyIn(const std::string& path, const std::string& kid) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    if (!in || !(text << in.rdbuf()))
        throw Error(Fault::unavailable, path, {"cannot be read", "illisible"});
    try {
        return {text.str(), "", kid};
    } catch (const Error& wrong) {
        throw Error(wrong.fault, path, wrong.reason());
    }
}

void print(const Options& options) {
    const oauth::Json set(json_pack("{s:[]}", "keys"));
    for (const std::string& file : options.files)
        json_array_append_new(json_object_get(set.get(), "keys"),
                              keyIn(file, options.kid).published().release());
    std::cout << oauth::written(set.get()) << "\n";
}

}  // namespace

void addJwks(CLI::App& certs, Shared& shared) {
    CLI::App& command = *certs.add_subcommand(
        "jwks", shared.say("Prints the public halves of keys that this gateway signs with.",
                           "Affiche les clés publiques des clés avec lesquelles cette passerelle "
                           "signe."));
    auto options = std::make_shared<Options>();
    command
        .add_option("key", options->files,
                    shared.say("Private keys, as PEM or JWK", "Clés privées, en PEM ou JWK"))
        ->required()
        ->type_name("FILE");
    command
        .add_option("--kid", options->kid,
                    shared.say("Its name there (default: its thumbprint)",
                               "Son nom là-bas (par défaut : son empreinte)"))
        ->type_name("TEXT");
    command.footer(shared.say(
        "A set of keys (JWKS) for the server that gives this gateway its tokens.\n"
        "Example: passerelle certs jwks certs/oauth.key",
        "Un jeu de clés (JWKS) pour le serveur qui donne ses jetons à cette passerelle.\n"
        "Exemple : passerelle certs jwks certs/oauth.key"));
    command.callback([&shared, options] {
        if (!options->kid.empty() && options->files.size() > 1)
            throw Misuse("--kid", {"names one key", "désigne une seule clé"});
        print(*options);
        shared.exitCode = 0;
    });
}

}  // namespace gateway
