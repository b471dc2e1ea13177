/// where: "where is Mrs X's plan?"
#include <algorithm>
#include <iostream>
#include <optional>

#include "asked/commands.h"
#include "usage/columns.h"

namespace care_circle {
using namespace gateway;

namespace {

std::string trimmed(std::string text) {
    text.erase(0, std::min(text.find_first_not_of(" \t"), text.size()));
    text.erase(text.find_last_not_of(" \t") + 1);
    return text;
}

/// Who is meant, from the terminal or stdin: never from the command line, which others can read.
std::optional<Asked> askWho(CommandHost& host) {
    const auto read = [&](const Reason& prompt) {
        return trimmed(host.line(prompt, false).value_or(std::string()));
    };
    const std::string who =
        read({"Plan number, INS, or family name:", "Numéro de plan, INS, ou nom de famille :"});
    if (who.empty()) return {};
    if (std::any_of(who.begin(), who.end(), [](char c) { return c >= '0' && c <= '9'; }))
        return Asked{{"who", who}};
    const std::string born = read({"Date of birth:", "Date de naissance :"});
    if (born.empty()) return {};
    return Asked{{"name", who}, {"born", born}};
}

/// "active, edition 2, entry 2026-01-12, next review 2026-04-12 (in 5 d)".
std::string headText(Node plan, Spoken speaks) {
    const auto text = [&](std::string_view name) { return plan.child(name).text(); };
    std::string head = stateWord(text("state")).in(speaks);
    const auto add = [&](const char* en, const char* fr, const Reason& what) {
        if (!what.empty()) head += ", " + say(en, fr, {what}).in(speaks);
    };
    add("edition {0}", "édition {0}", text("edition"));
    add("entry {0}", "entrée {0}", text("entry"));
    add("exit {0}", "sortie {0}", text("exit"));
    add("reason {0}", "motif {0}", text("exit_reason"));
    if (!text("review").empty())
        head += ", " + say("next review {0} ({1})", "prochaine réévaluation {0} ({1})",
                           {text("review"), dueIn(plan.child("review_in_days"))})
                           .in(speaks);
    add("open actions: {0}", "actions en cours : {0}", text("open_actions"));
    add("coordinator {0}", "coordinateur {0}", text("coordinator"));
    return head;
}

/// "sent 2026-03-18 09:42Z, answered 2026-03-18 09:42Z".
std::string whatText(Node one, Spoken speaks) {
    const auto text = [&](std::string_view name) { return one.child(name).text(); };
    const Node why = one.child("why");
    const Reason reason{std::string(why.child("en").text()), std::string(why.child("fr").text())};
    if (text("state") == "left-out") return reason.in(speaks);  // it says so itself
    std::string what = stateWord(text("state")).in(speaks);
    const auto add = [&](std::string_view name, const char* en, const char* fr) {
        if (!text(name).empty()) what += ", " + say(en, fr, {minute(text(name))}).in(speaks);
    };
    add("sent", "sent {0}", "envoyé {0}");
    add("answered", "answered {0}", "répondu {0}");
    add("read", "read {0}", "lu {0}");
    add("waiting_since", "waiting since {0}", "en attente depuis {0}");
    if (!reason.empty()) what += (speaks == Spoken::french ? " : " : ": ") + reason.in(speaks);
    return what;
}

void printRecipients(Node plan, const Line& line) {
    const Spoken speaks = line.speaks();
    std::vector<std::vector<std::string>> rows;
    for (const Node one : plan.children()) {
        if (one.name() != "recipients" || one.kind() == Kind::list) continue;
        const std::string_view destination = one.child("destination").text();
        rows.push_back(
            {"  " + std::string(destination.empty() ? one.child("partner").text() : destination),
             std::string(one.child("label").text()),
             say("edition {0}", "édition {0}", {one.child("edition").text()}).in(speaks),
             whatText(one, speaks)});
    }
    if (rows.empty()) std::cout << line.in({"  nobody got it\n", "  personne ne l'a reçu\n"});
    printColumns(std::cout, rows);
}

void printPlan(Node plan, const Line& line) {
    const Spoken speaks = line.speaks();
    std::cout << plan.child("network").text() << "  " << plan.child("number").text() << "  "
              << headText(plan, speaks) << '\n';
    printRecipients(plan, line);
    if (const std::string_view message = plan.child("message").text(); !message.empty())
        std::cout << say("  its way: passerelle messages show {0}\n",
                         "  son chemin : passerelle messages show {0}\n", {message})
                         .in(speaks);
}

/// Whether the list of that name has an item.
bool listed(Node answer, std::string_view name) {
    const Node first = answer.child(name);
    return first && first.kind() != Kind::list;
}

void printCandidate(Node plan, Spoken speaks) {
    std::cout << "  " << plan.child("network").text() << '/' << plan.child("number").text() << "  "
              << headText(plan, speaks) << '\n';
}

/// @return whether a plan was found
bool print(Node answer, const Line& line) {
    const bool choose = listed(answer, "candidates");
    if (choose)
        std::cout << line.in({"Several plans; ask again with the number of the one meant:\n",
                              "Plusieurs plans ; redemander avec le numéro voulu :\n"});
    for (const Node child : answer.children()) {
        if (child.kind() == Kind::list) continue;
        if (child.name() == "plans") printPlan(child, line);
        if (child.name() == "candidates") printCandidate(child, line.speaks());
    }
    if (answer.child("more").text() == "true")
        std::cout << line.in({"  … and others\n", "  … et d'autres\n"});
    if (choose || listed(answer, "plans")) return true;
    std::cerr << line.in({"no plan is known of that person or under that number\n",
                          "aucun plan connu de cette personne ou sous ce numéro\n"});
    return false;
}

struct Wish {
    std::string why, by;
    bool json = false;
};

void declare(Line& line, Wish& wish) {
    line.option("--why", wish.why,
                {"Why you ask, kept for whoever checks; no name of a person",
                 "Pourquoi vous demandez, gardé pour qui contrôle ; pas de nom de personne"},
                "TEXT")
        ->required();
    line.option("--by", wish.by,
                {"Who asks (default: the name of this user)",
                 "Qui demande (par défaut : le nom de cet utilisateur)"},
                "NAME");
    line.flag("--json", wish.json, {"As JSON", "En JSON"});
    line.app().footer(
        line.in({"Exit code 1 when no plan is found.\n"
                 "Example: passerelle where --why 'the GP calls: no plan has come'",
                 "Code de sortie 1 si aucun plan n'est trouvé.\n"
                 "Exemple : passerelle where --why 'le médecin appelle : aucun plan reçu'"}));
}

int tell(Line& line, const Wish& wish, CommandHost& host) {
    std::optional<Asked> who = askWho(host);
    if (!who) {
        std::cerr << line.in(
            {"passerelle where: expected a plan number or an INS on one line, or "
             "a family name and a date of birth on two\n",
             "passerelle where : attendu un numéro de plan ou un INS sur une "
             "ligne, ou un nom de famille et une date de naissance sur deux\n"});
        return 2;
    }
    who->insert({{"why", wish.why}, {"by", wish.by}});
    const std::string answer = line.ask("where", *std::move(who));
    const Document read = answerOf(answer);
    if (!wish.json) return print(read.root(), line) ? 0 : 1;
    std::cout << answer << '\n';
    return listed(read.root(), "plans") || listed(read.root(), "candidates") ? 0 : 1;
}

int run(std::span<const std::string> words, CommandHost& host) {
    Line line(host);
    Wish wish;
    return line.run(
        words, "where",
        {"Where the plan of one person stands: its edition and what became of it at each "
         "recipient. Asks who is meant on the terminal, or reads it from stdin, a line each: plan "
         "number or INS, or family name and date of birth.",
         "Où en est le plan d'une personne : son édition et ce qu'il est devenu chez chaque "
         "destinataire. Demande de qui il s'agit sur le terminal, ou le lit sur l'entrée standard, "
         "une réponse par ligne : numéro de plan ou INS, ou nom de famille et date de naissance."},
        [&] { declare(line, wish); }, [&] { return tell(line, wish, host); });
}

}  // namespace

Command where() {
    return {"where",
            {"Where is Mrs X's plan? Its edition, and what became of it at each recipient.",
             "Où est le plan de Mme X ? Son édition, et ce qu'il est devenu chez chacun."},
            run};
}

}  // namespace care_circle
