/// Entries of the audit for people.
#include <algorithm>
#include <iostream>

#include "cli/audit.h"
#include "cli/messages.h"
#include "gateway/guard.h"
#include "usage/columns.h"

namespace gateway::audit {
namespace {

/// What it is about, and what else is known: "RELAI/12, question=where".
std::string aboutOf(const AuditEntry& entry) {
    constexpr std::size_t kMost = 5;
    std::string text;
    for (std::size_t i = 0; i < entry.about.size() && i < kMost; ++i)
        text += (text.empty() ? "" : " ") + entry.about[i];
    if (entry.about.size() > kMost) text += " … (" + std::to_string(entry.about.size()) + ")";
    for (const auto& [name, value] : entry.details)
        if (std::find(entry.about.begin(), entry.about.end(), value) == entry.about.end())
            text += (text.empty() ? "" : ", ") + name + "=" + value;
    return text;
}

std::string cell(const std::string& text) {
    std::string quoted = "\"";
    for (const char c : guard::asCell(text)) quoted += c == '"' ? "\"\"" : std::string(1, c);
    return quoted + "\"";
}

std::string detail(const AuditEntry& entry, const char* name) {
    const auto found = entry.details.find(name);
    return found == entry.details.end() ? std::string() : found->second;
}

}  // namespace

std::string word(const std::string& what, bool french) {
    struct Word {
        std::string_view name, fr;
    };
    constexpr Word kWords[] = {{"ask", "question"},
                               {"search", "recherche"},
                               {"break-glass", "bris de glace"},
                               {"show", "lecture"},
                               {"read", "lecture"},
                               {"replay", "rejeu"},
                               {"retranslate", "retraduction"},
                               {"close", "clôture"},
                               {"settle", "remise"},
                               {"edit", "modification"},
                               {"pause", "pause"},
                               {"resume", "reprise"},
                               {"reload", "rechargement"},
                               {"start", "démarrage"},
                               {"stop", "arrêt"},
                               {"backup", "sauvegarde"},
                               {"access-report", "relevé d'accès"},
                               {"mended", "réparation"},
                               {"missing", "manque"},
                               {"part", "nouvelle partie"},
                               {"removed", "partie retirée"},
                               {"overflow", "débordement"},
                               {"received", "reçu"},
                               {"delivered", "livré"},
                               {"picked-up", "retiré"},
                               {"offered", "mis à disposition"},
                               {"set-aside", "mis de côté"},
                               {"uncertain", "incertain"},
                               {"closed", "clos"},
                               {"left-out", "écarté"},
                               {"refused", "refusé"},
                               {"refusal", "refus"},
                               {"sign-in", "connexion"},
                               {"done", "fait"},
                               {"partly", "en partie"}};
    for (const Word& one : kWords)
        if (french && one.name == what) return std::string(one.fr);
    return what;
}

void printTable(const std::vector<AuditEntry>& entries, const Shared& shared) {
    std::vector<std::vector<std::string>> lines = {
        {shared.say("number", "numéro"), shared.say("time (UTC)", "heure (UTC)"),
         shared.say("who", "qui"), shared.say("what", "quoi"), shared.say("result", "résultat"),
         shared.say("about", "objet"), shared.say("why", "motif")}};
    for (const AuditEntry& one : entries)
        lines.push_back({std::to_string(one.number), messages::shortTime(one.at, false), one.by,
                         word(one.what, shared.french()), word(one.result, shared.french()),
                         aboutOf(one), one.why});
    printColumns(std::cout, lines);
}

void printCsv(const std::vector<AuditEntry>& entries) {
    std::cout << "number,time,by,what,result,partner,end,plan,edition,message,delivery,why,about\n";
    for (const AuditEntry& one : entries) {
        std::string about;
        for (const std::string& each : one.about) about += (about.empty() ? "" : " ") + each;
        std::cout << one.number << ',' << cell(one.at);
        for (const std::string& text : {one.by, one.what, one.result})
            std::cout << ',' << cell(text);
        for (const char* const name : {"partner", "end", "plan", "edition", "message", "delivery"})
            std::cout << ',' << cell(detail(one, name));
        std::cout << ',' << cell(one.why) << ',' << cell(about) << '\n';
    }
}

}  // namespace gateway::audit
