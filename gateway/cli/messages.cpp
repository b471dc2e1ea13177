/// messages list | show | edit, and what the other subcommands share
#include "cli/messages.h"

#include <iostream>

#include "cli/admin_client.h"
#include "cli/shared.h"
#include "usage/columns.h"
#include "words/state_word.h"

namespace gateway {
namespace messages {
std::string word(const std::string& name, bool french) {
    return stateWord(name).in(french ? Spoken::french : Spoken::english);
}

std::string shortTime(std::string text, bool withMilliseconds) {
    if (text.size() > 10) text[10] = ' ';
    return text.substr(0, withMilliseconds ? 23 : 19);
}

const std::string& reasonOf(const JsonValue& reason, bool french) {
    return reason[french ? "fr" : "en"].text;
}

void writeFilter(JsonWriter& json, const Options& options) {
    const std::pair<const char*, const std::string&> filters[] = {
        {"state", options.state},          {"source", options.source}, {"partner", options.partner},
        {"control-id", options.controlId}, {"why", options.cause},     {"since", options.since},
        {"before", options.before}};
    json.beginObject();
    for (const auto& [name, value] : filters)
        if (!value.empty()) json.field(name, value);
    if (options.subject == "-") {
        std::string line;
        std::getline(std::cin, line);
        json.field("subject", line);
    } else if (!options.subject.empty()) {
        json.field("subject", options.subject);
    }
}

namespace {

/// "chu/plans delivered, had/plans held".
std::string destinations(const JsonValue& message, bool french) {
    std::string text;
    for (const auto& [none, one] : message["deliveries"].items)
        text += (text.empty() ? "" : ", ") + one["destination"].text + " " +
                word(one["state"].text, french);
    return text;
}

/// Nothing fits: perhaps a name is mistyped.
void printNone(const JsonValue& list, const Options& options, Shared& shared) {
    std::cerr << shared.say("no messages\n", "aucun message\n");
    for (const auto& [none, name] : list["not_configured"].items)
        std::cerr << (name.text == "source"
                          ? say("no source '{0}' is configured\n",
                                "aucune source « {0} » n'est configurée\n", {options.source})
                          : say("no partner '{0}' is configured\n",
                                "aucun partenaire « {0} » n'est configuré\n", {options.partner}))
                         .in(shared.speaks);
}

void printList(const JsonValue& list, const Options& options, Shared& shared) {
    const bool french = shared.french();
    const auto& messages = list["messages"].items;
    for (const auto& [none, message] : messages) {
        std::cout << message["id"].text << "  " << shortTime(message["received"].text, false)
                  << "Z  " << padded(message["source"].text, 14) << "  "
                  << padded(word(message["state"].text, french), 11);
        std::string rest = destinations(message, french);
        if (const std::string& why = reasonOf(message["reason"], french); !why.empty())
            rest += (rest.empty() ? "" : ": ") + why;
        std::cout << rest << '\n';
    }
    if (messages.empty()) printNone(list, options, shared);
    if (!messages.empty() && messages.size() == options.most)
        std::cerr << say("there may be more: go on with --before {0}\n",
                         "il y en a peut-être d'autres : continuer avec --before {0}\n",
                         {messages.back().value["id"].text})
                         .in(shared.speaks);
}

/// A protocol's code is the same in both languages; what a folder answers is a sentence.
std::string spokenAnswer(const std::string& summary, bool french) {
    constexpr std::string_view kStored = "stored as ";
    return french && summary.starts_with(kStored)
               ? "enregistré sous " + summary.substr(kStored.size())
               : summary;
}

void printDelivery(const JsonValue& delivery, bool french) {
    std::cout << "  " << delivery["id"].text << "  " << padded(delivery["destination"].text, 24)
              << "  " << padded(word(delivery["state"].text, french), 12) << "  "
              << delivery["bytes"].text << (french ? " octets, " : " bytes, ")
              << delivery["attempts"].text << (french ? " envoi(s)" : " attempt(s)");
    if (const JsonValue& answer = delivery["answer"]; !answer.items.empty())
        std::cout << (french ? ", réponse " : ", answer ")
                  << spokenAnswer(answer["summary"].text, french);
    std::cout << '\n';
    if (const std::string& why = reasonOf(delivery["reason"], french); !why.empty())
        std::cout << "      " << why << '\n';
}

void printTimeline(const JsonValue& message, bool french) {
    std::cout << (french ? "\nChronologie (UTC)\n" : "\nTimeline (UTC)\n");
    for (const auto& [none, event] : message["timeline"].items) {
        std::string who = event["partner"].text;
        if (who.empty())
            for (const auto& [nameless, delivery] : message["deliveries"].items)
                if (delivery["id"].text == event["delivery"].text) who = delivery["partner"].text;
        const std::string text = spokenAnswer(reasonOf(event["text"], french), french);
        std::string what = word(event["what"].text, french);
        if (!who.empty() || !text.empty()) what = padded(what, 16) + "  " + who;
        if (!text.empty()) what = padded(what, 38) + "  " + text;
        std::cout << "  " << shortTime(event["at"].text, true) << "  " << what << '\n';
    }
}

void printMessage(const JsonValue& message, bool french) {
    std::cout << "Message " << message["id"].text << ", " << message["source"].text << ", "
              << message["bytes"].text << (french ? " octets, " : " bytes, ")
              << word(message["state"].text, french) << '\n';
    if (!message["type"].text.empty()) std::cout << "Type " << message["type"].text << '\n';
    if (const std::string& why = reasonOf(message["reason"], french); !why.empty())
        std::cout << why << '\n';
    if (!message["deliveries"].items.empty())
        std::cout << (french ? "\nEnvois\n" : "\nDeliveries\n");
    for (const auto& [none, delivery] : message["deliveries"].items)
        printDelivery(delivery, french);
    printTimeline(message, french);
}

void list(Shared& shared, const Options& options) {
    JsonWriter wish;
    writeFilter(wish, options);
    wish.field("most", std::uint64_t{options.most}).endObject();
    const std::string answer = AdminClient(adminPlace(shared)).post("/messages/find", wish.take());
    if (options.json) {
        std::cout << answer << '\n';
    } else {
        printList(shownJson(answer), options, shared);
    }
}

void show(Shared& shared, const Options& options) {
    if (options.body && options.why.find_first_not_of(" \t") == options.why.npos)
        throw Misuse("--why", {"a reason must be given: it stands in the audit",
                               "il faut donner un motif : il figure au journal d'audit"});
    const AdminClient client(adminPlace(shared));
    const std::string target = "/messages/" + escaped(options.ids.front());
    const std::string reason = "?by=" + escaped(options.by.empty() ? userName() : options.by) +
                               "&why=" + escaped(options.why);
    if (options.body) {
        std::cout << client.get(target + "/body" + reason);
        return;
    }
    const std::string answer = client.get(options.why.empty() ? target : target + reason);
    if (options.json) {
        std::cout << answer << '\n';
    } else {
        printMessage(shownJson(answer), shared.french());
    }
}

/// Sends a copy with other bytes; the gateway says whether it may be.
void edit(Shared& shared, const Options& options) {
    const Bytes body = readInput(options.file);
    const std::string target = "/messages/" + escaped(options.id) +
                               "/edit?by=" + escaped(options.by.empty() ? userName() : options.by) +
                               "&why=" + escaped(options.why) + (options.dry ? "&dry=true" : "");
    const std::string answer =
        AdminClient(adminPlace(shared)).post(target, std::string(body.view()));
    if (options.json) {
        std::cout << answer << '\n';
        return;
    }
    const JsonValue said = shownJson(answer);
    std::cout << (options.dry ? say("{0}: could be replaced by this copy; nothing was done",
                                    "{0} : pourrait être remplacé par cette copie ; rien n'a été "
                                    "fait",
                                    {said["message"].text})
                              : say("{0}: closed, its copy {1} goes its way",
                                    "{0} : clos, sa copie {1} suit son chemin",
                                    {said["message"].text, said["copy"].text}))
                     .in(shared.speaks)
              << '\n';
}

}  // namespace

CLI::App& add(CLI::App& messages, Shared& shared, const std::string& name,
              const std::string& summary) {
    CLI::App& command = *messages.add_subcommand(name, summary);
    addAdminOptions(command, shared);
    return command;
}

void addFilter(CLI::App& command, Shared& shared, Options& options, const char* cause) {
    command.add_option("--state", options.state,
                       shared.say("Of the message (received, translated, ignored, held, closed) or "
                                  "of one of its deliveries (queued, inflight, delivered, "
                                  "uncertain, set-aside, held, offered, closed)",
                                  "Du message (received, translated, ignored, held, closed) ou de "
                                  "l'un de ses envois (queued, inflight, delivered, uncertain, "
                                  "set-aside, held, offered, closed)"));
    command.add_option(cause, options.cause,
                       shared.say("A part of the reason why it waits, in either language",
                                  "Une partie du motif pour lequel il attend, dans l'une ou "
                                  "l'autre langue"));
    command.add_option("--source", options.source,
                       shared.say("Name of the source it came from", "Nom de la source d'origine"));
    command.add_option("--partner", options.partner,
                       shared.say("Name of a partner it goes to",
                                  "Nom d'un partenaire "
                                  "destinataire"));
    command.add_option(
        "--patient", options.subject,
        shared.say("An identifier of a person as the messages carry it (with its system: "
                   "system|value); - reads it from stdin, so that it stands in no list of "
                   "processes",
                   "Un identifiant d'une personne tel que les messages le portent (avec son "
                   "système : système|valeur) ; - le lit sur stdin, pour qu'il ne figure dans "
                   "aucune liste de processus"));
    command.add_option("--control-id", options.controlId,
                       shared.say("The id that its sender gave it, or that stands in the bytes of "
                                  "a delivery",
                                  "L'identifiant donné par son émetteur, ou qui figure dans les "
                                  "octets d'un envoi"));
    command.add_option("--since", options.since,
                       shared.say("UTC: 2025-03-18 or 2025-03-18T08:42:10Z",
                                  "UTC : 2025-03-18 ou 2025-03-18T08:42:10Z"));
}

void addBy(CLI::App& command, Shared& shared, Options& options) {
    command.add_option("--by", options.by,
                       shared.say("Who does it (default: the name of this user)",
                                  "Qui le fait (par défaut : le nom de cet utilisateur)"));
}

void addJson(CLI::App& command, Shared& shared, Options& options) {
    command.add_flag("--json", options.json, shared.say("As JSON", "En JSON"));
}

namespace {

void addList(CLI::App& messages, Shared& shared) {
    auto options = std::make_shared<Options>();
    CLI::App& command =
        add(messages, shared, "list",
            shared.say("Messages, newest first.", "Les messages, du plus récent au plus ancien."));
    addFilter(command, shared, *options, "--why,--cause");
    command.add_option("--before", options->before,
                       shared.say("Page on: the id of the last message seen",
                                  "Page suivante : l'identifiant du dernier message vu"));
    command.add_option("--most", options->most, shared.say("How many", "Combien"))
        ->capture_default_str();
    addJson(command, shared, *options);
    command.footer(
        shared.say("Example: passerelle messages list --state held --since 2025-03-18",
                   "Exemple : passerelle messages list --state held --since 2025-03-18"));
    command.callback([&shared, options] { list(shared, *options); });
}

void addShow(CLI::App& messages, Shared& shared) {
    auto options = std::make_shared<Options>();
    CLI::App& command = add(messages, shared, "show",
                            shared.say("One message: its deliveries and its timeline.",
                                       "Un message : ses envois et sa chronologie."));
    command.add_option("id", options->ids, shared.say("Of the message", "Du message"))
        ->required()
        ->expected(1);
    command.add_flag("--json", options->json,
                     shared.say("As JSON; with --why the partners' own words too",
                                "En JSON ; avec --why, aussi les propres mots des partenaires"));
    command.add_flag("--body", options->body,
                     shared.say("The bytes themselves, of a message or of a delivery; needs --why",
                                "Les octets eux-mêmes, d'un message ou d'un envoi ; demande "
                                "--why"));
    command.add_option("--why", options->why,
                       shared.say("Why the content is looked at, without names: stands in the "
                                  "audit, and an alert tells who has looked",
                                  "Pourquoi ce contenu est lu, sans noms : noté au journal "
                                  "d'audit, et une alerte dit qui l'a lu"));
    addBy(command, shared, *options);
    command.callback([&shared, options] { show(shared, *options); });
}

void addEdit(CLI::App& messages, Shared& shared) {
    auto options = std::make_shared<Options>();
    CLI::App& command =
        add(messages, shared, "edit",
            shared.say("A copy with other bytes takes the place of a message that waits: held, or "
                       "set aside by a partner. Only where the configuration allows it, and never "
                       "about another person, to others or under another consent.",
                       "Une copie d'un autre contenu prend la place d'un message qui attend : "
                       "retenu, ou mis de côté par un partenaire. Seulement où la configuration le "
                       "permet, et jamais sur une autre personne, pour d'autres destinataires ni "
                       "sous un autre consentement."));
    command.add_option("id", options->id, shared.say("Of the message", "Du message"))->required();
    command
        .add_option("file", options->file,
                    shared.say("The bytes of the copy, - for stdin",
                               "Les octets de la copie, - pour stdin"))
        ->required();
    command
        .add_option("--why", options->why,
                    shared.say("The reason, kept on both timelines",
                               "Le motif, gardé dans les deux chronologies"))
        ->required();
    addBy(command, shared, *options);
    command.add_flag(
        "--dry-run", options->dry,
        shared.say("Only say whether it may be done", "Dit seulement si c'est permis"));
    addJson(command, shared, *options);
    command.footer(
        shared.say("Example: passerelle messages show ES2F9-5 --body --why 'to mend it' "
                   ">copy.json, change it, then passerelle messages edit ES2F9-5 copy.json --why "
                   "'profession 99 is a nurse'",
                   "Exemple : passerelle messages show ES2F9-5 --body --why 'à corriger' "
                   ">copie.json, la modifier, puis passerelle messages edit ES2F9-5 copie.json "
                   "--why 'profession 99 : "
                   "infirmier'"));
    command.callback([&shared, options] { edit(shared, *options); });
}

}  // namespace
}  // namespace messages

void addMessages(CLI::App& app, Shared& shared) {
    CLI::App& group = *app.add_subcommand(
        "messages", shared.say("Looks at the messages of a running gateway.",
                               "Regarde les messages d'une passerelle en marche."));
    group.require_subcommand(1);
    messages::addList(group, shared);
    messages::addShow(group, shared);
    messages::addReplay(group, shared);
    messages::addClose(group, shared);
    messages::addSettle(group, shared);
    messages::addEdit(group, shared);
    messages::addRefused(group, shared);
}

}  // namespace gateway
