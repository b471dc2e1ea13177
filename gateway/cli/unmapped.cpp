/// unmapped: the codes that maps met and no row of their table has.
#include <iostream>

#include "cli/admin_client.h"
#include "cli/shared.h"
#include "usage/columns.h"

namespace gateway {
namespace {

void print(const JsonValue& answer, bool french) {
    const auto& rows = answer["unmapped"].items;
    if (rows.empty()) {
        std::cout << (french ? "Depuis le démarrage, chaque code rencontré figure dans sa table.\n"
                             : "Since the start each code that was met stands in its table.\n");
        return;
    }
    std::vector<std::vector<std::string>> lines;
    if (french)
        lines.push_back({"transformation", "table", "code", "fois", "vu le"});
    else
        lines.push_back({"map", "table", "code", "times", "last seen"});
    for (const auto& [none, row] : rows) {
        const std::string others = french ? "(autres codes)" : "(other codes)";
        lines.push_back({row["map"].text, row["table"].text,
                         row["others"].flag() ? others : row["code"].text, row["count"].text,
                         row["last"].text.substr(0, 19) + "Z"});
    }
    printColumns(std::cout, lines);
}

}  // namespace

void addUnmapped(CLI::App& app, Shared& shared) {
    CLI::App& command = *app.add_subcommand(
        "unmapped",
        shared.say("Codes that maps of a running gateway met and no row of their table has.",
                   "Codes que les transformations d'une passerelle en marche ont rencontrés et "
                   "qui ne sont pas dans leur table."));
    addAdminOptions(command, shared);
    auto json = std::make_shared<bool>(false);
    command.add_flag("--json", *json, shared.say("As JSON", "En JSON"));
    command.footer(
        shared.say("Counted since the start, in memory only: codes may say something of a person.\n"
                   "Example: passerelle unmapped -c docs/demo",
                   "Comptés depuis le démarrage, en mémoire seulement : un code peut en dire long "
                   "sur une personne.\n"
                   "Exemple : passerelle unmapped -c docs/demo"));
    command.callback([&shared, json] {
        const std::string answer = AdminClient(adminPlace(shared)).get("/unmapped");
        if (*json)
            std::cout << answer << '\n';
        else
            print(shownJson(answer), shared.french());
    });
}

}  // namespace gateway
