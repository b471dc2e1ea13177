/// pause | resume | pauses
#include <iostream>

#include "cli/admin_client.h"
#include "cli/messages.h"
#include "cli/shared.h"
#include "usage/columns.h"

namespace gateway {
namespace {

struct Options {
    std::string end, why, by;
    bool json = false;
};

/// What the new pause takes the place of.
Reason earlier(const JsonValue& end) {
    const std::string& why = end["why"].text;
    return say("  it was paused already, since {0}Z by {1}{2}: this takes its place",
               "  déjà en pause depuis {0}Z par {1}{2} : ceci la remplace",
               {messages::shortTime(end["since"].text, false), end["by"].text,
                why.empty() ? why : " (" + why + ")"});
}

void ask(Shared& shared, const Options& options, bool pause) {
    JsonWriter wish;
    wish.beginObject().field("end", options.end);
    wish.field("by", options.by.empty() ? userName() : options.by).field("why", options.why);
    const std::string answer =
        AdminClient(adminPlace(shared)).post(pause ? "/pause" : "/resume", wish.endObject().take());
    if (options.json) {
        std::cout << answer << '\n';
        return;
    }
    const JsonValue said = shownJson(answer);
    for (const auto& [none, end] : said["ends"].items) {
        const bool source = end["source"].flag();
        const Reason text =
            !pause && !end["was_paused"].flag()
                ? say("{0} was not paused: nothing is changed",
                      "{0} n'était pas en pause : rien n'est changé", {end["name"].text})
            : !pause ? say("{0} goes on", "{0} reprend", {end["name"].text})
            : source ? say("{0} is paused: its senders are told to try later",
                           "{0} est en pause : ses émetteurs sont invités à réessayer plus tard",
                           {end["name"].text})
                     : say("{0} is paused: what goes there waits",
                           "{0} est en pause : ses envois attendent", {end["name"].text});
        std::cout << text.in(shared.speaks) << '\n';
        if (pause && end["was_paused"].flag()) std::cout << earlier(end).in(shared.speaks) << '\n';
    }
}

void add(CLI::App& app, Shared& shared, bool pause) {
    CLI::App& command =
        pause
            ? *app.add_subcommand(
                  "pause",
                  shared.say("A source takes nothing, or a destination sends nothing, until it is "
                             "resumed; a restart does not end it.",
                             "Une source n'accepte rien, ou une destination n'envoie rien, "
                             "jusqu'à la reprise ; un redémarrage n'y met pas fin."))
            : *app.add_subcommand("resume", shared.say("Ends a pause.", "Met fin à une pause."));
    addAdminOptions(command, shared);
    auto options = std::make_shared<Options>();
    command
        .add_option("end", options->end,
                    shared.say("A source, a destination (PARTNER/NAME), or a partner for all of "
                               "its destinations",
                               "Une source, une destination (PARTENAIRE/NOM), ou un partenaire "
                               "pour toutes ses destinations"))
        ->required();
    if (pause)
        command.add_option(
            "--why", options->why,
            shared.say("The reason, shown by status", "Le motif, montré par status"));
    command.add_option("--by", options->by,
                       shared.say("Who does it (default: the name of this user)",
                                  "Qui le fait (par défaut : le nom de cet utilisateur)"));
    command.add_flag("--json", options->json, shared.say("As JSON", "En JSON"));
    if (pause)
        command.footer(
            shared.say("Example: passerelle pause chu-exemple/plans --why 'maintenance until 6'",
                       "Exemple : passerelle pause chu-exemple/plans --why 'maintenance jusqu'à "
                       "6 h'"));
    command.callback([&shared, options, pause] { ask(shared, *options, pause); });
}

void printPauses(const JsonValue& answer, Shared& shared) {
    std::vector<std::vector<std::string>> lines = {
        {shared.say("what", "quoi"), shared.say("since (UTC)", "depuis (UTC)"),
         shared.say("until", "jusqu'à"), shared.say("by", "par"), shared.say("ended by", "fin par"),
         shared.say("why", "motif")}};
    for (const auto& [none, one] : answer["pauses"].items) {
        const std::string& until = one["until"].text;
        lines.push_back(
            {one["end"].text, messages::shortTime(one["since"].text, false),
             until.empty() ? shared.say("in force", "en cours") : messages::shortTime(until, false),
             one["by"].text, one["ended_by"].text, one["why"].text});
    }
    if (lines.size() > 1)
        printColumns(std::cout, lines);
    else
        std::cerr << shared.say("nothing was ever paused\n", "aucune pause\n");
}

void addList(CLI::App& app, Shared& shared) {
    CLI::App& command = *app.add_subcommand(
        "pauses", shared.say("The pauses in force and those that are over: who, when and why.",
                             "Les pauses en cours et passées : qui, quand et pourquoi."));
    addAdminOptions(command, shared);
    auto json = std::make_shared<bool>(false);
    command.add_flag("--json", *json, shared.say("As JSON", "En JSON"));
    command.callback([&shared, json] {
        const std::string text = AdminClient(adminPlace(shared)).get("/pauses");
        if (*json)
            std::cout << text << '\n';
        else
            printPauses(shownJson(text), shared);
    });
}

}  // namespace

void addPause(CLI::App& app, Shared& shared) {
    add(app, shared, true);
    add(app, shared, false);
    addList(app, shared);
}

}  // namespace gateway
