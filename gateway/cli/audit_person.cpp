/// audit person: who sent, saw and got the data of one person.
#include <iostream>
#include <unordered_set>

#include "cli/admin_client.h"
#include "cli/audit.h"
#include "cli/messages.h"
#include "cli/terminal.h"
#include "core/json_text.h"
#include "host/configuration.h"

namespace gateway::audit {
namespace {

struct Options {
    AuditFilter filter;
    std::string by = userName(), why;
    bool json = false, csv = false;
};

std::string trimmed(std::string text) {
    text.erase(0, text.find_first_not_of(" \t\r"));
    text.erase(text.find_last_not_of(" \t\r") + 1);
    return text;
}

/// Who is meant, from the terminal or stdin: never from the command line, which others can read.
JsonWriter askWho(const Shared& shared) {
    const auto line = [&](const char* en, const char* fr) {
        return trimmed(readLine(shared.say(en, fr), false).value_or(std::string()));
    };
    JsonWriter json;
    json.beginObject();
    const std::string who =
        line("Plan number, an identifier of the person, or family name:",
             "Numéro de plan, un identifiant de la personne, ou nom de famille :");
    if (who.empty())
        throw Error(Fault::rejected, "", Reason{"nobody was named", "personne n'a été désigné"});
    if (who.find_first_of("0123456789") != who.npos) {
        json.field("who", who);
        return json;
    }
    const std::string born = line("Date of birth:", "Date de naissance :");
    json.field("name", who).field("born", born);
    return json;
}

/// Ids and numbers of all that is about that person.
std::unordered_set<std::string> ask(const Shared& shared, const Options& options) {
    JsonWriter json = askWho(shared);
    json.field("by", options.by).field("why", options.why);
    const std::string answer = AdminClient(adminSocket(shared), std::chrono::hours(1))
                                   .post("/audit/person", json.endObject().take());
    std::unordered_set<std::string> ids;
    const JsonValue told = parsedJson(answer);
    for (const auto& [none, id] : told["about"].items) ids.insert(id.text);
    return ids;
}

void report(Shared& shared, const Options& options) {
    if (options.why.empty())
        throw Misuse("--why", {"say why it is asked", "dire pourquoi on le demande"});
    const std::unordered_set<std::string> ids = ask(shared, options);
    std::vector<AuditEntry> found;
    eachAuditEntry(clientPlaces(shared).auditFile, options.filter, [&](const AuditEntry& entry) {
        for (const std::string& one : entry.about)
            if (ids.contains(one)) return found.push_back(entry);
    });
    shared.exitCode = ids.empty() ? 1 : 0;
    if (options.csv) return printCsv(found);
    if (options.json) {
        for (const AuditEntry& entry : found) std::cout << auditJson(entry) << '\n';
        return;
    }
    if (ids.empty())
        std::cerr << shared.say("no plan and no message about that person is known\n",
                                "aucun plan ni message sur cette personne n'est connu\n");
    else if (found.empty())
        std::cerr << shared.say("nothing is recorded\n", "rien n'est noté\n");
    else
        printTable(found, shared);
}

}  // namespace

void addPerson(CLI::App& audit, Shared& shared) {
    auto options = std::make_shared<Options>();
    CLI::App& command =
        add(audit, shared, "person",
            shared.say("Who sent, saw and got the data of one person, for whoever has a right to "
                       "know: asks on the terminal or stdin who is meant, needs the running "
                       "gateway, and is recorded itself.",
                       "Qui a envoyé, vu et reçu les données d'une personne, pour qui a le droit "
                       "de le savoir : demande au terminal ou sur l'entrée standard qui c'est, a "
                       "besoin de la passerelle en marche, et est noté aussi."));
    command.add_option("--why", options->why,
                       shared.say("The reason, without names: \"request no. 31\" (needed)",
                                  "Le motif, sans noms : « demande n° 31 » (obligatoire)"));
    command.add_option("--by", options->by, shared.say("Who asks", "Qui demande"))
        ->capture_default_str();
    command.add_flag("--json", options->json, shared.say("As JSON", "En JSON"));
    command.add_flag("--csv", options->csv, shared.say("As CSV", "En CSV"));
    addPeriod(command, shared, options->filter);
    command.callback([&shared, options] { report(shared, *options); });
}

}  // namespace gateway::audit
