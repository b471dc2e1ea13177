/// pause | resume
#include <iostream>

#include "cli/admin_client.h"
#include "cli/shared.h"

namespace gateway {
namespace {

struct Options {
    std::string end, why, by;
    bool json = false;
};

void ask(Shared& shared, const Options& options, bool pause) {
    JsonWriter wish;
    wish.beginObject().field("end", options.end);
    wish.field("by", options.by.empty() ? userName() : options.by).field("why", options.why);
    const std::string answer = AdminClient(adminSocket(shared))
                                   .post(pause ? "/pause" : "/resume", wish.endObject().take());
    if (options.json) {
        std::cout << answer << '\n';
        return;
    }
    const JsonValue said = parsedJson(answer);
    for (const auto& [none, end] : said["ends"].items) {
        const bool source = end["source"].flag();
        const Reason text =
            !pause   ? say("{0} goes on", "{0} reprend", {end["name"].text})
            : source ? say("{0} is paused: its senders are told to try later",
                           "{0} est en pause : ses émetteurs sont invités à réessayer plus tard",
                           {end["name"].text})
                     : say("{0} is paused: what goes there waits",
                           "{0} est en pause : ses envois attendent", {end["name"].text});
        std::cout << text.in(shared.speaks) << '\n';
    }
}

void add(CLI::App& app, Shared& shared, bool pause) {
    CLI::App& command =
        pause ? *app.add_subcommand("pause",
                                    "A source takes nothing, or a destination sends nothing, until "
                                    "it is resumed; a restart does not end it.")
              : *app.add_subcommand("resume", "Ends a pause.");
    addConfigOption(command, shared);
    auto options = std::make_shared<Options>();
    command
        .add_option("end", options->end,
                    "A source, a destination (PARTNER/NAME), or a partner for all of its "
                    "destinations")
        ->required();
    if (pause) command.add_option("--why", options->why, "The reason, shown by status");
    command.add_option("--by", options->by, "Who does it (default: the name of this user)");
    command.add_flag("--json", options->json, "As JSON");
    if (pause)
        command.footer("Example: passerelle pause chu-exemple/plans --why 'maintenance until 6'");
    command.callback([&shared, options, pause] { ask(shared, *options, pause); });
}

}  // namespace

void addPause(CLI::App& app, Shared& shared) {
    add(app, shared, true);
    add(app, shared, false);
}

}  // namespace gateway
