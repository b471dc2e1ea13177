/// @file  What the subcommands share. Each one registers itself: void addX(CLI::App&, Shared&)
/// makes its subcommand, and its callback leaves the exit code in Shared::exitCode.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/bytes.h"
#include "gateway/context.h"
#include "gateway/error.h"
#include "host/plugin_host.h"

namespace gateway {

struct ClientPlaces;  // host/configuration.h
struct AdminPlace;    // cli/admin_client.h

/// What says where a gateway is asked over the network; what is empty, the environment says.
struct AdminWords {
    std::string url, ca, cert, key;
};

struct Shared {
    std::string program;              ///< as called: argv[0]
    std::string config = ".";         ///< folder of the configuration (-c)
    std::string plugins;              ///< folder of plugins (--plugins); empty: as configured
    AdminWords admin;                 ///< --admin, --ca, --cert, --key
    Spoken speaks = Spoken::english;  ///< --lang, else LC_ALL, LC_MESSAGES or LANG
    bool french() const { return speaks == Spoken::french; }
    /// The words of that language.
    std::string say(std::string_view en, std::string_view fr) const {
        return std::string(french() ? fr : en);
    }
    int exitCode = 0;  ///< 0 done, 1 the work failed or something was refused
};

/// Wrong usage that only the command itself, or the gateway that it asks, could see;
/// runCommandLine() prints it and ends with 2.
class Misuse final : public Error {
public:
    Misuse(const std::string& option, const Reason& what)
        : Error(Fault::unsupported, option, what) {}
};

/// Gives a subcommand the option -c,--config DIR.
void addConfigOption(CLI::App& command, Shared& shared);

/// Where the gateway whose configuration is in shared.config is found: its admin socket
/// (`admin: {socket: …}` of passerelle.yaml, else admin.sock beside the store), its audit, its
/// store. Loads no plugins.
/// @throws Error(unavailable) naming file, line and column when the configuration cannot be read;
/// runCommandLine() prints it and ends with 1
ClientPlaces clientPlaces(const Shared& shared);
std::string adminSocket(const Shared& shared);

/// Gives a subcommand that asks a running gateway -c,--config DIR, and --admin URL with --ca,
/// --cert and --key instead.
void addAdminOptions(CLI::App& command, Shared& shared);
/// What they say, or PASSERELLE_ADMIN, PASSERELLE_ADMIN_CA, _CERT and _KEY; else the socket of the
/// configuration. @throws as clientPlaces()
AdminPlace adminPlace(const Shared& shared);

/// Gives a subcommand the option --plugins DIR.
void addPluginsOption(CLI::App& command, Shared& shared);

/// The plugins of shared.plugins, or of the default folder; what was refused is said on stderr.
std::unique_ptr<PluginHost> openPlugins(const Shared& shared);

/// Puts "--" before an expression that begins with a minus, so that it is not taken for options.
/// @param words  the command's name and what follows it
void markExpression(const CLI::App& command, std::vector<std::string>& words);

/// What --context says, "name=value" each; `time` is now() too.
/// @throws Misuse
void setContext(Context& context, const std::vector<std::string>& pairs);

/// The content of a file, "-" is stdin, a folder the pack of its files. @throws Error(unavailable)
Bytes readInput(const std::string& file);

/// Writes a result to a file, to a folder when it is a pack (unless `output` ends in .tar), or,
/// when `output` is empty, to stdout: a text then ends its last line.
/// @throws Error(unavailable)
void writeOutput(const std::string& output, const Bytes& result);

/// "file:line:column: error: text", one line for each finding.
void print(std::ostream& out, const Findings& findings, Spoken speaks);
/// "error: place: text  [rule]", one line for each issue.
void print(std::ostream& out, const Issues& issues, Spoken speaks);
/// What plugins were refused, one line each.
void printRefused(const std::vector<Reason>& refused, Spoken speaks);
/// "error", "erreur".
std::string_view nameOf(Severity severity, Spoken speaks);

// Each in its own file.
void addServe(CLI::App& app, Shared& shared);
void addCheck(CLI::App& app, Shared& shared);
void addPlugins(CLI::App& app, Shared& shared);
void addTranslate(CLI::App& app, Shared& shared);
void addTest(CLI::App& app, Shared& shared);
void addConvert(CLI::App& app, Shared& shared);
void addFhirpath(CLI::App& app, Shared& shared);
void addSend(CLI::App& app, Shared& shared);
void addCerts(CLI::App& app, Shared& shared);
void addMessages(CLI::App& app, Shared& shared);
void addStatus(CLI::App& app, Shared& shared);
void addStore(CLI::App& app, Shared& shared);
void addUnmapped(CLI::App& app, Shared& shared);
void addPause(CLI::App& app, Shared& shared);
void addPartners(CLI::App& app, Shared& shared);
void addAlerts(CLI::App& app, Shared& shared);
void addAudit(CLI::App& app, Shared& shared);

}  // namespace gateway
