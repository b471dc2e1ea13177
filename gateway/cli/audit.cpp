/// audit list | verify | person | export
#include "cli/audit.h"

#include <deque>
#include <iostream>

#include "audit/audit.h"
#include "core/json_text.h"
#include "host/configuration.h"
#include "store/sqlite.h"

namespace gateway {
namespace {

struct Options {
    AuditFilter filter;
    unsigned most = 100;
    bool json = false, csv = false;
};

/// The last record that the store knows of; none when it has no such note.
AuditHead knownTo(const std::string& store) {
    if (store.empty()) return {};
    try {
        sqlite::Connection connection(store, sqlite::Connection::Use::read, {});
        sqlite::Statement select(connection, "SELECT text FROM note WHERE key = ?");
        auto row = select(kAuditNote);
        return row.step() ? AuditHead::parsed(row.string(0)) : AuditHead{};
    } catch (const sqlite::Failure& failure) {
        throw sqlite::toError(failure);
    }
}

void list(Shared& shared, const Options& options) {
    std::deque<AuditEntry> found;
    eachAuditEntry(clientPlaces(shared).auditFile, options.filter, [&](const AuditEntry& entry) {
        if (options.json && options.most == 0) {
            std::cout << auditJson(entry) << '\n';
            return;
        }
        found.push_back(entry);
        if (options.most != 0 && found.size() > options.most) found.pop_front();
    });
    const std::vector<AuditEntry> entries(found.begin(), found.end());
    if (options.csv) return audit::printCsv(entries);
    if (options.json) {
        for (const AuditEntry& entry : entries) std::cout << auditJson(entry) << '\n';
        return;
    }
    if (entries.empty()) {
        std::cerr << shared.say("nothing is recorded\n", "rien n'est noté\n");
        return;
    }
    audit::printTable(entries, shared);
}

void printJson(const AuditChain& chain) {
    JsonWriter json;
    json.beginObject().field("records", chain.records);
    json.field("last", chain.head.number).field("hash", chain.head.hash);
    json.name("faults").beginArray();
    for (const AuditChain::Fault& fault : chain.faults) {
        json.beginObject().field("file", fault.file).field("line", fault.line).name("what");
        json.beginObject().field("en", fault.what.en).field("fr", fault.what.fr);
        json.endObject().endObject();
    }
    json.endArray().name("torn").flag(!chain.torn.empty());
    std::cout << json.endObject().take() << '\n';
}

void printText(const AuditChain& chain, const std::string& file, const Shared& shared) {
    for (const AuditChain::Fault& fault : chain.faults)
        std::cout << fault.file
                  << (fault.line == 0 ? std::string() : ":" + std::to_string(fault.line)) << ": "
                  << fault.what.in(shared.speaks) << '\n';
    if (!chain.torn.empty())
        std::cout << file << ": "
                  << shared.say("its last line has no end: the next start will tell of it",
                                "sa dernière ligne est inachevée : le prochain démarrage le dira")
                  << '\n';
    if (!chain.faults.empty()) return;
    std::cout << say("{0}: {1} records, none cut, changed or removed; the last is {2}, {3}\n",
                     "{0} : {1} enregistrements, aucun coupé, modifié ni retiré ; le dernier est "
                     "{2}, {3}\n",
                     {file, std::to_string(chain.records), std::to_string(chain.head.number),
                      chain.head.hash})
                     .in(shared.speaks);
    if (chain.first > 1)
        std::cout << say("records 1 to {0} were kept as long as 'keep' says, and are told of\n",
                         "les enregistrements 1 à {0} ont été gardés le temps que dit « keep », et "
                         "cela est noté\n",
                         {std::to_string(chain.first - 1)})
                         .in(shared.speaks);
}

void verify(Shared& shared, const Options& options) {
    const ClientPlaces places = clientPlaces(shared);
    const AuditHead known = knownTo(places.store);  // first: the files only grow meanwhile
    const AuditChain chain = readAudit(places.auditFile, known);
    options.json ? printJson(chain) : printText(chain, places.auditFile, shared);
    shared.exitCode = chain.faults.empty() ? 0 : 1;
}

void addList(CLI::App& parent, Shared& shared) {
    auto options = std::make_shared<Options>();
    CLI::App& command = audit::add(
        parent, shared, "list",
        shared.say("Who asked, changed, sent, got or was refused what, and why: the last "
                   "records.",
                   "Qui a demandé, changé, envoyé, reçu ou s'est vu refuser quoi, et "
                   "pourquoi : les derniers enregistrements."));
    command.add_flag("--json", options->json, shared.say("As JSON", "En JSON"));
    command.add_flag("--csv", options->csv, shared.say("As CSV", "En CSV"));
    audit::addFilter(command, shared, options->filter);
    command
        .add_option("--most", options->most, shared.say("How many; 0: all", "Combien ; 0 : tous"))
        ->capture_default_str();
    command.callback([&shared, options] { list(shared, *options); });
}

void addVerify(CLI::App& parent, Shared& shared) {
    auto options = std::make_shared<Options>();
    CLI::App& command = audit::add(
        parent, shared, "verify",
        shared.say("Finds what was cut, changed or removed in the audit, running or not.",
                   "Trouve ce qui a été coupé, modifié ou retiré du journal d'audit, en marche "
                   "ou non."));
    command.add_flag("--json", options->json, shared.say("As JSON", "En JSON"));
    command.footer(shared.say("Exit code 1 when something was.",
                              "Code de sortie 1 s'il y a eu quelque chose."));
    command.callback([&shared, options] { verify(shared, *options); });
}

}  // namespace

namespace audit {

CLI::App& add(CLI::App& parent, Shared& shared, const std::string& name,
              const std::string& summary) {
    CLI::App& command = *parent.add_subcommand(name, summary);
    addConfigOption(command, shared);
    return command;
}

void addPeriod(CLI::App& command, Shared& shared, AuditFilter& filter) {
    command.add_option("--since", filter.since,
                       shared.say("UTC: 2025-03-18 or 2025-03-18T08:42:10Z",
                                  "UTC : 2025-03-18 ou 2025-03-18T08:42:10Z"));
    command.add_option(
        "--until", filter.until,
        shared.say("UTC, itself left out: 2025-04-01", "UTC, lui-même exclu : 2025-04-01"));
}

void addFilter(CLI::App& command, Shared& shared, AuditFilter& filter) {
    addPeriod(command, shared, filter);
    command.add_option("--by", filter.by,
                       shared.say("Of this person or endpoint", "De cette personne ou extrémité"));
    command.add_option(
        "--what", filter.what,
        shared.say("received, delivered, picked-up, offered, set-aside, uncertain, closed, "
                   "left-out, refused, refusal, sign-in, read, ask, show, replay, retranslate, "
                   "close, settle, edit, pause, resume, reload, start, stop, backup, "
                   "access-report, …",
                   "received (reçu), delivered (livré), picked-up (retiré), offered, set-aside, "
                   "uncertain, closed, left-out (écarté), refused, refusal (refus), sign-in "
                   "(connexion), read, ask (question), show (lecture), replay, retranslate, close, "
                   "settle, edit, pause, resume, reload, start, stop, backup, access-report, …"));
    command.add_option("--about", filter.about,
                       shared.say("A plan (NETWORK/NUMBER), message, delivery, partner, source, "
                                  "destination",
                                  "Un plan (RÉSEAU/NUMÉRO), message, envoi, partenaire, source, "
                                  "destination"));
}

}  // namespace audit

void addAudit(CLI::App& app, Shared& shared) {
    CLI::App& parent = *app.add_subcommand(
        "audit",
        shared.say("Who asked, changed, sent, got or was refused what: files of its own, each "
                   "record chained to the one before.",
                   "Qui a demandé, changé, envoyé, reçu ou s'est vu refuser quoi : des fichiers à "
                   "part, où chaque enregistrement est lié au précédent."));
    parent.require_subcommand(1);
    addList(parent, shared);
    addVerify(parent, shared);
    audit::addPerson(parent, shared);
    audit::addExport(parent, shared);
}

}  // namespace gateway
