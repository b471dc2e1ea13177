#include <iostream>

#include "cli/shared.h"
#include "core/json_log.h"

namespace gateway {
namespace {

void printJson(const PluginHost& host) {
    std::cout << "[";
    const char* between = "\n";
    for (const LoadedPlugin& plugin : host.plugins()) {
        std::cout << between << "  {\"name\":" << jsonText(plugin.name)
                  << ",\"version\":" << jsonText(plugin.version)
                  << ",\"file\":" << jsonText(plugin.file) << ",\"offers\":[";
        for (const Offer& offer : plugin.offers)
            std::cout << (&offer == &plugin.offers.front() ? "" : ",")
                      << "{\"kind\":" << jsonText(offer.kind)
                      << ",\"name\":" << jsonText(offer.name) << "}";
        std::cout << "]}";
        between = ",\n";
    }
    std::cout << "\n]\n";
}

void printText(const PluginHost& host) {
    for (const LoadedPlugin& plugin : host.plugins()) {
        std::cout << plugin.name << ' ' << plugin.version << ':';
        for (const Offer& offer : plugin.offers)
            std::cout << (&offer == &plugin.offers.front() ? " " : ", ") << offer.kind << ' '
                      << offer.name;
        std::cout << '\n';
    }
}

}  // namespace

void addPlugins(CLI::App& app, Shared& shared) {
    CLI::App& command = *app.add_subcommand(
        "plugins", shared.say("Lists the plugins: name, version, and what each offers.",
                              "Liste les greffons : nom, version, et ce que chacun offre."));
    addPluginsOption(command, shared);
    auto json = std::make_shared<bool>(false);
    command.add_flag("--json", *json, shared.say("The list as JSON", "La liste en JSON"));
    command.footer(shared.say(
        "A plugin that is refused is named on stderr with the reason; exit code 1 then.\n"
        "Example: passerelle plugins --plugins build/plugins",
        "Un greffon refusé est nommé sur la sortie d'erreur, avec la raison ; code de "
        "retour 1 dans ce cas.\n"
        "Exemple : passerelle plugins --plugins build/plugins"));
    command.callback([&shared, json] {
        PluginHost host;
        const std::vector<Reason> refused =
            host.loadFolder(shared.plugins.empty() ? PluginHost::defaultFolder() : shared.plugins);
        *json ? printJson(host) : printText(host);
        printRefused(refused, shared.speaks);
        shared.exitCode = refused.empty() ? 0 : 1;
    });
}

}  // namespace gateway
