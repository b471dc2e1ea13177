#include "needs/needs.h"

#include <algorithm>
#include <set>

#include "plan/edition.h"
#include "plan/outcome.h"
#include "plan/recipients.h"

namespace care_circle {
using namespace gateway;

namespace {

constexpr std::string_view kFiness = "https://finess.esante.gouv.fr";

std::string finessOf(Node element) {
    for (const Node child : element.children())
        if (child.name() == "identifier" && child.child("system").text() == kFiness)
            return std::string(child.child("value").text());
    return {};
}

/// What the pivot says: whose needs, which version, which networks are in charge.
struct Form {
    std::string finess, version;
    std::set<std::string> inCharge;  ///< FINESS numbers
};

/// @throws Error(rejected) when it names a patient, or no health centre
Form formOf(Node bundle) {
    Form form;
    const std::string_view name = bundle.child("identifier").child("value").text();
    if (const std::size_t slash = name.find('/'); slash != name.npos)
        form.version = name.substr(slash + 1);
    for (const Node entry : bundle.children()) {
        const Node resource = entry.child("resource");
        if (entry.name() != "entry" || !resource) continue;
        if (resource.type() == "Patient")
            throw Error(
                Fault::rejected, "Bundle.entry",
                {"found a Patient in the needs of a health centre, expected none: "
                 "needs name no patient",
                 "trouvé un Patient dans les besoins d'une maison de santé, attendu aucun : "
                 "un besoin ne nomme aucun patient"});
        if (resource.type() == "Organization" && form.finess.empty())
            form.finess = finessOf(resource);
        if (resource.type() == "Task") form.inCharge.insert(finessOf(resource.child("owner")));
    }
    form.inCharge.erase("");
    if (form.finess.empty())
        throw Error(Fault::rejected, "Organization.identifier",
                    {"the needs do not say of which health centre: expected its FINESS number",
                     "les besoins ne disent pas de quelle maison de santé : attendu son numéro "
                     "FINESS"});
    return form;
}

/// `values: {territory: "one|another"}` of a partner.
std::set<std::string> territoriesOf(const Partner& partner) {
    std::set<std::string> all;
    const auto found = partner.values.find("territory");
    if (found == partner.values.end()) return all;
    std::string_view rest = found->second;
    while (!rest.empty()) {
        const std::size_t bar = std::min(rest.find('|'), rest.size());
        std::string_view one = rest.substr(0, bar);
        while (one.starts_with(' ')) one.remove_prefix(1);
        while (one.ends_with(' ')) one.remove_suffix(1);
        if (!one.empty()) all.emplace(one);
        rest.remove_prefix(std::min(bar + 1, rest.size()));
    }
    return all;
}

bool meet(const std::set<std::string>& one, const std::set<std::string>& other) {
    return std::any_of(one.begin(), one.end(),
                       [&](const std::string& name) { return other.contains(name); });
}

bool isInCharge(const Partner& partner, const Form& form) {
    return std::any_of(partner.identifiers.begin(), partner.identifiers.end(), [&](const auto& id) {
        return id.first == "finess" && form.inCharge.contains(id.second);
    });
}

/// The health centre as a partner.
/// @throws Error(rejected) when nobody can say which networks are near it
const Partner& centreOf(const Form& form, const Directory& partners) {
    const Partner* const centre = partners.byIdentifier("finess", form.finess);
    if (!centre)
        throw Error(
            Fault::rejected, "Organization.identifier",
            {"no partner has the FINESS of this health centre: add it in partners/, with "
             "category msp and values: {territory: …}, then replay the message",
             "aucun partenaire ne porte le FINESS de cette maison de santé : l'ajouter dans "
             "partners/, catégorie msp, avec values: {territory: …}, puis rejouer le "
             "message"});
    if (territoriesOf(*centre).empty())
        throw Error(Fault::rejected, "Organization.identifier",
                    say("the territory of this health centre is not known: add values: "
                        "{territory: …} to partners/{0}.yaml and to its networks, then replay "
                        "the message",
                        "le territoire de cette maison de santé n'est pas connu : ajouter values: "
                        "{territory: …} à partners/{0}.yaml et à ses réseaux, puis rejouer le "
                        "message",
                        {centre->name}));
    return *centre;
}

/// Why a partner is a recipient; empty: it is none.
Reason becauseOf(const Partner& partner, const Partner& centre, const Form& form) {
    if (partner.name == centre.name)
        return {"the health centre whose needs these are",
                "la maison de santé dont ce sont les besoins"};
    if (!isNetwork(partner)) return {};
    if (isInCharge(partner, form))
        return {"network in charge of a need", "réseau en charge d'un besoin"};
    if (meet(territoriesOf(partner), territoriesOf(centre)))
        return {"network of the territory of the health centre",
                "réseau du territoire de la maison de santé"};
    return {};
}

}  // namespace

bool isNeeds(Node pivot) {
    return pivot.type() == "Bundle" &&
           pivot.child("entry").child("resource").type() == "Organization";
}

Decisions decideNeeds(const Question& question) {
    const Form form = formOf(question.pivot.root());
    const Partner& centre = centreOf(form, question.partners);
    const Partner* const named = question.partners.find(question.network());
    const std::string sender = named ? named->name : centre.name;

    Decisions decisions;
    decisions.plan = "msp:" + form.finess;
    decisions.edition = form.version.empty() ? std::string(question.time()) : form.version;
    const std::int64_t order = orderOf(decisions.edition);
    const std::optional<RegisterEntry> known = question.plans.find(decisions.plan);
    const bool late = known && orderOf(known->edition) > order;
    for (const Partner& partner : question.partners.all()) {
        if (partner.name == sender) continue;
        Reason why = becauseOf(partner, centre, form);
        if (why.empty()) continue;
        if (late)
            why = {"left out: a newer version of this form is known",
                   "écarté : une version plus récente de ce formulaire est connue"};
        decisions.recipients.push_back({partner.name, {}, !late, {}, std::move(why)});
        decisions.recipients.back().destination = channelOf(partner, "needs");
    }
    if (decisions.recipients.empty())
        decisions.recipients.push_back(
            {{},
             "réseaux du territoire",
             false,
             {},
             {"left out: no network has the territory of this health centre; add values: "
              "{territory: …} to the networks in partners/",
              "écarté : aucun réseau n'a le territoire de cette maison de santé ; ajouter values: "
              "{territory: …} aux réseaux de partners/"}});

    RegisterEntry entry;
    entry.key = decisions.plan;
    entry.edition = decisions.edition;
    entry.state = "needs";
    decisions.changes.push_back({std::move(entry), order});
    return decisions;
}

}  // namespace care_circle
