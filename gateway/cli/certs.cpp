#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <map>

#include "cli/development_ca.h"
#include "cli/shared.h"
#include "words/system_fault.h"

namespace gateway {

void addJwks(CLI::App& certs, Shared& shared);  // jwks.cpp

namespace {

namespace fs = std::filesystem;

struct Options {
    std::string folder;
    std::vector<std::string> names;
};

/// Writes a file that was not there before. @throws Error(unavailable)
void writeNew(const std::string& path, const std::string& content, mode_t mode) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    bool good = file >= 0;
    for (std::string_view rest = content; good && !rest.empty();) {
        const ssize_t written = ::write(file, rest.data(), rest.size());
        if (written < 0 && errno == EINTR) continue;
        good = written > 0;
        if (good) rest.remove_prefix(static_cast<std::size_t>(written));
    }
    const int failure = errno;
    if (file >= 0) good = ::close(file) == 0 && good;
    if (!good) throw Error(Fault::unavailable, path, systemFault(failure));
}

void initialise(const Options& options) {
    std::error_code error;
    fs::create_directories(options.folder, error);
    if (error) throw Error(Fault::unavailable, options.folder, systemFault(error.value()));
    const DevelopmentCa ca;
    std::map<std::string, KeyPair> pairs{{"ca", ca.own()}, {"gateway", ca.issue("gateway")}};
    for (const std::string& name : options.names)
        if (!pairs.contains(name)) pairs.emplace(name, ca.issue(name));
    for (const auto& [name, pair] : pairs)
        for (const char* const ending : {".crt", ".key"})
            if (fs::exists(fs::path(options.folder) / (name + ending), error))
                throw Error(
                    Fault::rejected, (fs::path(options.folder) / (name + ending)).string(),
                    {"exists already; nothing was written", "existe déjà ; rien n'a été écrit"});
    for (const auto& [name, pair] : pairs) {
        const std::string path = (fs::path(options.folder) / name).string();
        writeNew(path + ".key", pair.key, 0600);
        writeNew(path + ".crt", pair.certificate, 0644);
        std::cout << path << ".crt\n" << path << ".key\n";
    }
}

std::string content(const fs::path& file) { return std::string(readInput(file.string()).view()); }

/// Writes the list anew, in the place of the old one at once: who reads it meanwhile has either.
void revoke(const Options& options) {
    const fs::path folder = options.folder, list = folder / "ca.crl";
    std::vector<std::string> certificates;
    for (const std::string& name : options.names)
        certificates.push_back(content(folder / (name + ".crt")));
    std::error_code error;
    const std::string text =
        revoked({content(folder / "ca.crt"), content(folder / "ca.key")},
                fs::exists(list, error) ? content(list) : std::string(), certificates);
    const std::string fresh = list.string() + ".new";
    fs::remove(fresh, error);
    writeNew(fresh, text, 0644);
    fs::rename(fresh, list, error);
    if (error) throw Error(Fault::unavailable, list.string(), systemFault(error.value()));
    std::cout << list.string() << '\n';
}

/// A name becomes a file and a host name.
std::string wrongName(const std::string& name, const Shared& shared) {
    const bool good =
        !name.empty() && name.front() != '.' && name.front() != '-' &&
        name.find_first_not_of(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == name.npos;
    return good ? ""
                : shared.say("a name is made of letters, digits, - _ .",
                             "un nom se compose de lettres, chiffres, - _ .");
}

}  // namespace

void addCerts(CLI::App& app, Shared& shared) {
    CLI::App& command =
        *app.add_subcommand("certs", shared.say("Makes certificates for development; shows keys.",
                                                "Fabrique des certificats de développement ; "
                                                "montre des clés."));
    command.require_subcommand(1);
    CLI::App& init = *command.add_subcommand(
        "init",
        shared.say("Makes an authority, and certificates for the gateway and for partners.",
                   "Fabrique une autorité, et des certificats pour la passerelle et pour des "
                   "partenaires."));
    auto options = std::make_shared<Options>();
    init.add_option("dir", options->folder,
                    shared.say("Folder for the files", "Dossier où écrire les fichiers"))
        ->required()
        ->type_name("DIR");
    init.add_option(
            "--name", options->names,
            shared.say("A partner; may be given several times", "Un partenaire ; peut être répété"))
        ->type_name("NAME")
        ->check(CLI::Validator(
            [&shared](const std::string& name) { return wrongName(name, shared); }, "", ""));
    init.footer(shared.say(
        "Writes ca, gateway and one pair for each NAME as .crt and .key (readable by you alone), "
        "valid\n"
        "for localhost and one year. Overwrites nothing. For development: partners that handle "
        "real\n"
        "data have certificates of a real authority.\n"
        "Example: passerelle certs init docs/demo/certs --name hospital --name gp",
        "Écrit ca, gateway et une paire pour chaque NOM : .crt et .key (lisible par "
        "vous seul), valables\n"
        "pour localhost et un an. N'écrase rien. Pour le développement : des "
        "partenaires qui traitent de\n"
        "vraies données ont des certificats d'une vraie autorité.\n"
        "Exemple : passerelle certs init docs/demo/certs --name hopital --name medecin"));
    init.callback([&shared, options] {
        initialise(*options);
        shared.exitCode = 0;
    });
    CLI::App& list = *command.add_subcommand(
        "revoke", shared.say("Writes ca.crl, the list of what the authority has revoked.",
                             "Écrit ca.crl, la liste de ce que l'autorité a révoqué."));
    auto gone = std::make_shared<Options>();
    list.add_option("dir", gone->folder,
                    shared.say("Folder that `init` has made", "Dossier fait par « init »"))
        ->required()
        ->type_name("DIR");
    list.add_option("--name", gone->names,
                    shared.say("Whose certificate is revoked; may be given several times. Without: "
                               "the list is only renewed",
                               "Celui dont le certificat est révoqué ; peut être répété. Sans : la "
                               "liste est seulement renouvelée"))
        ->type_name("NAME")
        ->check(CLI::Validator(
            [&shared](const std::string& name) { return wrongName(name, shared); }, "", ""));
    list.footer(
        shared.say("What was revoked before stays so. Good for 30 days. `crl: ca.crl` of a "
                   "listener's `tls` takes it, while it runs too.\n"
                   "Example: passerelle certs revoke docs/demo/certs --name gp",
                   "Ce qui était révoqué le reste. Valable 30 jours. `crl: ca.crl` du "
                   "`tls` d'une écoute la prend, aussi en marche.\n"
                   "Exemple : passerelle certs revoke docs/demo/certs --name medecin"));
    list.callback([&shared, gone] {
        revoke(*gone);
        shared.exitCode = 0;
    });
    addJwks(command, shared);
}

}  // namespace gateway
