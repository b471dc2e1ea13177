/// audit list | verify | person | export
#include "cli/audit.h"

#include <algorithm>
#include <deque>
#include <iostream>
#include <regex>

#include "audit/audit.h"
#include "core/digest.h"
#include "core/json_text.h"
#include "host/configuration.h"
#include "store/sqlite.h"

namespace gateway {
namespace {

struct Options {
    AuditFilter filter;
    unsigned most = 100;
    bool json = false, csv = false;
    std::string noted;
};

/// "34 HASH", "34:HASH" or "34, HASH", as `verify` has printed it.
AuditHead notedIn(std::string text) {
    for (char& c : text)
        if (c == ':' || c == ',') c = ' ';
    const AuditHead head = AuditHead::parsed(text);
    const std::size_t from = std::min(head.hash.find_first_not_of(' '), head.hash.size());
    const std::string hash = head.hash.substr(from);
    if (head.number == 0 || hash.size() != 64 ||
        hash.find_first_not_of("0123456789abcdef") != hash.npos)
        throw Misuse("--noted", {"expected the number and the hash of a record, as `audit verify` "
                                 "prints them",
                                 "attendu le numéro et l'empreinte d'un enregistrement, tels que "
                                 "« audit verify » les affiche"});
    return {head.number, hash};
}

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

/// Of a chain whose record is noted elsewhere the store is not needed: it may be lost.
AuditHead knownTo(const std::string& store, bool needed, const Shared& shared) try {
    return knownTo(store);
} catch (const Error& error) {
    if (needed) throw;
    std::cerr << say("the store cannot say which record was the last: {0}\n",
                     "la base ne peut pas dire quel enregistrement était le dernier : {0}\n",
                     {error.reason()})
                     .in(shared.speaks);
    return {};
}

/// A chain made anew fits in itself, but not what somebody has noted of the former one.
void compare(const AuditHead& noted, const std::string& found, const std::string& file,
             AuditChain& chain) {
    const std::string number = std::to_string(noted.number);
    if (found.empty())
        chain.faults.push_back(
            {0,
             say("record {0} was noted, and is not there",
                 "l'enregistrement {0} avait été relevé, et n'est plus là", {number}),
             file});
    else if (found != noted.hash)
        chain.faults.push_back(
            {0,
             say("record {0} is not the one that was noted",
                 "l'enregistrement {0} n'est pas celui qui avait été relevé", {number}),
             file});
}

void verify(Shared& shared, const Options& options) {
    const AuditHead noted = options.noted.empty() ? AuditHead() : notedIn(options.noted);
    const std::string begins = "{\"n\":" + std::to_string(noted.number) + ",";
    const ClientPlaces places = clientPlaces(shared);
    // First: the files only grow meanwhile.
    const AuditHead known = knownTo(places.store, noted.number == 0, shared);
    std::string found;
    AuditChain chain = readAudit(places.auditFile, known, [&](const std::string& line) {
        if (noted.number != 0 && line.starts_with(begins)) found = sha256(line);
    });
    if (noted.number != 0) compare(noted, found, places.auditFile, chain);
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
    command
        .add_option("--noted", options->noted,
                    shared.say("A record as an earlier `verify` printed it, kept elsewhere: its "
                               "number and hash (34:HASH). Whoever made the chain anew has "
                               "another. With it the store may be missing",
                               "Un enregistrement tel qu'un « verify » antérieur l'a affiché, "
                               "gardé ailleurs : son numéro et son empreinte (34:EMPREINTE). Qui "
                               "aurait refait la chaîne en a une autre. Avec lui, la base peut "
                               "manquer"))
        ->type_name("TEXT");
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
    // Times are compared as texts: another form would be before or after all of them.
    const CLI::Validator time(
        [&shared](std::string& text) {
            static const std::regex form(
                "\\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\\d|3[01])"
                "([T ]([01]\\d|2[0-3])(:[0-5]\\d(:[0-5]\\d(\\.\\d{1,3})?)?)?Z?)?)?)?");
            if (!std::regex_match(text, form))
                return shared.say("expected YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ",
                                  "attendu AAAA-MM-JJ ou AAAA-MM-JJThh:mm:ssZ");
            if (text.ends_with('Z')) text.pop_back();
            std::replace(text.begin(), text.end(), ' ', 'T');
            return std::string();
        },
        "", "");
    command
        .add_option("--since", filter.since,
                    shared.say("UTC: 2025-03-18 or 2025-03-18T08:42:10Z",
                               "UTC : 2025-03-18 ou 2025-03-18T08:42:10Z"))
        ->transform(time);
    command
        .add_option(
            "--until", filter.until,
            shared.say("UTC, itself left out: 2025-04-01", "UTC, lui-même exclu : 2025-04-01"))
        ->transform(time);
}

void addFilter(CLI::App& command, Shared& shared, AuditFilter& filter) {
    addPeriod(command, shared, filter);
    command.add_option("--by", filter.by,
                       shared.say("Of this person or endpoint", "De cette personne ou extrémité"));
    command.add_option(
        "--what", filter.what,
        shared.say(
            "received, delivered, picked-up, offered, set-aside, uncertain, closed, "
            "left-out, refused, refusal, sign-in, read, ask, search, show, break-glass, "
            "replay, retranslate, close, settle, edit, pause, resume, reload, start, stop, backup, "
            "access-report, …",
            "received (reçu), delivered (livré), picked-up (retiré), offered, set-aside, "
            "uncertain, closed, left-out (écarté), refused, refusal (refus), sign-in "
            "(connexion), read, ask (question), search (recherche), show (lecture), "
            "break-glass (bris de glace), replay, retranslate, close, settle, edit, pause, resume, "
            "reload, start, stop, backup, access-report, …"));
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
