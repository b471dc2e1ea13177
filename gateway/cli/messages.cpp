/// messages list | show | replay | close | edit
#include <algorithm>
#include <iostream>

#include "cli/admin_client.h"
#include "cli/columns.h"
#include "cli/shared.h"

namespace gateway {
namespace {

struct Options {
    std::string id, file;  ///< of an edited copy
    std::string state, source, partner, subject, controlId, cause, since, before, why, by;
    unsigned most = 100;
    bool json = false;
    bool body = false;
    bool dry = false;
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
    {"answer", "answer", "réponse"},
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

/// What is looked for. An identifier of a person goes in a body: it stands in no URL.
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

/// What a partner said has lines and control characters of its own.
std::string onOneLine(std::string text) {
    for (char& c : text)
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
    return text;
}

void printTimeline(const JsonValue& message, bool french) {
    std::cout << (french ? "\nChronologie (UTC)\n" : "\nTimeline (UTC)\n");
    for (const auto& [none, event] : message["timeline"].items) {
        std::string who = event["partner"].text;
        if (who.empty())
            for (const auto& [nameless, delivery] : message["deliveries"].items)
                if (delivery["id"].text == event["delivery"].text) who = delivery["partner"].text;
        const std::string text = onOneLine(reasonOf(event["text"], french));
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
    const std::string answer = AdminClient(adminSocket(shared)).post("/messages/find", wish.take());
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

/// What would become of something that waits.
Reason wouldBe(const JsonValue& one, bool replay) {
    const std::string& state = one["state"].text;
    const bool message = one["destination"].text.empty();
    if (state.empty()) return {"unknown id", "identifiant inconnu"};
    const bool waits =
        state == "held" || (!message && (state == "set-aside" || state == "uncertain"));
    if (!waits)
        return say("nothing: is {0}", "rien : est {0}",
                   {Reason{word(state, false), word(state, true)}});
    if (!replay) return {"would be closed", "serait clos"};
    if (message) return {"would be translated again", "serait traduit de nouveau"};
    if (state == "held") return {"would be made again", "serait refait"};
    return {"the same bytes would be sent again", "les mêmes octets seraient renvoyés"};
}

void printDry(const JsonValue& answer, bool replay, Spoken speaks) {
    const bool french = speaks == Spoken::french;
    for (const auto& [none, one] : answer["results"].items) {
        std::cout << one["id"].text << "  " << padded(one["destination"].text, 24) << "  "
                  << wouldBe(one, replay).in(speaks);
        if (const std::string& why = reasonOf(one["reason"], french); !why.empty())
            std::cout << "  (" << why << ')';
        std::cout << '\n';
    }
    std::cerr << say("{0} in all; nothing was done\n", "{0} en tout ; rien n'a été fait\n",
                     {std::to_string(answer["results"].items.size())})
                     .in(speaks);
}

/// Says for each id what became of it.
void printDone(const JsonValue& answer, bool replay, Shared& shared) {
    const bool french = shared.french();
    const std::string done =
        replay ? (french ? "rejoué" : "replayed") : (french ? "clos" : "closed");
    for (const auto& [none, one] : answer["results"].items) {
        if (one["done"].flag()) {
            std::cout << one["id"].text << ": " << done << '\n';
        } else {
            std::cerr << one["id"].text << ": "
                      << Reason(one["why"]["en"].text, one["why"]["fr"].text).in(shared.speaks)
                      << '\n';
            shared.exitCode = 1;
        }
    }
    if (answer["results"].items.empty())
        std::cerr << (french ? "rien de tel n'attend\n" : "nothing of that kind waits\n");
}

/// Replays or closes what is named, or what fits.
void change(Shared& shared, const Options& options, bool replay) {
    JsonWriter wish;
    wish.beginObject();
    if (options.ids.empty()) {
        wish.name("filter");
        writeFilter(wish, options);
        wish.endObject();
    } else {
        wish.name("ids").beginArray();
        for (const std::string& id : options.ids) wish.text(id);
        wish.endArray();
    }
    wish.field("by", options.by.empty() ? userName() : options.by).name("dry").flag(options.dry);
    if (!replay) wish.field("why", options.why);
    const std::string text =
        AdminClient(adminSocket(shared))
            .post(replay ? "/messages/replay" : "/messages/close", wish.endObject().take());
    const JsonValue answer = parsedJson(text);
    if (options.json) {
        std::cout << text << '\n';
        for (const auto& [none, one] : answer["results"].items)
            if (!options.dry && !one["done"].flag()) shared.exitCode = 1;
    } else if (options.dry) {
        printDry(answer, replay, shared.speaks);
    } else {
        printDone(answer, replay, shared);
    }
}

/// Sends a copy with other bytes; the gateway says whether it may be.
void edit(Shared& shared, const Options& options) {
    const Bytes body = readInput(options.file);
    const std::string target = "/messages/" + escaped(options.id) +
                               "/edit?by=" + escaped(options.by.empty() ? userName() : options.by) +
                               "&why=" + escaped(options.why) + (options.dry ? "&dry=true" : "");
    const std::string answer =
        AdminClient(adminSocket(shared)).post(target, std::string(body.view()));
    if (options.json) {
        std::cout << answer << '\n';
        return;
    }
    const JsonValue said = parsedJson(answer);
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

/// One of the subcommands, with the options that all share.
CLI::App& add(CLI::App& messages, Shared& shared, const std::string& name,
              const std::string& summary) {
    CLI::App& command = *messages.add_subcommand(name, summary);
    addConfigOption(command, shared);
    return command;
}

/// What is looked for, of list, replay and close.
void addFilter(CLI::App& command, Options& options, const char* cause) {
    command.add_option("--state", options.state,
                       "Of the message or of one of its deliveries: received, translated, held, "
                       "set-aside, queued, delivered, …");
    command.add_option(cause, options.cause,
                       "A part of the reason why it waits, in either language");
    command.add_option("--source", options.source, "Name of the source it came from");
    command.add_option("--partner", options.partner, "Name of a partner it goes to");
    command.add_option(
        "--patient", options.subject,
        "An identifier of a person as the messages carry it (with its system: system|value); - "
        "reads it from stdin, so that it stands in no list of processes");
    command.add_option("--control-id", options.controlId,
                       "The id that its sender gave it, or that stands in the bytes of a delivery");
    command.add_option("--since", options.since, "UTC: 2025-03-18 or 2025-03-18T08:42:10Z");
}

void addList(CLI::App& messages, Shared& shared) {
    auto options = std::make_shared<Options>();
    CLI::App& command = add(messages, shared, "list", "Messages, newest first.");
    addFilter(command, *options, "--why,--cause");
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
    command.add_option(
        "ids", options->ids,
        "Of messages or deliveries; a message stands for its waiting deliveries. Without ids: all "
        "that waits and fits the options below");
    addFilter(command, *options, replay ? "--why,--cause" : "--cause");
    command.add_flag("--dry-run", options->dry, "Only say what would be done");
    command.add_flag("--json", options->json, "As JSON");
    if (!replay)
        command.add_option("--why", options->why, "The reason, kept on the timeline")->required();
    command.add_option("--by", options->by, "Who does it (default: the name of this user)");
    command.footer(replay ? "Exit code 1 when one of them could not be done; stderr says why.\n"
                            "Example: passerelle messages replay --state held --why 'no map' "
                            "--dry-run"
                          : "Exit code 1 when one of them could not be done; stderr says why.");
    command.callback([&shared, options, replay] {
        const bool narrowed =
            !(options->state + options->cause + options->source + options->partner +
              options->subject + options->controlId + options->since)
                 .empty();
        if (options->ids.empty() != narrowed)
            throw CLI::ValidationError("ids", "name ids, or say by options which are meant");
        change(shared, *options, replay);
    });
}

void addEdit(CLI::App& messages, Shared& shared) {
    auto options = std::make_shared<Options>();
    CLI::App& command =
        add(messages, shared, "edit",
            "A copy with other bytes takes the place of a held message; only where the "
            "configuration allows it, and never about another person, to others or under another "
            "consent.");
    command.add_option("id", options->id, "Of the message")->required();
    command.add_option("file", options->file, "The bytes of the copy, - for stdin")->required();
    command.add_option("--why", options->why, "The reason, kept on both timelines")->required();
    command.add_option("--by", options->by, "Who does it (default: the name of this user)");
    command.add_flag("--dry-run", options->dry, "Only say whether it may be done");
    command.add_flag("--json", options->json, "As JSON");
    command.footer(
        "Example: passerelle messages show ES2F9-5 --body >copy.json, change it, then "
        "passerelle messages edit ES2F9-5 copy.json --why 'profession 99 is a nurse'");
    command.callback([&shared, options] { edit(shared, *options); });
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
    addEdit(messages, shared);
}

}  // namespace gateway
