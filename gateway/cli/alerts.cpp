/// alerts list | test [RECEIVER]
#include <iostream>

#include "cli/admin_client.h"
#include "cli/shared.h"
#include "usage/columns.h"

namespace gateway {
namespace {

struct Options {
    std::string receiver;
    bool json = false;
};

std::string moment(const JsonValue& time) {
    std::string text = time.text.substr(0, 19);
    if (text.size() > 10) text[10] = ' ';
    return text.empty() ? text : text + "Z";
}

Reason reasonOf(const JsonValue& value) { return {value["en"].text, value["fr"].text}; }

void list(const Shared& shared, const Options& options) {
    const std::string answer = AdminClient(adminPlace(shared)).get("/alerts");
    if (options.json) {
        std::cout << answer << '\n';
        return;
    }
    const JsonValue said = shownJson(answer);
    for (const auto& [none, alert] : said["alerts"].items) {
        std::string told;
        for (const auto& [nobody, one] : alert["told"].items)
            told += (told.empty() ? "" : ", ") + one["receiver"].text;
        std::cout << moment(alert["since"]) << "  "
                  << (alert["severity"].text == "critical" ? shared.say("CRITICAL", "CRITIQUE")
                                                           : shared.say("warning", "alerte"))
                  << "  " << reasonOf(alert["text"]).in(shared.speaks) << "  "
                  << (told.empty() ? shared.say("(nobody told yet)", "(personne n'est prévenu)")
                                   : shared.say("told: ", "prévenus : ") + told)
                  << '\n';
    }
    if (said["alerts"].items.empty()) std::cout << shared.say("no alerts", "aucune alerte") << '\n';
    std::vector<std::vector<std::string>> receivers;
    for (const auto& [none, one] : said["receivers"].items) {
        const bool failing = one["failures"].number() > 0;
        receivers.push_back(
            {one["name"].text, one["kind"].text,
             failing ? say("not told, tried again at {0}: {1}",
                           "pas prévenu, prochain essai à {0} : {1}",
                           {moment(one["next_try"]), reasonOf(one["why"])})
                           .in(shared.speaks)
             : one["last_told"].text.empty()
                 ? shared.say("nothing told since the start", "rien dit depuis le démarrage")
                 : shared.say("last told ", "prévenu pour la dernière fois ") +
                       moment(one["last_told"])});
    }
    if (!receivers.empty()) std::cout << '\n';
    printColumns(std::cout, receivers);
}

void test(Shared& shared, const Options& options) {
    JsonWriter wish;
    wish.beginObject().field("receiver", options.receiver);
    const std::string answer =
        AdminClient(adminPlace(shared)).post("/alerts/test", wish.endObject().take());
    if (options.json) std::cout << answer << '\n';
    const JsonValue said = shownJson(answer);
    for (const auto& [none, one] : said["results"].items) {
        if (!one["done"].flag()) shared.exitCode = 1;
        if (options.json) continue;
        std::cout << one["receiver"].text << " (" << one["kind"].text << "): "
                  << (one["done"].flag()
                          ? shared.say("told, it answered ", "prévenu, il a répondu ") +
                                one["answer"].text
                          : shared.say("NOT TOLD: ", "PAS PRÉVENU : ") +
                                reasonOf(one["why"]).in(shared.speaks))
                  << '\n';
    }
}

}  // namespace

void addAlerts(CLI::App& app, Shared& shared) {
    CLI::App& alerts = *app.add_subcommand(
        "alerts", shared.say("What a running gateway tells by itself, and to whom.",
                             "Ce qu'une passerelle en marche signale d'elle-même, et à qui."));
    alerts.require_subcommand(1);
    auto options = std::make_shared<Options>();
    CLI::App& listing = *alerts.add_subcommand(
        "list", shared.say("Open alerts, who was told, and how it is with the receivers.",
                           "Alertes en cours, qui est prévenu, et l'état des destinataires."));
    addAdminOptions(listing, shared);
    listing.add_flag("--json", options->json, shared.say("As JSON", "En JSON"));
    listing.callback([&shared, options] { list(shared, *options); });
    CLI::App& testing = *alerts.add_subcommand(
        "test",
        shared.say("Sends a test alert and says what each receiver answered.",
                   "Envoie une alerte d'essai et dit ce que chaque destinataire a répondu."));
    addAdminOptions(testing, shared);
    testing.add_option(
        "receiver", options->receiver,
        shared.say("One receiver (default: all)", "Un destinataire (par défaut : tous)"));
    testing.add_flag("--json", options->json, shared.say("As JSON", "En JSON"));
    testing.footer(shared.say(
        "Exit code 1 when one was not told.\nExample: passerelle alerts test -c docs/demo",
        "Code de retour 1 si l'un n'a pu être prévenu.\nExemple : passerelle "
        "alerts test -c docs/demo"));
    testing.callback([&shared, options] { test(shared, *options); });
}

}  // namespace gateway
