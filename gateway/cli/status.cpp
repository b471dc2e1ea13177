/// status: sources, destinations, queues, and whether all that was accepted is accounted for.
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <vector>

#include "cli/admin_client.h"
#include "cli/shared.h"
#include "cli/wishes.h"
#include "usage/columns.h"

namespace gateway {
namespace {

struct Column {
    const char* name;  ///< in the answer
    const char* en;
    const char* fr;
};

constexpr Column kMessages[] = {
    {"accepted", "accepted", "acceptés"}, {"translated", "translated", "traduits"},
    {"held", "held", "retenus"},          {"ignored", "ignored", "ignorés"},
    {"closed", "closed", "clos"},         {"waiting", "waiting", "à traduire"}};
constexpr Column kDeliveries[] = {
    {"queued", "queued", "en file"},         {"inflight", "sending", "en envoi"},
    {"delivered", "delivered", "remis"},     {"uncertain", "uncertain", "incertains"},
    {"set-aside", "set aside", "de côté"},   {"held", "held", "retenus"},
    {"offered", "offered", "à disposition"}, {"closed", "closed", "clos"}};

/// "3 min", "2 h": one unit is enough to see whether something is stuck.
std::string age(std::uint64_t seconds, bool french) {
    if (seconds < 120) return std::to_string(seconds) + " s";
    if (seconds < 7200) return std::to_string(seconds / 60) + " min";
    if (seconds < 172'800) return std::to_string(seconds / 3600) + " h";
    return std::to_string(seconds / 86'400) + (french ? " j" : " d");
}

/// "2027-01-05 06:00:00Z"
std::string shortTime(const JsonValue& time) {
    std::string text = time.text.substr(0, 19) + "Z";
    if (text.size() > 10) text[10] = ' ';
    return text;
}

/// "  paused since … by anne: maintenance".
Reason pausedText(const JsonValue& paused) {
    const std::string since = shortTime(paused["since"]);
    const std::string& why = paused["why"].text;
    return say(
        "  paused since {0} by {1}{2}", "  en pause depuis {0} par {1}{2}",
        {since, paused["by"].text, why.empty() ? Reason() : Reason{": " + why, " : " + why}});
}

/// "not reached since …, next try …: why"
Reason brokenText(const JsonValue& broken) {
    return say("  not reached since {0}, next try {1}: {2}",
               "  injoignable depuis {0}, prochain essai {1} : {2}",
               {shortTime(broken["since"]), shortTime(broken["next"]),
                Reason{broken["why"]["en"].text, broken["why"]["fr"].text}});
}

/// "nothing can be taken in since …: why"
Reason troubleText(const JsonValue& trouble) {
    return say("  nothing can be taken in since {0}: {1}",
               "  rien ne peut être pris depuis {0} : {1}",
               {shortTime(trouble["since"]),
                Reason{trouble["what"]["en"].text, trouble["what"]["fr"].text}});
}

/// "next due …; 3 due now"
Reason dueText(const JsonValue& due) {
    const Reason next =
        due["next"].text.empty()
            ? Reason{"no later due time", "pas d'échéance ultérieure"}
            : say("next due {0}", "prochaine échéance {0}", {shortTime(due["next"])});
    return say(
        "  {0}; {1}{2} due now", "  {0} ; {1}{2} échues",
        {next, due["now"].text, due["more"].flag() ? Reason{" or more", " ou plus"} : Reason()});
}

/// What holds a source or a destination back, a line each.
void printHolds(const JsonValue& row, Spoken speaks) {
    const auto line = [&](const Reason& text) { std::cout << text.in(speaks) << '\n'; };
    if (const JsonValue& paused = row["paused"]; !paused.items.empty()) line(pausedText(paused));
    if (const JsonValue& broken = row["broken"]; !broken.items.empty()) line(brokenText(broken));
    if (const JsonValue& trouble = row["trouble"]; !trouble.items.empty())
        line(troubleText(trouble));
    if (const JsonValue& due = row["due"]; !due.items.empty()) line(dueText(due));
    if (const JsonValue& quiet = row["quiet"]; !quiet.items.empty())
        line(say("  {0}", "  {0}", {quietText(quiet["shown"].text)}));
    for (const auto& [none, rate] : row["rates"].items)
        line(say("  {0}", "  {0}", {rateText(rate["most"].number(), rate["per_ms"].number())}));
}

Reason reasonOf(const JsonValue& value) { return {value["en"].text, value["fr"].text}; }

/// Whether a person may want to know of a source or destination at once.
bool isOpen(const JsonValue& row) {
    for (const char* const state :
         {"waiting", "queued", "inflight", "uncertain", "set-aside", "held"})
        if (row[state].number() > 0) return true;
    for (const char* const hold : {"paused", "broken", "trouble"})
        if (!row[hold].items.empty()) return true;
    return false;
}

template <std::size_t N>
void printTable(const JsonValue& rows, const Column (&columns)[N], const std::string& title,
                bool french, bool onlyOpen) {
    const auto cell = [french](const Column& column, std::string text) {
        return padded(std::move(text), characters(french ? column.fr : column.en) + 2);
    };
    std::string head = padded(title, 28);
    for (const Column& column : columns) head += cell(column, french ? column.fr : column.en);
    std::cout << '\n' << lineOf(std::move(head));
    std::size_t others = 0;
    for (const auto& [none, row] : rows.items) {
        if (onlyOpen && !isOpen(row)) {
            ++others;
            continue;
        }
        std::string name = row["name"].text;
        if (!row["configured"].flag()) name += french ? " (non configuré)" : " (not configured)";
        std::string line = padded(name, 28);
        for (const Column& column : columns) line += cell(column, row[column.name].text);
        if (const JsonValue& oldest = row["oldest_waiting_seconds"]; !oldest.text.empty())
            line += (french ? "plus ancien : " : "oldest: ") + age(oldest.number(), french);
        std::cout << lineOf(std::move(line));
        printHolds(row, french ? Spoken::french : Spoken::english);
    }
    if (others > 0)
        std::cout << say("{0} more, where nothing waits", "{0} de plus, où rien n'attend",
                         {std::to_string(others)})
                         .in(french ? Spoken::french : Spoken::english)
                  << '\n';
}

/// Of which states "waiting" is made: a person may want to know, the sum does not.
struct Term {
    std::vector<const char*> states;
    Reason word;
};
const Term kSourceTerms[] = {{{"translated"}, {"translated", "traduits"}},
                             {{"held"}, {"held", "retenus"}},
                             {{"ignored"}, {"ignored", "ignorés"}},
                             {{"closed"}, {"closed", "clos"}},
                             {{"received"}, {"waiting", "à traduire"}}};
const Term kDestinationTerms[] = {{{"delivered"}, {"delivered", "remis"}},
                                  {{"offered"}, {"offered", "à disposition"}},
                                  {{"queued", "inflight", "uncertain"}, {"waiting", "en cours"}},
                                  {{"set-aside"}, {"set aside", "de côté"}},
                                  {{"held"}, {"held", "retenus"}},
                                  {{"closed"}, {"closed", "clos"}}};

/// "5 accepted = 4 translated + 1 held + …", from what lies in the store.
template <std::size_t N>
std::string equation(const JsonValue& account, const Reason& in, const Term (&terms)[N],
                     Spoken speaks) {
    std::string text = account["in"].text + " " + in.in(speaks);
    const char* between = " = ";
    for (const Term& term : terms) {
        std::uint64_t sum = 0;
        for (const char* const state : term.states) sum += account["states"][state].number();
        text += between + std::to_string(sum) + " " + term.word.in(speaks);
        between = " + ";
    }
    return text;
}

std::string accountText(const JsonValue& account, Spoken speaks) {
    const std::string& kind = account["kind"].text;
    if (kind == "source") return equation(account, {"accepted", "acceptés"}, kSourceTerms, speaks);
    if (kind == "destination")
        return equation(account, {"intended", "prévus"}, kDestinationTerms, speaks);
    return say("{0} left out = {1} with the reason on their timeline + {2} taken away by retention",
               "{0} écartés = {1} avec le motif dans leur chronologie + {2} retirés par la "
               "conservation",
               {account["in"].text, account["left_out"].text, account["finished"].text})
        .in(speaks);
}

/// What was counted when it came in, against what lies in the store.
void printAccounts(const JsonValue& accounts, Spoken speaks, bool onlyOpen) {
    std::cout << '\n'
              << Reason("Reconciliation (the last full count of the store)",
                        "Réconciliation (dernier compte complet de la base)")
                     .in(speaks)
              << '\n';
    if (accounts.items.empty())
        std::cout << Reason("not counted yet", "pas encore comptée").in(speaks) << '\n';
    bool even = true;
    for (const auto& [none, account] : accounts.items) {
        const std::string& name = account["name"].text;
        if (onlyOpen && account["gap"].text == "0") continue;
        std::cout << padded(name.empty()
                                ? Reason("(not in the directory)", "(hors annuaire)").in(speaks)
                                : name,
                            28)
                  << accountText(account, speaks);
        if (account["gap"].text != "0") {
            even = false;
            std::cout << say("; GAP: {0}", " ; ÉCART : {0}", {account["gap"].text}).in(speaks);
        }
        std::cout << '\n';
    }
    if (even && !accounts.items.empty())
        std::cout << Reason("all is accounted for", "le compte est bon").in(speaks) << '\n';
}

void printAlerts(const JsonValue& status, Spoken speaks) {
    for (const auto& [none, one] : status["not_ready"].items)
        std::cout << say("NOT READY: {0}", "PAS PRÊTE : {0}", {reasonOf(one["why"])}).in(speaks)
                  << '\n';
    for (const auto& [none, alert] : status["alerts"].items)
        std::cout << say("ALERT since {0}: {1}", "ALERTE depuis {0} : {1}",
                         {shortTime(alert["since"]), reasonOf(alert["text"])})
                         .in(speaks)
                  << '\n';
}

void printCertificates(const JsonValue& certificates, Spoken speaks) {
    std::map<std::string, std::pair<std::int64_t, std::string>> files;
    for (const auto& [none, one] : certificates.items) {
        const std::int64_t left = std::strtoll(one["days"].text.c_str(), nullptr, 10);
        auto& [days, ends] = files[one["file"].text];
        // An end that has not taken the renewed file yet still has the old one.
        days = ends.empty() ? left : std::min(days, left);
        ends += (ends.empty() ? "" : ", ") + one["end"].text;
    }
    if (files.empty()) return;
    std::cout << '\n' << Reason("Certificates", "Certificats").in(speaks) << '\n';
    for (const auto& [file, use] : files)
        std::cout << padded(
                         use.first < 0
                             ? Reason("EXPIRED", "EXPIRÉ").in(speaks)
                             : say("{0} days", "{0} jours", {std::to_string(use.first)}).in(speaks),
                         12)
                  << file << "  (" << use.second << ")\n";
}

/// "Store 12 MiB, 45678 MiB free on its disk; a commit takes 1.2 ms, the slowest 9.0 ms".
void printStore(const JsonValue& store, bool french) {
    const auto mebibytes = [&](const char* name) {
        return std::to_string(store[name].number() >> 20) + (french ? " Mio" : " MiB");
    };
    const auto milliseconds = [](std::uint64_t microseconds) {
        return std::to_string(microseconds / 1000) + "." + std::to_string(microseconds / 100 % 10) +
               " ms";
    };
    const std::uint64_t commits = std::max<std::uint64_t>(1, store["commits"].number());
    std::cout << (french ? "Base " : "Store ") << mebibytes("file_bytes") << ", "
              << mebibytes("free_bytes")
              << (french ? " libres sur son disque ; une écriture dure "
                         : " free on its disk; a commit takes ")
              << milliseconds(store["commit_microseconds"].number() / commits)
              << (french ? ", la plus lente des deux dernières minutes "
                         : ", the slowest of the last two minutes ")
              << milliseconds(store["slowest_microseconds"].number());
    if (store["reserve_bytes"].number() > 0)
        std::cout << (french ? " ; réserve " : "; reserve ") << mebibytes("reserve_bytes");
    if (store["damaged"].number() > 0)
        std::cout << (french ? " ; ENDOMMAGÉS : " : "; DAMAGED: ") << store["damaged"].text;
    std::cout << '\n';
}

void print(const JsonValue& status, Spoken speaks, bool onlyOpen) {
    const bool french = speaks == Spoken::french;
    std::cout << "Passerelle " << status["version"].text << (french ? ", depuis " : ", since ")
              << shortTime(status["started"]) << '\n';
    for (const auto& [none, one] : status["listeners"].items)
        std::cout << (french ? "écoute " : "listens ") << one["address"].text << "  "
                  << one["name"].text << '\n';
    printAlerts(status, speaks);
    printTable(status["sources"], kMessages, "Sources", french, onlyOpen);
    printTable(status["destinations"], kDeliveries, "Destinations", french, onlyOpen);
    printAccounts(status["reconciliation"], speaks, onlyOpen);
    if (const JsonValue& since = status["uncounted_since"]; !since.text.empty())
        std::cout << say("NOT COUNTED since {0}: see the log (reconciliation-failed)",
                         "NON COMPTÉE depuis {0} : voir le journal (reconciliation-failed)",
                         {shortTime(since)})
                         .in(speaks)
                  << '\n';
    printCertificates(status["certificates"], speaks);
    std::cout << '\n';
    printStore(status["store"], french);
    std::cout << status["refused"].text
              << (french ? " refusés à l'entrée, " : " refused at the door, ")
              << status["repeats"].text << (french ? " répétés, " : " repeats, ")
              << status["reused"].text
              << (french ? " identifiants redonnés, " : " ids given again, ")
              << status["left_out"].text
              << (french ? " destinataires écartés\n" : " recipients left out\n");
}

}  // namespace

void addStatus(CLI::App& app, Shared& shared) {
    CLI::App& command = *app.add_subcommand(
        "status",
        shared.say("Sources, destinations and queues of a running gateway, and the sums.",
                   "Sources, destinations et files d'attente d'une passerelle en marche, et les "
                   "totaux."));
    addAdminOptions(command, shared);
    auto json = std::make_shared<bool>(false), onlyOpen = std::make_shared<bool>(false);
    command.add_flag("--json", *json, shared.say("As JSON", "En JSON"));
    command.add_flag("--open", *onlyOpen,
                     shared.say("Only where something waits, is held, set aside or uncertain, or "
                                "that is paused or away",
                                "Seulement là où quelque chose attend, est retenu, de côté ou "
                                "incertain, ou qui est en pause ou injoignable"));
    command.footer(shared.say(
        "accepted = translated + held + ignored + closed + waiting: each message is one of them.\n"
        "Example: passerelle status -c docs/demo",
        "acceptés = traduits + retenus + ignorés + clos + à traduire : chaque "
        "message est l'un d'eux.\n"
        "Exemple : passerelle status -c docs/demo"));
    command.callback([&shared, json, onlyOpen] {
        const std::string answer = AdminClient(adminPlace(shared)).get("/status");
        if (*json) {
            std::cout << answer << '\n';
        } else {
            print(shownJson(answer), shared.speaks, *onlyOpen);
        }
    });
}

}  // namespace gateway
