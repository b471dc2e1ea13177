#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <system_error>
#include <vector>

#include "cli/cli.h"
#include "cli/command_host.h"
#include "cli/shared.h"
#include "core/spoken_place.h"
#include "usage/usage.h"

namespace gateway {
namespace {

/// Takes "--plugins DIR" off the front: it says which plugins' commands there are.
void takePluginsOption(std::vector<std::string>& words, Shared& shared) {
    if (words.size() >= 2 && words[0] == "--plugins") {
        shared.plugins = words[1];
        words.erase(words.begin(), words.begin() + 2);
    } else if (!words.empty() && words[0].starts_with("--plugins=")) {
        shared.plugins = words[0].substr(std::string_view("--plugins=").size());
        words.erase(words.begin());
    }
}

/// Takes "--lang en|fr" out of the words of any command, up to a "--"; without it LC_ALL,
/// LC_MESSAGES or LANG decides. @return false for another word than en and fr
bool takeLanguage(std::vector<std::string>& words, Shared& shared) {
    std::string wanted;
    for (const char* const variable : {"LC_ALL", "LC_MESSAGES", "LANG"})
        if (const char* const value = std::getenv(variable); wanted.empty() && value && *value)
            wanted = std::string_view(value).starts_with("fr") ? "fr" : "en";
    if (wanted.empty()) wanted = "en";
    for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
        const bool joined = words[i].starts_with("--lang=");
        if (!joined && words[i] != "--lang") continue;
        if (!joined && i + 1 == words.size()) return false;
        wanted = joined ? words[i].substr(std::string_view("--lang=").size()) : words[i + 1];
        const auto from = words.begin() + static_cast<std::ptrdiff_t>(i);
        words.erase(from, from + (joined ? 1 : 2));
        break;
    }
    shared.speaks = wanted == "fr" ? Spoken::french : Spoken::english;
    return wanted == "fr" || wanted == "en";
}

/// Whether `words` begin with the one or two words of a command's name.
bool calls(const std::vector<std::string>& words, const std::string& name, std::size_t& used) {
    const std::size_t space = name.find(' ');
    used = space == name.npos ? 1 : 2;
    return words.size() >= used && words[0] == name.substr(0, space) &&
           (used == 1 || words[1] == name.substr(space + 1));
}

std::string listed(const PluginHost& host, std::string_view first, const Shared& shared) {
    std::string text;
    for (const auto& [name, command] : host.commands())
        if (first.empty() || name.starts_with(std::string(first) + " "))
            text += "  " + name + std::string(name.size() < 26 ? 26 - name.size() : 1, ' ') +
                    command.summary.in(shared.speaks) + "\n";
    return text;
}

std::string headed(const std::string& commands, const Shared& shared) {
    return shared.say("Commands of plugins:\n", "Commandes des greffons :\n") + commands;
}

/// Runs a plugin's command if that is what the words call; it gets all words after its name.
bool runPluginCommand(const PluginHost& host, const std::vector<std::string>& words,
                      Shared& shared) {
    for (const auto& [name, command] : host.commands())
        if (std::size_t used = 0; calls(words, name, used)) {
            shared.exitCode =
                command.run(std::span(words).subspan(used), *commandHost(host, shared.speaks));
            return true;
        }
    const std::string group = words.empty() ? std::string() : listed(host, words[0], shared);
    if (group.empty()) return false;
    const bool asked = words.size() > 1 && (words[1] == "--help" || words[1] == "-h");
    (asked ? std::cout : std::cerr) << headed(group, shared);
    shared.exitCode = asked ? 0 : 2;
    return true;
}

bool builtIn(const CLI::App& app, const std::vector<std::string>& words) {
    for (const CLI::App* const command : app.get_subcommands(nullptr))
        if (!words.empty() && command->get_name() == words[0]) return true;
    return false;
}

int unknown(const std::string& word, const CLI::App& app, const PluginHost& host,
            const Shared& shared) {
    std::vector<std::string> known;
    for (const CLI::App* const command : app.get_subcommands(nullptr))
        known.push_back(command->get_name());
    for (const auto& [name, command] : host.commands()) known.push_back(name);
    const std::string meant = nearest(word, known);
    const Reason told =
        meant.empty()
            ? say("there is no command '{0}'; see passerelle --help",
                  "il n'y a pas de commande « {0} » ; voir passerelle --help", {word})
            : say("there is no command '{0}'; did you mean '{1}'?",
                  "il n'y a pas de commande « {0} » ; vouliez-vous dire « {1} » ?", {word, meant});
    std::cerr << "passerelle: " << told.in(shared.speaks) << '\n';
    return 2;
}

/// Of a command that has commands of its own: whether the next word is none of them, or missing.
/// @return whether that was said
bool saidUnknownPart(const CLI::App& app, const std::vector<std::string>& words,
                     const Shared& shared) {
    const CLI::App& group = *app.get_subcommand(words[0]);
    std::vector<std::string> known;
    Reason all;
    for (const CLI::App* const command : group.get_subcommands(nullptr)) {
        all = say("{0}{1}{2}", "{0}{1}{2}", {all, known.empty() ? "" : ", ", command->get_name()});
        known.push_back(command->get_name());
    }
    if (known.empty() || (words.size() > 1 && words[1].starts_with("-"))) return false;
    if (words.size() > 1 && std::find(known.begin(), known.end(), words[1]) != known.end())
        return false;
    const Reason told = words.size() == 1
                            ? say("say which of these is meant: {0}",
                                  "dire lequel de ces mots est voulu : {0}", {all})
                            : say("there is no '{0}'{1} ({2})", "il n'y a pas de « {0} »{1} ({2})",
                                  {words[1], didYouMean(words[1], known), all});
    std::cerr << saidOf("passerelle " + words[0], told).in(shared.speaks) << '\n';
    return true;
}

int parse(CLI::App& app, std::vector<std::string> words, const Shared& shared) {
    std::reverse(words.begin(), words.end());
    try {
        app.parse(std::move(words));
    } catch (const CLI::ParseError& stop) {  // --help and --version come this way too
        return app.exit(stop) == 0 ? 0 : 2;
    }
    return shared.exitCode;
}

int run(std::vector<std::string> words, Shared& shared) {
    if (!takeLanguage(words, shared)) {
        std::cerr << "passerelle: --lang: " << shared.say("expected en or fr", "attendu en ou fr")
                  << '\n';
        return 2;
    }
    CLI::App app{
        shared.say(
            "Passerelle: takes plans and messages in, keeps them safe, and delivers them to every "
            "partner in its own language.",
            "Passerelle : reçoit plans et messages, les garde en sûreté, et les remet à "
            "chaque partenaire dans sa langue."),
        "passerelle"};
    speakUsage(app, shared.speaks);
    app.set_version_flag("--version", "passerelle " PASSERELLE_VERSION,
                         shared.say("Display program version information and exit",
                                    "Affiche la version du programme"));
    app.require_subcommand(1);
    addPluginsOption(app, shared);
    addServe(app, shared);
    addCheck(app, shared);
    addStatus(app, shared);
    addMessages(app, shared);
    addStore(app, shared);
    addPause(app, shared);
    addPartners(app, shared);
    addAlerts(app, shared);
    addAudit(app, shared);
    addUnmapped(app, shared);
    addTranslate(app, shared);
    addTest(app, shared);
    addConvert(app, shared);
    addFhirpath(app, shared);
    addSend(app, shared);
    addCerts(app, shared);
    addPlugins(app, shared);

    std::string shown;
    app.add_option("--lang", shown,
                   shared.say("Language of what is printed: en or fr (default: by LANG)",
                              "Langue des textes affichés : en ou fr (par défaut, selon LANG)"))
        ->type_name("LANG");
    takePluginsOption(words, shared);
    if (!words.empty() && words[0] == "fhirpath")
        markExpression(*app.get_subcommand("fhirpath"), words);
    if (builtIn(app, words) && saidUnknownPart(app, words, shared)) return 2;
    if (builtIn(app, words)) return parse(app, std::move(words), shared);
    const std::unique_ptr<PluginHost> host = openPlugins(shared);
    if (runPluginCommand(*host, words, shared)) return shared.exitCode;
    if (!words.empty() && !words[0].starts_with("-")) return unknown(words[0], app, *host, shared);
    if (const std::string commands = listed(*host, {}, shared); !commands.empty())
        app.footer(headed(commands, shared) + '\n' +
                   shared.say("Example: passerelle check -c docs/demo",
                              "Exemple : passerelle check -c docs/demo"));
    return parse(app, std::move(words), shared);
}

}  // namespace

int runCommandLine(int argc, char** argv) {
    Shared shared;
    shared.program = argv[0];
    try {
        return run({argv + 1, argv + argc}, shared);
    } catch (const Misuse& wrong) {
        std::cerr << saidOf(wrong.where, wrong.reason()).in(shared.speaks) << '\n';
        return 2;
    } catch (const Error& error) {
        std::cerr << "passerelle: " << saidOf(error.where, error.reason()).in(shared.speaks)
                  << '\n';
        return 1;
    } catch (const std::system_error& failure) {
        if (failure.code() != std::errc::resource_unavailable_try_again) throw;
        std::cerr << "passerelle: "
                  << shared.say(
                         "the system allows no more threads: raise TasksMax= of the service, or "
                         "ulimit -u",
                         "le système ne permet pas davantage de fils d'exécution : augmenter "
                         "TasksMax= du service, ou ulimit -u")
                  << '\n';
        return 1;
    }
}

}  // namespace gateway
