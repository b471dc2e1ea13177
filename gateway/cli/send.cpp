#include <filesystem>
#include <iostream>

#include "cli/shared.h"
#include "host/codec_shelf.h"
#include "host/made.h"

namespace gateway {
namespace {

namespace fs = std::filesystem;

struct Options {
    std::string to, ca, cert, key, type;
    unsigned within = 30;  ///< seconds
    std::vector<std::string> files;
};

struct Url {
    std::string scheme, address, path;
};

Url urlOf(const std::string& text) {
    const std::size_t colon = text.find("://");
    if (colon == text.npos || colon == 0)
        throw Misuse("--to", {"expected a URL such as mllp://localhost:2575",
                              "attendu une URL comme mllp://localhost:2575"});
    const std::size_t begin = colon + 3;
    const std::size_t slash = std::min(text.find('/', begin), text.size());
    return {text.substr(0, colon), text.substr(begin, slash - begin), text.substr(slash)};
}

std::unique_ptr<Sender> senderOf(const Options& options, const PluginHost& host) {
    const Url url = urlOf(options.to);
    if (!host.senders().contains(url.scheme)) {
        std::string known;
        for (const auto& [scheme, make] : host.senders()) known += " " + scheme;
        throw Error(Fault::unsupported, options.to,
                    say("no plugin sends to '{0}://', known are:{1}",
                        "aucun greffon n'envoie à « {0}:// » ; connus :{1}", {url.scheme, known}));
    }
    std::vector<std::pair<std::string, std::string>> settings{{"address", url.address}};
    const std::pair<const char*, const std::string&> more[] = {
        {"path", url.path}, {"ca", options.ca}, {"cert", options.cert}, {"key", options.key}};
    for (const auto& [key, value] : more)
        if (!value.empty()) settings.emplace_back(key, value);
    static const ConfigNode none;
    Findings findings;
    Config config(none, fs::current_path().string(), findings);
    Choice choice = choose(config, "", url.scheme, settings);
    std::unique_ptr<Sender> sender = make(host.senders(), choice);
    if (sender == nullptr || findings.failed())
        throw Error(Fault::unsupported, options.to,
                    findings.all().empty()
                        ? Reason("cannot be used", "ne peut servir")
                        : Reason(findings.all().front().text, findings.all().front().fr));
    return sender;
}

/// By the ending of the file, as the codecs have it.
std::string mediaTypeOf(const std::string& file, const CodecShelf& codecs) {
    for (const CodecSetup& one : codecs.plain())
        if ("." + one.codec->extension() == fs::path(file).extension())
            return one.codec->mediaType();
    return "application/octet-stream";
}

void show(const Answer& answer) {
    std::string text(answer.body.view());
    for (char& c : text)
        if (c == '\r') c = '\n';
    std::cout << text;
    if (!text.empty() && text.back() != '\n') std::cout << '\n';
}

/// Sends one file and prints the answer. @return whether it was taken
bool send(const std::string& file, Sender& sender, const std::string& mediaType, Time deadline,
          Spoken speaks) {
    try {
        const Answer answer = sender.send(readInput(file), mediaType, deadline);
        show(answer);
        std::cerr << file << ": " << answer.summary << '\n';
        return true;
    } catch (const Refused& refused) {
        show(refused.answer);
        std::cerr << file << ": " << refused.answer.summary << ": " << refused.reason().in(speaks)
                  << '\n';
    } catch (const Error& error) {
        const std::string where =
            error.where.empty() || error.where == file ? "" : error.where + ": ";
        std::cerr << file << ": " << where << error.reason().in(speaks) << '\n';
    }
    return false;
}

int sendAll(const Options& options, const Shared& shared) {
    const std::unique_ptr<PluginHost> host = openPlugins(shared);
    const std::unique_ptr<Sender> sender = senderOf(options, *host);
    const CodecShelf codecs(*host);
    bool all = true;
    for (const std::string& file : options.files) {
        const std::string type = options.type.empty() ? mediaTypeOf(file, codecs) : options.type;
        all &= send(file, *sender, type, currentTime() + std::chrono::seconds(options.within),
                    shared.speaks);
    }
    return all ? 0 : 1;
}

}  // namespace

void addSend(CLI::App& app, Shared& shared) {
    CLI::App& command = *app.add_subcommand(
        "send", shared.say("Sends files to an address and prints each answer.",
                           "Envoie des fichiers à une adresse et affiche chaque réponse."));
    auto options = std::make_shared<Options>();
    command
        .add_option("files", options->files,
                    shared.say("Messages, one in each file; - is stdin",
                               "Les messages, un par fichier ; - désigne l'entrée standard"))
        ->required()
        ->type_name("FILE");
    command
        .add_option("--to", options->to,
                    shared.say("mllp://, mllps://, http:// or https:// and host:port",
                               "mllp://, mllps://, http:// ou https://, puis hôte:port"))
        ->required()
        ->type_name("URL");
    command
        .add_option("--ca", options->ca,
                    shared.say("Certificate of the authority that signed the server's",
                               "Certificat de l'autorité qui a signé celui du serveur"))
        ->type_name("FILE");
    command
        .add_option("--cert", options->cert,
                    shared.say("Certificate to show", "Certificat à présenter"))
        ->type_name("FILE");
    command.add_option("--key", options->key, shared.say("Its private key", "Sa clé privée"))
        ->type_name("FILE");
    command
        .add_option("--type", options->type,
                    shared.say("Media type (default: by the ending of FILE)",
                               "Type de contenu (par défaut, selon la fin du nom du fichier)"))
        ->type_name("MEDIATYPE");
    command
        .add_option("--within", options->within,
                    shared.say("Seconds to wait for an answer", "Secondes d'attente d'une réponse"))
        ->capture_default_str();
    addPluginsOption(command, shared);
    command.footer(shared.say(
        "Exit code 1 when a message was refused or no answer came.\n"
        "Example: passerelle send --to mllps://localhost:2576 --ca certs/ca.crt message.txt",
        "Code de retour 1 si un message est refusé ou si aucune réponse ne vient.\n"
        "Exemple : passerelle send --to mllps://localhost:2576 --ca certs/ca.crt "
        "message.txt"));
    command.callback([&shared, options] { shared.exitCode = sendAll(*options, shared); });
}

}  // namespace gateway
