/// plans list: the active file of coordinators.
#include <iostream>
#include <set>

#include "asked/commands.h"
#include "usage/columns.h"

namespace care_circle {
using namespace gateway;

namespace {

struct Wish {
    std::string coordinator, sector, due, state, after;
    std::size_t most = 100;
    bool json = false;
};

/// What was shown so far, over several answers.
struct Listing {
    std::vector<std::vector<std::string>> rows;
    std::vector<std::string> coordinators;
    std::set<std::string> told;  ///< network and id of those coordinators
};

std::string waitingText(Node plan, Spoken speaks) {
    std::string text;
    for (const Node one : plan.children()) {
        if (one.name() != "waiting" || one.kind() == Kind::list) continue;
        text += (text.empty() ? "" : ", ") + std::string(one.child("partner").text()) + " " +
                stateWord(one.child("state").text()).in(speaks);
        text += " " + minute(one.child("since").text());
    }
    return text;
}

void addRow(Listing& listing, Node plan, Spoken speaks) {
    const auto text = [&](std::string_view name) { return std::string(plan.child(name).text()); };
    std::string review = text("review");
    if (const Reason due = dueIn(plan.child("review_in_days")); !due.empty())
        review += " (" + due.in(speaks) + ")";
    std::string days = text("open_days");
    if (!days.empty()) days += speaks == Spoken::french ? " j" : " d";
    if (!plan.child("exit").text().empty()) days = text("exit") + " " + text("exit_reason");
    listing.rows.push_back({text("network"), text("number"), stateWord(text("state")).in(speaks),
                            text("entry"), days, review, text("edition"), text("coordinator"),
                            waitingText(plan, speaks)});
}

void addCoordinator(Listing& listing, Node row, std::string_view limit, Spoken speaks) {
    const std::string network(row.child("network").text()), id(row.child("id").text());
    if (!listing.told.insert(network + "|" + id).second) return;
    const std::string_view name = row.child("name").text();
    const Reason many = row.child("too_many").text() == "true"
                            ? say(" – more than {0}", " – plus de {0}", {limit})
                            : Reason();
    const std::string_view open = row.child("open").text();
    const Reason plans =
        open == "1" ? Reason{"open plan", "plan ouvert"} : Reason{"open plans", "plans ouverts"};
    listing.coordinators.push_back(
        say("{0} ({1}, {2}): {3} {5}{4}", "{0} ({1}, {2}) : {3} {5}{4}",
            {name.empty() ? std::string_view(id) : name, network, id, open, many, plans})
            .in(speaks));
}

void add(Listing& listing, Node answer, Spoken speaks) {
    for (const Node child : answer.children()) {
        if (child.kind() == Kind::list) continue;
        if (child.name() == "plans") addRow(listing, child, speaks);
        if (child.name() == "coordinators")
            addCoordinator(listing, child, answer.child("limit").text(), speaks);
    }
}

void print(const Listing& listing, const std::string& next, const Line& line) {
    const Spoken speaks = line.speaks();
    if (listing.rows.empty()) {
        std::cerr << line.in({"no such plan\n", "aucun plan de ce genre\n"});
    } else {
        std::vector<std::vector<std::string>> lines{
            {line.in({"network", "réseau"}), line.in({"number", "numéro"}),
             line.in({"state", "état"}), line.in({"entry", "entrée"}),
             line.in({"open since", "ouvert depuis"}),
             line.in({"next review", "prochaine réévaluation"}), line.in({"edition", "édition"}),
             line.in({"coordinator", "coordinateur"}), line.in({"waiting", "en attente"})}};
        lines.insert(lines.end(), listing.rows.begin(), listing.rows.end());
        printColumns(std::cout, lines);
    }
    if (!listing.coordinators.empty()) std::cout << '\n';
    for (const std::string& one : listing.coordinators) std::cout << one << '\n';
    if (!next.empty())
        std::cerr << say("more: --after '{0}'\n", "suite : --after '{0}'\n", {next}).in(speaks);
}

int list(Line& line, Wish wish) {
    const Spoken speaks = line.speaks();
    Listing listing;
    for (;;) {
        const std::string json =
            line.ask("plans", {{"coordinator", wish.coordinator},
                               {"sector", wish.sector},
                               {"due", wish.due},
                               {"state", wish.state},
                               {"after", wish.after},
                               {"most", std::to_string(wish.most - listing.rows.size())}});
        if (wish.json) {
            std::cout << json << '\n';
            return 0;
        }
        const Document answer = answerOf(json);
        add(listing, answer.root(), speaks);
        wish.after = answer.root().child("next").text();
        if (wish.after.empty() || listing.rows.size() >= wish.most) break;
    }
    print(listing, wish.after, line);
    return 0;
}

void declare(Line& line, Wish& wish) {
    line.option("--coordinator", wish.coordinator,
                {"Only of this coordinator, by the id that the list shows",
                 "Seulement de ce coordinateur, par l'identifiant que montre la liste"},
                "ID");
    line.option("--sector", wish.sector, {"Only of this sector", "Seulement de ce secteur"},
                "NAME");
    line.option(
        "--due", wish.due,
        {"Only open plans whose review falls due in so many days or is late; only the late "
         "ones: overdue",
         "Seulement les plans ouverts dont la réévaluation tombe dans tant de jours ou est en "
         "retard ; ceux en retard seulement : overdue"},
        "DAYS");
    line.option("--state", wish.state,
                {"open (default), closed, all, or a state of FHIR: draft, active, on-hold, "
                 "completed, revoked, entered-in-error",
                 "open (ouverts, par défaut), closed (clos), all (tous), ou un état de FHIR : "
                 "draft, active, on-hold, completed, revoked, entered-in-error"},
                "STATE");
    line.app()
        .add_option("--most", wish.most, line.in({"How many", "Combien"}))
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    line.option("--after", wish.after,
                {"Page on: what the page before ended with",
                 "Page suivante : ce qui terminait la page précédente"},
                "TEXT");
    line.flag("--json", wish.json,
              {"As JSON; go on with --after as long as it has `next`",
               "En JSON ; continuer avec --after tant qu'il a « next »"});
    line.app().footer(line.in({"Example: passerelle plans list --network relai --due overdue",
                               "Exemple : passerelle plans list --network relai --due overdue"}));
}

int run(std::span<const std::string> words, CommandHost& host) {
    Line line(host);
    Wish wish;
    return line.run(
        words, "plans list",
        {"Plans of the networks: state, entry, next review, last edition, who still waits for it, "
         "and how many open plans each coordinator has.",
         "Les plans des réseaux : état, entrée, prochaine réévaluation, dernière édition, qui "
         "l'attend "
         "encore, et la file active de chaque coordinateur."},
        [&] { declare(line, wish); }, [&] { return list(line, wish); });
}

}  // namespace

Command plansList() {
    return {"plans list",
            {"The plans of the networks: reviews due, coordinators' active files.",
             "Les plans des réseaux : réévaluations à venir, files actives des coordinateurs."},
            run};
}

}  // namespace care_circle
