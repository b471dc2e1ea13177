#include <algorithm>
#include <map>

#include "plan/recipients.h"
#include "plan/steps.h"

namespace care_circle {
using namespace gateway;

namespace {

/// The day on which somebody has to take part: a plan that ends ends all participations with it.
std::string_view dayAsked(const Edition& edition) {
    const std::string_view exit = edition.bundle.plan().child("period").child("end").text();
    const std::string_view today = edition.question.today();
    return edition.closes() && !exit.empty() && exit < today ? exit.substr(0, 10) : today;
}

Reason unreachable(const Member& member, const Edition& edition) {
    const std::string file = Aliases::fileOf(edition.question.network());
    if (const Alias* const alias = aliasOf(member, edition))
        return say("left out: line {1} of {0} names a partner that partners/ does not have",
                   "écarté : la ligne {1} de {0} nomme un partenaire qui n'est pas dans partners/",
                   {file, std::to_string(alias->line)});
    const std::string name = rowName(member);
    if (name.empty())
        return {"left out: it has neither number nor name by which a partner could be known",
                "écarté : ni numéro ni nom par lequel un partenaire pourrait être reconnu"};
    return say(
        "left out: no partner has one of its identifiers; if it is a partner, add to {0} the row "
        "{1},PARTNER",
        "écarté : aucun partenaire ne porte l'un de ses identifiants ; si c'est un partenaire, "
        "ajouter à {0} la ligne {1},PARTENAIRE",
        {file, name});
}

void reportUnreachable(const Member& member, const Edition& edition, Outcome& outcome) {
    const std::string words = rowWords(member);
    Finding finding{Severity::warning,
                    "DESTINATAIRE_INCONNU",
                    "Destinataire sans adresse",
                    {},
                    {},
                    edition.bundle.at(member.url).path()};
    finding.text =
        say("{0}: a member of the care team whom no partner stands for: it gets nothing",
            "{0} : membre de l'équipe de soins sans partenaire correspondant : il ne reçoit rien",
            {member.role.empty() ? Reason{"somebody without a role", "sans fonction"}
                                 : Reason(member.role)});
    if (!words.empty())
        finding.remedy = say("add to {0} the row {1},PARTNER, or the identifier to its partner",
                             "ajouter à {0} la ligne {1},PARTENAIRE, ou l'identifiant à la fiche "
                             "du partenaire",
                             {Aliases::fileOf(edition.question.network()), words});
    outcome.findings.push_back(std::move(finding));
}

/// Keeps since when a partner takes part, and until when that is said.
void remember(const Member& member, const Partner& partner, const Edition& edition,
              Outcome& outcome) {
    Membership now{partner.name, member.since, member.until, {}};
    for (const Membership& before : edition.knownMembers)
        if (before.partner == now.partner && !before.hasLeft() && now.since.empty())
            now.since = before.since;
    if (now.since.empty()) now.since = edition.date;
    outcome.members.push_back(std::move(now));
}

class Team {
public:
    Team(const Edition& edition, const Reason& nobody, Outcome& outcome)
        : edition_(edition), nobody_(nobody), outcome_(outcome), day_(dayAsked(edition)) {
        for (const Member& member : edition.circle.members())
            if (const Partner* const partner = reachedAs(member, edition))
                if (member.takesPart(day_)) here_.emplace(partner->name, &member);
    }

    void decide(const Member& member) {
        const std::string who = member.role.empty() ? "membre sans fonction" : member.role;
        const Partner* const partner = reachedAs(member, edition_);
        if (isRefused(member))
            return outcome_.leaveOut(partner ? partner->name : "", who, kRefused);
        if (!partner && isReferent(member))
            return outcome_.leaveOut("", who,
                                     {"coordinates the plan for the network, which keeps it itself",
                                      "coordonne le plan pour le réseau, qui le tient lui-même"});
        if (!partner) {
            if (!edition_.isLate()) reportUnreachable(member, edition_, outcome_);
            return outcome_.leaveOut("", who, unreachable(member, edition_));
        }
        // Who left and came back stands twice: the participation that lasts counts.
        const auto here = here_.find(partner->name);
        if (here != here_.end() && !member.takesPart(day_)) return;
        if (outcome_.isDecided(partner->name)) return;
        const Reason why = whyNot(member, *partner);
        if (!why.empty()) return outcome_.leaveOut(partner->name, who, why);
        remember(member, *partner, edition_, outcome_);
        if (!nobody_.empty()) return outcome_.leaveOut(partner->name, who, nobody_);
        send(member, *partner, who);
    }

private:
    bool isReferent(const Member& member) const {
        for (const Node child : edition_.bundle.plan().children())
            if (child.name() == "contributor" && child.child("reference").text() == member.url)
                return true;
        return false;
    }

    bool isRefused(const Member& member) const {
        const auto& refused = edition_.circle.refused();
        const Partner* const partner = reachedAs(member, edition_);
        return std::any_of(
                   refused.begin(), refused.end(),
                   [&](const Member& one) { return !one.url.empty() && one.url == member.url; }) ||
               (partner && outcome_.refused.contains(partner->name));
    }

    Reason whyNot(const Member& member, const Partner& partner) const {
        if (partner.name == edition_.question.network())
            return {"it keeps the plan itself", "tient lui-même le plan"};
        if (isPayer(partner.category))
            return {
                "left out: a body of this kind is outside every care team: a recorded consent "
                "has to name it",
                "écarté : un organisme de cette nature n'est jamais dans l'équipe de soins : "
                "un consentement enregistré doit le nommer"};
        if (!member.since.empty() && member.since > day_.substr(0, member.since.size()))
            return {"left out: not yet in the care team",
                    "écarté : pas encore dans l'équipe de soins"};
        if (!member.takesPart(day_) ||
            (!edition_.isNew() && hasLeft(edition_.knownMembers, partner.name)))
            return {"left out: no longer in the care team",
                    "écarté : ne fait plus partie de l'équipe de soins"};
        return {};
    }

    void send(const Member& member, const Partner& partner, const std::string& who) {
        Reason why{"member of the care team", "membre de l'équipe de soins"};
        if (!partnerOf(member, edition_.question.partners))
            if (const Alias* const alias = aliasOf(member, edition_))
                why = say(
                    "member of the care team, known by line {1} of {0}",
                    "membre de l'équipe de soins, reconnu par la ligne {1} de {0}",
                    {Aliases::fileOf(edition_.question.network()), std::to_string(alias->line)});
        outcome_.send(partner, who, std::move(why)).filterMap =
            edition_.question.rules.filterOf(partner.category);
    }

    const Edition& edition_;
    const Reason& nobody_;
    Outcome& outcome_;
    const std::string_view day_;
    std::map<std::string, const Member*, std::less<>> here_;
};

}  // namespace

void shareWithTeam(const Edition& edition, const Reason& nobody, Outcome& outcome) {
    if (edition.isMistake()) return;
    Team team(edition, nobody, outcome);
    for (const Member& member : edition.circle.members())
        if (member.professional) team.decide(member);
    // Who was refused without being in the team.
    for (const Member& refused : edition.circle.refused()) {
        const Partner* const partner = reachedAs(refused, edition);
        if (partner && outcome.isDecided(partner->name)) continue;
        const auto& members = edition.circle.members();
        if (std::none_of(members.begin(), members.end(),
                         [&](const Member& one) { return one.url == refused.url; }))
            outcome.leaveOut(partner ? partner->name : "", refused.role, kRefused);
    }
}

}  // namespace care_circle
