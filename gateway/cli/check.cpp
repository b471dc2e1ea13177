#include <iostream>

#include "cli/shared.h"
#include "core/json_log.h"
#include "host/check_examples.h"

namespace gateway {
namespace {

void printJson(const Configuration& configuration, Spoken speaks) {
    std::cout << "{\"findings\":[";
    bool first = true;
    for (const Finding& finding : configuration.findings.all()) {
        std::cout << (first ? "" : ",") << "\n  {\"file\":" << jsonText(finding.where.file)
                  << ",\"line\":" << finding.where.line << ",\"column\":" << finding.where.column
                  << ",\"severity\":" << jsonText(toText(finding.severity))
                  << ",\"text\":" << jsonText(finding.in(speaks)) << "}";
        first = false;
    }
    const std::size_t errors = configuration.findings.errors();
    std::cout << "],\"errors\":" << errors
              << ",\"warnings\":" << configuration.findings.all().size() - errors
              << ",\"version\":" << jsonText(configuration.setup->version) << "}\n";
}

void printText(const Configuration& configuration, Spoken speaks) {
    const Findings& findings = configuration.findings;
    const Setup& setup = *configuration.setup;
    print(std::cout, findings, speaks);
    const auto number = [](std::size_t count) { return Reason(std::to_string(count)); };
    if (findings.failed()) {
        std::cerr << say("errors: {0}, warnings: {1}\n", "erreurs : {0}, avertissements : {1}\n",
                         {number(findings.errors()),
                          number(findings.all().size() - findings.errors())})
                         .in(speaks);
        return;
    }
    std::size_t changed = 0;
    for (const auto& [name, map] : setup.maps) changed += map.changed.size();
    const Reason networks = changed == 0
                                ? Reason()
                                : say(" ({0} as networks change them)",
                                      " ({0} modifiées par des réseaux)", {number(changed)});
    std::cout << say("good: {0} sources, {1} partners, {2} destinations, {3} routes, {4} maps{5}; "
                     "version {6}\n",
                     "correct : {0} sources, {1} partenaires, {2} destinations, {3} routes, {4} "
                     "transformations{5} ; version {6}\n",
                     {number(setup.sources.size()), number(setup.directory->all().size()),
                      number(setup.destinations.size()), number(setup.routes.size()),
                      number(setup.maps.size()), networks, setup.version})
                     .in(speaks);
}

}  // namespace

void addCheck(CLI::App& app, Shared& shared) {
    CLI::App& command = *app.add_subcommand(
        "check",
        shared.say(
            "Checks configuration, plugins, maps, tables and certificates, and starts nothing.",
            "Vérifie configuration, greffons, transformations, tables et certificats, sans "
            "rien démarrer."));
    addConfigOption(command, shared);
    addPluginsOption(command, shared);
    auto json = std::make_shared<bool>(false);
    command.add_flag("--json", *json, shared.say("Findings as JSON", "Les constats en JSON"));
    command.footer(
        shared.say("Prints file:line:column of each mistake; exit code 1 when there is an error.\n"
                   "Example: passerelle check -c docs/demo",
                   "Affiche fichier:ligne:colonne de chaque faute ; code de retour 1 s'il y a une "
                   "erreur.\n"
                   "Exemple : passerelle check -c docs/demo"));
    command.callback([&shared, json] {
        const ConfigFiles files = readConfigFiles(shared.config);
        PluginHost host;
        Findings loading;
        loadPlugins(files, shared.plugins, host, loading);
        Configuration configuration = configure(files, host, loading);
        checkExamples(files, host, configuration);
        *json ? printJson(configuration, shared.speaks) : printText(configuration, shared.speaks);
        shared.exitCode = configuration.findings.failed() ? 1 : 0;
    });
}

}  // namespace gateway
