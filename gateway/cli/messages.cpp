/// messages list | show | replay | close
#include <algorithm>
#include <iostream>

#include "cli/admin_client.h"
#include "cli/columns.h"
#include "cli/shared.h"

namespace gateway {
namespace {

struct Options {
    std::string state, source, partner, since, before, why, by;
    unsigned most = 100;
    bool json = false;
    bool body = false;
    std::vector<std::string> ids;
};

/// The words of timelines and lists.
struct Word {
    std::string_view name, en, fr;
};

constexpr Word kWords[] = {
    {"received", "received", "reçu"},
    {"translated", "translated", "traduit"},
    {"ignored", "ignored", "ignoré"},
    {"held", "held", "en attente"},
    {"closed", "closed", "clos"},
    {"refused", "refused", "refusé"},
    {"queued", "queued", "en file"},
    {"inflight", "being sent", "en cours d'envoi"},
    {"delivered", "delivered", "remis"},
    {"uncertain", "uncertain", "incertain"},
    {"set-aside", "set aside", "mis de côté"},
    {"offered", "offered", "à disposition"},
    {"left-out", "left out", "non destinataire"},
    {"note", "note", "note"},
    {"replay", "replay", "rejoué"},
    {"repeat", "repeat", "répété"},
};

std::string word(const std::string& name, bool french) {
    for (const Word& one : kWords)
        if (one.name == name) return std::string(french ? one.fr : one.en);
    return name;
}

/// "2025-03-18 08:42:10" of "2025-03-18T08:42:10.000Z"; times are UTC.
std::string shortTime(std::string text, bool withMilliseconds) {
    if (text.size() > 10) text[10] = ' ';
    return text.substr(0, withMilliseconds ? 23 : 19);
}

const std::string& reasonOf(const JsonValue& reason, bool french) {
    return reason[french ? "fr" : "en"].text;
}

std::string query(const Options& options) {
    std::string target = "/messages?most=" + std::to_string(options.most);
    const std::pair<const char*, const std::string&> filters[] = {{"state", options.state},
                                                                  {"source", options.source},
                                                                  {"partner", options.partner},
                                                                  {"since", options.since},
                                                                  {"before", options.before}};
    for (const auto& [name, value] : filters)
        if (!value.empty()) target += "&" + std::string(name) + "=" + escaped(value);
    return target;
}

/// "chu/plans delivered, had/plans held".
std::string destinations(const JsonValue& message, bool french) {
    std::string text;
    for (const auto& [none, one] : message["deliveries"].items)
        text += (text.empty() ? "" : ", ") + one["destination"].text + " " +
                word(one["state"].text, french);
    return text;
}

void printList(const JsonValue& list, bool french) {
    for (const auto& [none, message] : list["messages"].items) {
        std::cout << message["id"].text << "  " << shortTime(message["received"].text, false)
                  << "Z  " << padded(message["source"].text, 14) << "  "
                  << padded(word(message["state"].text, french), 11);
        std::string rest = destinations(message, french);
        if (const std::string& why = reasonOf(message["reason"], french); !why.empty())
            rest += (rest.empty() ? "" : ": ") + why;
        std::cout << rest << '\n';
    }
    if (list["messages"].items.empty()) std::cerr << (french ? "aucun message\n" : "no messages\n");
}

void printDelivery(const JsonValue& delivery, bool french) {
    std::cout << "  " << delivery["id"].text << "  " << padded(delivery["destination"].text, 24)
              << "  " << padded(word(delivery["state"].text, french), 12) << "  "
              << delivery["bytes"].text << (french ? " octets, " : " bytes, ")
              << delivery["attempts"].text << (french ? " envoi(s)" : " attempt(s)");
    if (const JsonValue& answer = delivery["answer"]; !answer.items.empty())
        std::cout << (french ? ", réponse " : ", answer ") << answer["summary"].text;
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
        const std::string& text = reasonOf(event["text"], french);
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
    const std::string answer = AdminClient(adminSocket(shared)).get(query(options));
    if (options.json) {
        std::cout << answer << '\n';
    } else {
        printList(parsedJson(answer), shared.french());
    }
}

void show(Shared& shared, const Options& options) {
    const AdminClient client(adminSocket(shared));
    const std::string target = "/messages/" + escaped(options.ids.front());
    if (options.body) {
        std::cout << client.get(target + "/body");
        return;
    }
    const std::string answer = client.get(target);
    if (options.json) {
        std::cout << answer << '\n';
    } else {
        printMessage(parsedJson(answer), shared.french());
    }
}

/// Replays or closes; says for each id what became of it.
void change(Shared& shared, const Options& options, bool replay) {
    JsonWriter wish;
    wish.beginObject().name("ids").beginArray();
    for (const std::string& id : options.ids) wish.text(id);
    wish.endArray().field("by", options.by.empty() ? userName() : options.by);
    if (!replay) wish.field("why", options.why);
    const JsonValue answer = parsedJson(
        AdminClient(adminSocket(shared))
            .post(replay ? "/messages/replay" : "/messages/close", wish.endObject().take()));
    const bool french = shared.french();
    const std::string done =
        replay ? (french ? "rejoué" : "replayed") : (french ? "clos" : "closed");
    for (const auto& [none, one] : answer["results"].items) {
        if (one["done"].flag()) {
            std::cout << one["id"].text << ": " << done << '\n';
        } else {
            std::cerr << one["id"].text << ": " << one["why"].text << '\n';
            shared.exitCode = 1;
        }
    }
}

/// One of the subcommands, with the options that all share.
CLI::App& add(CLI::App& messages, Shared& shared, const std::string& name,
              const std::string& summary) {
    CLI::App& command = *messages.add_subcommand(name, summary);
    addConfigOption(command, shared);
    return command;
}

void addList(CLI::App& messages, Shared& shared) {
    auto options = std::make_shared<Options>();
    CLI::App& command = add(messages, shared, "list", "Messages, newest first.");
    command.add_option("--state", options->state,
                       "Of the message or of one of its deliveries: received, translated, held, "
                       "set-aside, queued, delivered, …");
    command.add_option("--source", options->source, "Name of the source it came from");
    command.add_option("--partner", options->partner, "Name of a partner it goes to");
    command.add_option("--since", options->since, "UTC: 2025-03-18 or 2025-03-18T08:42:10Z");
    command.add_option("--before", options->before, "Page on: the id of the last message seen");
    command.add_option("--most", options->most, "How many")->capture_default_str();
    command.add_flag("--json", options->json, "As JSON");
    command.footer("Example: passerelle messages list --state held --since 2025-03-18");
    command.callback([&shared, options] { list(shared, *options); });
}

void addShow(CLI::App& messages, Shared& shared) {
    auto options = std::make_shared<Options>();
    CLI::App& command =
        add(messages, shared, "show", "One message: its deliveries and its timeline.");
    command.add_option("id", options->ids, "Of the message")->required()->expected(1);
    command.add_flag("--json", options->json, "As JSON, with the partners' answers");
    command.add_flag("--body", options->body,
                     "The bytes themselves, of a message or of a delivery");
    command.callback([&shared, options] { show(shared, *options); });
}

void addChange(CLI::App& messages, Shared& shared, bool replay) {
    auto options = std::make_shared<Options>();
    CLI::App& command =
        replay
            ? add(messages, shared, "replay",
                  "Once more: held messages are translated again, deliveries set aside sent again.")
            : add(messages, shared, "close", "Ends what waits for a person.");
    command
        .add_option("ids", options->ids,
                    "Of messages or deliveries; a message stands for its waiting deliveries")
        ->required();
    if (!replay)
        command.add_option("--why", options->why, "The reason, kept on the timeline")->required();
    command.add_option("--by", options->by, "Who does it (default: the name of this user)");
    command.footer("Exit code 1 when one of them could not be done; stderr says why.");
    command.callback([&shared, options, replay] { change(shared, *options, replay); });
}

}  // namespace

void addMessages(CLI::App& app, Shared& shared) {
    CLI::App& messages =
        *app.add_subcommand("messages", "Looks at the messages of a running gateway.");
    messages.require_subcommand(1);
    addList(messages, shared);
    addShow(messages, shared);
    addChange(messages, shared, true);
    addChange(messages, shared, false);
}

}  // namespace gateway
