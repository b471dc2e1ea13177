#include "tls/options.h"

#include <filesystem>
#include <fstream>

namespace gateway::tls {
namespace {

/// `crl: FILE` or a list of them.
std::vector<std::string> readLists(Config& section) {
    std::vector<std::string> files = section.texts("crl");
    for (std::string& file : files) {
        file = (std::filesystem::path(section.folder()) / file).string();
        if (!std::ifstream(file))
            section.fail("crl", say("there is no readable file {0}",
                                    "il n'y a pas de fichier lisible {0}", {file}));
    }
    return files;
}

}  // namespace

Options readOptions(Role role, Config& section) {
    Options options;
    options.where = section.where();
    const bool server = role == Role::server;
    options.cert = section.file("cert", server);
    options.key = section.file("key", server || !options.cert.empty());
    if (server) {
        options.clients = section.file("clients", false);
        options.optional = section.choice("ask", {"required", "optional"}) == "optional";
    } else {
        options.ca = section.file("ca", false);
        options.name = section.text("name", "");
    }
    options.crl = readLists(section);
    for (const char* const key : {"crl", "ask"})
        if (server && section.has(key) && !section.has("clients"))
            section.fail(key, {"goes with `clients`: without it nobody is asked for a certificate",
                               "va avec `clients` : sans lui, aucun certificat n'est demandé"});
    if (!server && section.has("crl") && !section.has("ca"))
        section.fail("crl", {"goes with `ca`: the lists are of the authorities there",
                             "va avec `ca` : ces listes sont celles de ses autorités"});
    return options;
}

}  // namespace gateway::tls
