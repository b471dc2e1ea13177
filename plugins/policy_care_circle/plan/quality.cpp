#include <algorithm>
#include <set>

#include "plan/calendar.h"
#include "plan/identifiers.h"
#include "plan/steps.h"

namespace care_circle {
using namespace gateway;

namespace {

class Quality {
public:
    Quality(const Edition& edition, Outcome& outcome) : edition_(edition), outcome_(outcome) {}

    void gp() {
        const auto& members = edition_.circle.members();
        const auto gp = std::find_if(members.begin(), members.end(),
                                     [](const Member& one) { return one.has("MEDECIN_TRAITANT"); });
        if (gp == members.end())
            return add("NUMERO_MANQUANT", "Numéro manquant",
                       {"the plan names no GP who agreed",
                        "le plan ne nomme pas de médecin traitant qui ait donné son accord"},
                       {"name the GP in the care team",
                        "indiquer le médecin traitant dans l'équipe de soins"},
                       "CareTeam");
        const bool numbered = std::any_of(gp->identifiers.begin(), gp->identifiers.end(),
                                          [](const auto& one) { return one.first == "rpps"; });
        if (!numbered)
            add("NUMERO_MANQUANT", "Numéro manquant",
                {"the GP has no RPPS number", "le médecin traitant n'a pas de numéro RPPS"},
                {"add the RPPS (directory of health professionals)",
                 "renseigner le RPPS (annuaire santé)"},
                edition_.bundle.at(gp->url).path());
    }

    /// Keys of numbers: warnings, since they are of others.
    void numbers() {
        for (const std::string_view type : {"Practitioner", "Organization", "PractitionerRole"})
            for (const Node resource : edition_.bundle.all(type))
                for (const Node child : resource.children())
                    if (child.name() == "identifier") number(child);
    }

    void dates() {
        const Node plan = edition_.bundle.plan();
        const Node patient = edition_.bundle.patient();
        notAfterToday(patient.child("birthDate"), {"born after today", "naissance à venir"});
        notAfterToday(plan.child("period").child("start"),
                      {"the entry is after today", "l'entrée est à venir"});
        if (edition_.closes())
            notAfterToday(plan.child("period").child("end"),
                          {"the exit is after today", "la sortie est à venir"});
        for (const Node consent : edition_.bundle.all("Consent"))
            notAfterToday(consent.child("dateTime"),
                          {"the consent is after today", "le consentement est à venir"});
        inOrder(plan.child("period"));
        for (const Node team : edition_.bundle.all("CareTeam"))
            for (const Node participant : team.children()) inOrder(participant.child("period"));
    }

    /// Concepts of ours that have words but no code: no table had them.
    void codes() {
        for (const std::string_view type :
             {"PractitionerRole", "RelatedPerson", "ServiceRequest", "Condition"})
            for (const Node resource : edition_.bundle.all(type))
                for (const Node child : resource.children())
                    if (isCoded(type, child.name()) && child.child("text") &&
                        !child.child("coding"))
                        unknownCode(child);
    }

private:
    void add(std::string code, std::string display, Reason text, Reason remedy, std::string where) {
        outcome_.findings.push_back({Severity::warning, std::move(code), std::move(display),
                                     std::move(text), std::move(remedy), std::move(where)});
    }

    void number(Node identifier) {
        const std::string_view system = identifier.child("system").text();
        const std::string_view value = identifier.child("value").text();
        const auto wrong = [&](const char* name) {
            add("NUMERO_FAUX", "Numéro dont la clé est fausse",
                say("the check digit of this {0} number is wrong",
                    "la clé de ce numéro {0} est fausse", {name}),
                {"correct the number", "corriger le numéro"}, identifier.child("value").path());
        };
        if (system == "https://rpps.esante.gouv.fr" && !isRpps(value)) wrong("RPPS");
        if (system == "https://finess.esante.gouv.fr" && !isFiness(value)) wrong("FINESS");
        if (system == "https://sirene.fr" && value.size() == 14 && !isSiret(value)) wrong("SIRET");
    }

    void impossible(Node date, const Reason& what) {
        add("DATE_IMPOSSIBLE", "Date impossible", what, {"correct the date", "corriger la date"},
            date.path());
    }

    void notAfterToday(Node date, const Reason& what) {
        const std::string_view text = date.text().substr(0, 10);
        if (!text.empty() && text > edition_.question.today().substr(0, text.size()))
            impossible(date, what);
    }

    void inOrder(Node period) {
        const std::string_view from = period.child("start").text().substr(0, 10);
        const std::string_view to = period.child("end").text().substr(0, 10);
        const std::size_t said = std::min(from.size(), to.size());
        if (said > 0 && to.substr(0, said) < from.substr(0, said))
            impossible(period.child("end"),
                       {"the end is before the start", "la fin précède le début"});
    }

    static bool isCoded(std::string_view type, std::string_view element) {
        if (type == "RelatedPerson") return element == "relationship";
        if (type == "PractitionerRole") return element == "code";
        return type == "ServiceRequest" && (element == "category" || element == "reasonCode");
    }

    void unknownCode(Node concept_) {
        // One line for each kind of place: a plan has many of them.
        if (!told_.insert(std::string(concept_.parent().type()) + std::string(concept_.name()))
                 .second)
            return;
        add("CODE_INCONNU", "Code inconnu",
            {"words without a code: no table has them, so they go out as words",
             "un libellé sans code : aucune table ne le connaît, il part tel quel"},
            {"add the row to the network's table ('passerelle unmapped' names it), then send the "
             "plan again",
             "ajouter la ligne à la table du réseau (« passerelle unmapped » la nomme), puis "
             "renvoyer le plan"},
            concept_.path());
    }

    const Edition& edition_;
    Outcome& outcome_;
    std::set<std::string> told_;
};

}  // namespace

void checkQuality(const Edition& edition, Outcome& outcome) {
    if (edition.isLate() || edition.isMistake()) return;
    Quality quality(edition, outcome);
    if (!edition.closes()) quality.gp();
    quality.numbers();
    quality.dates();
    quality.codes();
}

}  // namespace care_circle
