/// messages refused: what was turned away at the door.
#include <iostream>

#include "cli/admin_client.h"
#include "cli/messages.h"
#include "usage/columns.h"

namespace gateway::messages {
namespace {

std::string queryOf(const Options& options) {
    std::string query = "?most=" + std::to_string(options.most);
    if (!options.source.empty()) query += "&source=" + escaped(options.source);
    if (!options.since.empty()) query += "&since=" + escaped(options.since);
    if (!options.before.empty()) query += "&before=" + escaped(options.before);
    return query;
}

std::string faultWord(const std::string& fault, bool french) {
    struct Fault {
        std::string_view name, fr;
    };
    constexpr Fault kFaults[] = {{"malformed", "illisible"}, {"unsupported", "non géré"},
                                 {"rejected", "refusé"},     {"unavailable", "plus tard"},
                                 {"uncertain", "incertain"}, {"internal", "interne"}};
    for (const Fault& one : kFaults)
        if (one.name == fault && french) return std::string(one.fr);
    return fault;
}

void print(const JsonValue& answer, Shared& shared) {
    std::vector<std::vector<std::string>> lines = {
        {shared.say("number", "numéro"), shared.say("time (UTC)", "heure (UTC)"), "source",
         shared.say("peer", "émetteur"), shared.say("fault", "faute"),
         shared.say("place", "endroit")}};
    for (const auto& [none, one] : answer["refusals"].items)
        lines.push_back({one["number"].text, shortTime(one["at"].text, false), one["source"].text,
                         one["peer"].text, faultWord(one["fault"].text, shared.french()),
                         one["where"].text});
    if (lines.size() > 1)
        printColumns(std::cout, lines);
    else
        std::cerr << shared.say("nothing was refused\n", "rien n'a été refusé\n");
}

}  // namespace

void addRefused(CLI::App& messages, Shared& shared) {
    auto options = std::make_shared<Options>();
    CLI::App& command =
        add(messages, shared, "refused",
            shared.say("What was refused at the door, newest first: when, of which source, from "
                       "where, why and at which place. Its content was never kept.",
                       "Ce qui a été refusé à l'entrée, du plus récent au plus ancien : quand, de "
                       "quelle source, d'où, pourquoi et à quel endroit. Le contenu n'a pas été "
                       "gardé."));
    command.add_option("--source", options->source,
                       shared.say("Name of the source", "Nom de la source"));
    command.add_option("--since", options->since,
                       shared.say("UTC: 2025-03-18 or 2025-03-18T08:42:10Z",
                                  "UTC : 2025-03-18 ou 2025-03-18T08:42:10Z"));
    command.add_option("--before", options->before,
                       shared.say("Page on: the number of the last one seen",
                                  "Page suivante : le numéro du dernier vu"));
    command.add_option("--most", options->most, shared.say("How many", "Combien"))
        ->capture_default_str();
    addJson(command, shared, *options);
    command.footer(shared.say("They are kept 90 days, or as 'keep: {refusals: …}' says.",
                              "Ils sont gardés 90 jours, ou ce que dit « keep: {refusals: …} »."));
    command.callback([&shared, options] {
        const std::string text =
            AdminClient(adminPlace(shared)).get("/refusals" + queryOf(*options));
        if (options->json)
            std::cout << text << '\n';
        else
            print(shownJson(text), shared);
    });
}

}  // namespace gateway::messages
