#include "cli/shared.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "cli/admin_client.h"
#include "core/spoken_place.h"
#include "gateway/pack.h"
#include "host/configuration.h"

namespace gateway {

void addConfigOption(CLI::App& command, Shared& shared) {
    command
        .add_option("-c,--config", shared.config,
                    shared.say("Folder of the configuration", "Dossier de la configuration"))
        ->type_name("DIR")
        ->capture_default_str();
}

void addPluginsOption(CLI::App& command, Shared& shared) {
    command
        .add_option(
            "--plugins", shared.plugins,
            shared.say(
                "Folder of plugins, instead of the configured one or the program's own",
                "Dossier des greffons, au lieu de celui de la configuration ou du programme"))
        ->type_name("DIR");
}

ClientPlaces clientPlaces(const Shared& shared) {
    Findings findings;
    ClientPlaces places = clientPlacesOf(shared.config, findings);
    for (const Finding& finding : findings.all())
        if (finding.severity >= Severity::error)
            throw Error(Fault::unavailable, finding.where.text(), {finding.text, finding.fr});
    return places;
}

std::string adminSocket(const Shared& shared) { return clientPlaces(shared).adminSocket; }

void addAdminOptions(CLI::App& command, Shared& shared) {
    addConfigOption(command, shared);
    const auto add = [&](const char* name, std::string& into, const char* type,
                         const std::string& what) {
        command.add_option(name, into, what)->type_name(type);
    };
    add("--admin", shared.admin.url, "URL",
        shared.say("A gateway elsewhere: https://HOST:PORT of its `admin: {listen: …}` (default: "
                   "PASSERELLE_ADMIN)",
                   "Une passerelle ailleurs : https://HÔTE:PORT de son `admin: {listen: …}` (par "
                   "défaut : PASSERELLE_ADMIN)"));
    add("--ca", shared.admin.ca, "FILE",
        shared.say("Authority of its certificate (PASSERELLE_ADMIN_CA)",
                   "Autorité de son certificat (PASSERELLE_ADMIN_CA)"));
    add("--cert", shared.admin.cert, "FILE",
        shared.say("Your certificate (PASSERELLE_ADMIN_CERT)",
                   "Votre certificat (PASSERELLE_ADMIN_CERT)"));
    add("--key", shared.admin.key, "FILE",
        shared.say("Its private key (PASSERELLE_ADMIN_KEY)",
                   "Sa clé privée (PASSERELLE_ADMIN_KEY)"));
}

AdminPlace adminPlace(const Shared& shared) {
    const auto word = [](const std::string& given, const char* variable) {
        const char* const otherwise = std::getenv(variable);
        return given.empty() && otherwise != nullptr ? std::string(otherwise) : given;
    };
    AdminPlace place;
    place.url = word(shared.admin.url, "PASSERELLE_ADMIN");
    if (place.url.empty()) {
        place.socket = adminSocket(shared);
        return place;
    }
    place.ca = word(shared.admin.ca, "PASSERELLE_ADMIN_CA");
    place.cert = word(shared.admin.cert, "PASSERELLE_ADMIN_CERT");
    place.key = word(shared.admin.key, "PASSERELLE_ADMIN_KEY");
    return place;
}

std::unique_ptr<PluginHost> openPlugins(const Shared& shared) {
    auto host = std::make_unique<PluginHost>();
    const std::string folder =
        shared.plugins.empty() ? PluginHost::defaultFolder() : shared.plugins;
    printRefused(host->loadFolder(folder), shared.speaks);
    return host;
}

void setContext(Context& context, const std::vector<std::string>& pairs) {
    for (const std::string& pair : pairs) {
        const std::size_t equals = pair.find('=');
        if (equals == pair.npos)
            throw Misuse("--context", say("expected name=value, found '{0}'",
                                          "attendu nom=valeur, trouvé « {0} »", {pair}));
        context.set(pair.substr(0, equals), pair.substr(equals + 1));
        if (pair.starts_with("time=")) context.now = timeFromText(pair.substr(equals + 1));
    }
}

Bytes readInput(const std::string& file) {
    std::ostringstream content;
    if (file == "-") {
        content << std::cin.rdbuf();
        return Bytes(content.str());
    }
    std::error_code error;
    if (std::filesystem::is_directory(file, error)) return packedFolder(file);
    std::ifstream in(file, std::ios::binary);
    if (!in)
        throw Error(Fault::unavailable, file,
                    {"there is no readable file", "il n'y a pas de fichier lisible"});
    content << in.rdbuf();
    return Bytes(content.str());
}

void printRefused(const std::vector<Reason>& refused, Spoken speaks) {
    for (const Reason& why : refused)
        std::cerr << say("plugin refused: {0}", "greffon refusé : {0}", {why}).in(speaks) << '\n';
}

void writeOutput(const std::string& output, const Bytes& result) {
    const bool pack = unpacked(result).has_value();
    if (output.empty()) {
        std::cout << result.view();
        if (!pack && !result.empty() && result.view().back() != '\n') std::cout << '\n';
        return;
    }
    if (pack && !output.ends_with(".tar")) return unpackInto(output, result);
    std::ofstream out(output, std::ios::binary | std::ios::trunc);
    out << result.view();
    out.close();
    if (!out)
        throw Error(Fault::unavailable, output,
                    {"this file cannot be written", "ce fichier ne peut pas être écrit"});
}

std::string_view nameOf(Severity severity, Spoken speaks) {
    if (speaks == Spoken::english) return toText(severity);
    switch (severity) {
        case Severity::information: return "information";
        case Severity::warning: return "avertissement";
        case Severity::error: return "erreur";
        case Severity::fatal: return "erreur fatale";
    }
    return "erreur";
}

void print(std::ostream& out, const Findings& findings, Spoken speaks) {
    for (const Finding& finding : findings.all()) {
        const std::string where = finding.where.text();
        out << where << (where.empty() ? "" : ": ") << nameOf(finding.severity, speaks) << ": "
            << finding.in(speaks) << '\n';
    }
}

namespace {

/// Place and name of the issue's rule; a name that is its message, or in two languages, once.
std::string ruleOf(const Issue& issue, Spoken speaks) {
    const std::size_t space = issue.rule.find(' ');
    if (space == issue.rule.npos) return issue.rule;
    std::string name = issue.rule.substr(space + 1);
    if (const std::size_t bar = name.find(" | "); bar != name.npos)
        name = speaks == Spoken::french ? name.substr(0, bar) : name.substr(bar + 3);
    return issue.rule.substr(0, space) + (name == issue.text.in(speaks) ? "" : " " + name);
}

}  // namespace

void print(std::ostream& out, const Issues& issues, Spoken speaks) {
    for (const Issue& issue : issues.all())
        out << nameOf(issue.severity, speaks) << ": " << saidOf(issue.where, issue.text).in(speaks)
            << (issue.rule.empty() ? "" : "  [" + ruleOf(issue, speaks) + "]") << '\n';
}

}  // namespace gateway
