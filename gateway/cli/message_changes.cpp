/// messages replay | close | settle
#include <algorithm>
#include <iostream>

#include "cli/admin_client.h"
#include "cli/messages.h"
#include "usage/columns.h"

namespace gateway::messages {
namespace {

/// One of the three.
struct Kind {
    const char* path;
    Reason done;
};

const Kind kReplay{"/messages/replay", {"replayed", "rejoué"}};
const Kind kAnew{"/messages/replay", {"to be translated anew", "à traduire de nouveau"}};
const Kind kClose{"/messages/close", {"closed", "clos"}};
const Kind kSettle{"/messages/settle", {"handed over", "remis en main propre"}};

Reason nothing(const std::string& state) {
    return say("nothing: is {0}", "rien : est {0}",
               {Reason{word(state, false), word(state, true)}});
}

Reason wouldBeReplayed(const std::string& state, bool message, bool translate) {
    const bool waits =
        state == "held" || (!message && (state == "set-aside" || state == "uncertain"));
    if (!waits) return nothing(state);
    if (message) return {"would be translated again", "serait traduit de nouveau"};
    if (state == "held") return {"would be made again", "serait refait"};
    if (translate && state == "uncertain")
        return {"nothing: perhaps it has arrived, only the same bytes may go again",
                "rien : peut-être est-il arrivé, seuls les mêmes octets peuvent repartir"};
    if (translate)
        return {"would be closed, another made by today's maps would go instead",
                "serait clos, un autre fait par les transformations actuelles partirait à sa "
                "place"};
    return {"the same bytes would be sent again", "les mêmes octets seraient renvoyés"};
}

/// What would become of something that waits.
Reason wouldBe(const JsonValue& one, const Kind& kind, const Options& options) {
    const std::string& state = one["state"].text;
    const bool message = one["destination"].text.empty();
    if (state.empty()) return {"unknown id", "identifiant inconnu"};
    if (&kind == &kClose)
        return message && state != "held" ? nothing(state)
                                          : Reason{"would be closed", "serait clos"};
    if (&kind == &kSettle)
        return state != "offered"
                   ? nothing(state)
                   : Reason{"would be delivered, by hand", "serait remis, en main propre"};
    return wouldBeReplayed(state, message, options.translate);
}

void printDry(const JsonValue& answer, const Kind& kind, const Options& options, Shared& shared) {
    const Spoken speaks = shared.speaks;
    const bool french = shared.french();
    for (const auto& [none, one] : answer["results"].items) {
        if (one["state"].text.empty()) shared.exitCode = 1;
        std::cout << one["id"].text << "  " << padded(one["destination"].text, 24) << "  "
                  << wouldBe(one, kind, options).in(speaks);
        if (const std::string& why = reasonOf(one["reason"], french); !why.empty())
            std::cout << "  (" << why << ')';
        std::cout << '\n';
    }
    std::cerr << say("{0} in all; nothing was done\n", "{0} en tout ; rien n'a été fait\n",
                     {std::to_string(answer["results"].items.size())})
                     .in(speaks);
}

/// Says for each id what became of it.
void printDone(const JsonValue& answer, const Kind& kind, Shared& shared) {
    for (const auto& [none, one] : answer["results"].items) {
        if (one["done"].flag()) {
            std::cout << one["id"].text << ": " << kind.done.in(shared.speaks) << '\n';
        } else {
            std::cerr << one["id"].text << ": "
                      << Reason(one["why"]["en"].text, one["why"]["fr"].text).in(shared.speaks)
                      << '\n';
            shared.exitCode = 1;
        }
    }
    if (answer["results"].items.empty())
        std::cerr << shared.say("nothing of that kind waits\n", "rien de tel n'attend\n");
}

std::string wishText(const Options& options) {
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
    if (options.translate) wish.name("translate").flag(true);
    if (!options.why.empty()) wish.field("why", options.why);
    if (!options.on.empty()) wish.field("on", options.on);
    return wish.endObject().take();
}

/// Does it to what is named, or to what fits.
void change(Shared& shared, const Options& options, const Kind& kind) {
    const std::string text = AdminClient(adminPlace(shared)).post(kind.path, wishText(options));
    const JsonValue answer = parsedJson(text);
    if (options.json) {
        std::cout << text << '\n';
        for (const auto& [none, one] : answer["results"].items)
            if (!options.dry && !one["done"].flag()) shared.exitCode = 1;
    } else if (options.dry) {
        printDry(answer, kind, options, shared);
    } else {
        printDone(answer, kind, shared);
    }
}

void demandSome(const Shared& shared, const Options& options) {
    const bool narrowed = !(options.state + options.cause + options.source + options.partner +
                            options.subject + options.controlId + options.since)
                               .empty();
    if (options.ids.empty() != narrowed)
        throw CLI::ValidationError(
            "ids", shared.say("name ids, or say by options which are meant",
                              "donner des identifiants, ou dire par des options lesquels"));
}

void addCommon(CLI::App& command, Shared& shared, Options& options) {
    command.add_flag("--dry-run", options.dry,
                     shared.say("Only say what would be done", "Dit seulement ce qui serait fait"));
    addJson(command, shared, options);
    addBy(command, shared, options);
}

const char* const kFailedEn = "Exit code 1 when one of them could not be done; stderr says why.";
const char* const kFailedFr =
    "Code de sortie 1 si l'un d'eux n'a pu être fait ; stderr dit pourquoi.";

void addIds(CLI::App& command, Shared& shared, Options& options) {
    command.add_option(
        "ids", options.ids,
        shared.say("Of messages or deliveries; a message stands for its waiting deliveries, "
                   "MESSAGE/PARTNER for those to that partner. "
                   "Without ids: all that waits and fits the options below",
                   "De messages ou d'envois ; un message vaut pour ceux de ses envois qui "
                   "attendent, MESSAGE/PARTENAIRE pour ceux à ce partenaire. Sans "
                   "identifiant : tout ce qui attend et répond aux options ci-dessous"));
}

}  // namespace

void addReplay(CLI::App& messages, Shared& shared) {
    auto options = std::make_shared<Options>();
    CLI::App& command =
        add(messages, shared, "replay",
            shared.say(
                "Once more: held messages are translated again, deliveries set aside sent again.",
                "Une fois encore : les messages retenus sont traduits de nouveau, les envois "
                "mis de côté renvoyés."));
    addIds(command, shared, *options);
    addFilter(command, shared, *options, "--why,--cause");
    command.add_flag(
        "--translate", options->translate,
        shared.say("Deliveries set aside are made anew by today's maps, under another id; the old "
                   "one is closed and points to the new",
                   "Les envois mis de côté sont refaits par les transformations actuelles, sous un "
                   "autre identifiant ; l'ancien est clos et renvoie au nouveau"));
    addCommon(command, shared, *options);
    command.footer(
        shared.say(kFailedEn, kFailedFr) + "\n" +
        shared.say("Example: passerelle messages replay --state held --why 'no map' --dry-run",
                   "Exemple : passerelle messages replay --state held --why 'no map' --dry-run"));
    command.callback([&shared, options] {
        demandSome(shared, *options);
        change(shared, *options, options->translate ? kAnew : kReplay);
    });
}

void addClose(CLI::App& messages, Shared& shared) {
    auto options = std::make_shared<Options>();
    CLI::App& command = add(messages, shared, "close",
                            shared.say("Ends what waits for a person; with --state queued or "
                                       "offered, also what waits to be sent or picked up.",
                                       "Termine ce qui attend une personne ; avec --state queued "
                                       "ou offered, aussi ce qui attend d'être envoyé ou retiré."));
    addIds(command, shared, *options);
    addFilter(command, shared, *options, "--cause");
    command
        .add_option(
            "--why", options->why,
            shared.say("The reason, kept on the timeline", "Le motif, gardé dans la chronologie"))
        ->required();
    addCommon(command, shared, *options);
    command.footer(shared.say(kFailedEn, kFailedFr));
    command.callback([&shared, options] {
        demandSome(shared, *options);
        change(shared, *options, kClose);
    });
}

void addSettle(CLI::App& messages, Shared& shared) {
    auto options = std::make_shared<Options>();
    CLI::App& command = add(messages, shared, "settle",
                            shared.say("What waits to be picked up was handed over by hand: it is "
                                       "delivered, and the timeline says by whom and when.",
                                       "Ce qui attend d'être retiré a été remis en main propre : "
                                       "c'est remis, et la chronologie dit par qui et quand."));
    addIds(command, shared, *options);
    addFilter(command, shared, *options, "--cause");
    command.add_option(
        "--by-hand", options->on,
        shared.say("The day on which it was handed over: 2025-03-18. Default: now; then a refusal "
                   "of the person concerned since it was laid out closes it instead",
                   "Le jour de la remise : 2025-03-18. Par défaut : maintenant ; un refus "
                   "de la personne concernée depuis la mise à disposition le clôt alors"));
    command.add_option(
        "--why", options->why,
        shared.say("A note, kept on the timeline", "Une note, gardée dans la chronologie"));
    addCommon(command, shared, *options);
    command.footer(shared.say(kFailedEn, kFailedFr) + "\n" +
                   shared.say("Example: passerelle messages settle 7K2QF2A --by-hand 2025-03-18",
                              "Exemple : passerelle messages settle 7K2QF2A --by-hand 2025-03-18"));
    command.callback([&shared, options] {
        demandSome(shared, *options);
        change(shared, *options, kSettle);
    });
}

}  // namespace gateway::messages
