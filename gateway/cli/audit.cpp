/// audit list | verify
#include "audit/audit.h"

#include <iostream>

#include "cli/messages.h"
#include "host/configuration.h"
#include "store/sqlite.h"
#include "usage/columns.h"

namespace gateway {
namespace {

struct Options {
    std::string since, by, what, about;
    unsigned most = 100;
    bool json = false;
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

bool fits(const JsonValue& record, const Options& options) {
    if (!options.since.empty() && record["at"].text < options.since) return false;
    if (!options.by.empty() && record["by"].text != options.by) return false;
    if (!options.what.empty() && record["what"].text != options.what) return false;
    if (options.about.empty()) return true;
    const auto& about = record["about"].items;
    return std::any_of(about.begin(), about.end(),
                       [&](const auto& one) { return one.second.text == options.about; });
}

std::string word(const std::string& what, bool french) {
    struct Word {
        std::string_view name, fr;
    };
    constexpr Word kWords[] = {{"ask", "question"},      {"show", "lecture"},
                               {"replay", "rejeu"},      {"retranslate", "retraduction"},
                               {"close", "clôture"},     {"settle", "remise"},
                               {"edit", "modification"}, {"pause", "pause"},
                               {"resume", "reprise"},    {"reload", "rechargement"},
                               {"start", "démarrage"},   {"stop", "arrêt"},
                               {"backup", "sauvegarde"}, {"mended", "réparation"},
                               {"missing", "manque"},    {"done", "fait"},
                               {"refused", "refusé"},    {"partly", "en partie"}};
    for (const Word& one : kWords)
        if (french && one.name == what) return std::string(one.fr);
    return what;
}

/// What it is about, and what else is known: "RELAI/12, question=where".
std::string aboutOf(const JsonValue& record) {
    constexpr std::size_t kMost = 4;
    std::string text;
    std::size_t count = 0;
    for (const auto& [none, one] : record["about"].items)
        if (++count <= kMost) text += (text.empty() ? "" : " ") + one.text;
    if (count > kMost) text += " … (" + std::to_string(count) + ")";
    for (const auto& [name, value] : record["details"].items)
        text += (text.empty() ? "" : ", ") + name + "=" + value.text;
    return text;
}

void list(Shared& shared, const Options& options) {
    std::vector<std::string> found;
    const ClientPlaces places = clientPlaces(shared);
    readAudit(places.auditFile, {}, [&](const std::string& line) {
        if (fits(parsedJson(line), options)) found.push_back(line);
    });
    if (found.size() > options.most)
        found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(options.most));
    if (options.json) {
        for (const std::string& line : found) std::cout << line << '\n';
        return;
    }
    if (found.empty()) {
        std::cerr << shared.say("nothing is recorded\n", "rien n'est noté\n");
        return;
    }
    std::vector<std::vector<std::string>> lines = {
        {shared.say("number", "numéro"), shared.say("time (UTC)", "heure (UTC)"),
         shared.say("who", "qui"), shared.say("what", "quoi"), shared.say("result", "résultat"),
         shared.say("about", "objet"), shared.say("why", "motif")}};
    for (const std::string& line : found) {
        const JsonValue one = parsedJson(line);
        lines.push_back({one["n"].text, messages::shortTime(one["at"].text, false), one["by"].text,
                         word(one["what"].text, shared.french()),
                         word(one["result"].text, shared.french()), aboutOf(one), one["why"].text});
    }
    printColumns(std::cout, lines);
}

void printJson(const AuditChain& chain) {
    JsonWriter json;
    json.beginObject().field("records", chain.records);
    json.field("last", chain.head.number).field("hash", chain.head.hash);
    json.name("faults").beginArray();
    for (const AuditChain::Fault& fault : chain.faults) {
        json.beginObject().field("line", fault.line).name("what").beginObject();
        json.field("en", fault.what.en).field("fr", fault.what.fr).endObject().endObject();
    }
    json.endArray().name("torn").flag(!chain.torn.empty());
    std::cout << json.endObject().take() << '\n';
}

void printText(const AuditChain& chain, const std::string& file, const Shared& shared) {
    for (const AuditChain::Fault& fault : chain.faults)
        std::cout << (fault.line == 0 ? file : file + ":" + std::to_string(fault.line)) << ": "
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
}

void verify(Shared& shared, const Options& options) {
    const ClientPlaces places = clientPlaces(shared);
    const AuditHead known = knownTo(places.store);  // first: the file only grows meanwhile
    const AuditChain chain = readAudit(places.auditFile, known);
    options.json ? printJson(chain) : printText(chain, places.auditFile, shared);
    shared.exitCode = chain.faults.empty() ? 0 : 1;
}

CLI::App& add(CLI::App& audit, Shared& shared, const std::string& name, const std::string& summary,
              Options& options) {
    CLI::App& command = *audit.add_subcommand(name, summary);
    addConfigOption(command, shared);
    command.add_flag("--json", options.json, shared.say("As JSON", "En JSON"));
    return command;
}

void addList(CLI::App& audit, Shared& shared) {
    auto options = std::make_shared<Options>();
    CLI::App& command = add(audit, shared, "list",
                            shared.say("Who asked or changed what, and why: the last records.",
                                       "Qui a demandé ou changé quoi, et pourquoi : les derniers "
                                       "enregistrements."),
                            *options);
    command.add_option("--since", options->since,
                       shared.say("UTC: 2025-03-18 or 2025-03-18T08:42:10Z",
                                  "UTC : 2025-03-18 ou 2025-03-18T08:42:10Z"));
    command.add_option("--by", options->by, shared.say("Of this person", "De cette personne"));
    command.add_option("--what", options->what,
                       shared.say("ask, show, replay, retranslate, close, settle, edit, pause, "
                                  "resume, reload, start, stop, backup",
                                  "ask (question), show (lecture), replay, retranslate, close, "
                                  "settle, edit, pause, resume, reload, start, stop, backup"));
    command.add_option("--about", options->about,
                       shared.say("A plan (NETWORK/NUMBER), message, delivery, source, destination",
                                  "Un plan (RÉSEAU/NUMÉRO), message, envoi, source, destination"));
    command.add_option("--most", options->most, shared.say("How many", "Combien"))
        ->capture_default_str();
    command.callback([&shared, options] { list(shared, *options); });
}

void addVerify(CLI::App& audit, Shared& shared) {
    auto options = std::make_shared<Options>();
    CLI::App& command =
        add(audit, shared, "verify",
            shared.say("Finds what was cut, changed or removed in the audit, running or not.",
                       "Trouve ce qui a été coupé, modifié ou retiré du journal d'audit, en marche "
                       "ou non."),
            *options);
    command.footer(shared.say("Exit code 1 when something was.",
                              "Code de sortie 1 s'il y a eu quelque chose."));
    command.callback([&shared, options] { verify(shared, *options); });
}

}  // namespace

void addAudit(CLI::App& app, Shared& shared) {
    CLI::App& audit = *app.add_subcommand(
        "audit", shared.say("What people asked and changed: a file of its own, each record chained "
                            "to the one before.",
                            "Ce qui a été demandé et changé : un fichier à part, où chaque "
                            "enregistrement est lié au précédent."));
    audit.require_subcommand(1);
    addList(audit, shared);
    addVerify(audit, shared);
}

}  // namespace gateway
