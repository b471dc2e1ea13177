#include "plan/circle.h"

#include <algorithm>

#include "gateway/error.h"

namespace care_circle {
using namespace gateway;

Identifier schemeOf(std::string_view system, std::string_view value) {
    if (system == "https://rpps.esante.gouv.fr") return {"rpps", std::string(value)};
    if (system == "https://finess.esante.gouv.fr") return {"finess", std::string(value)};
    if (system == "urn:oid:1.2.250.1.71.4.2.1" && value.starts_with('8'))
        return {"rpps", std::string(value.substr(1))};
    if (system == "urn:oid:1.2.250.1.71.4.2.2" && value.starts_with('1'))
        return {"finess", std::string(value.substr(1))};
    return {std::string(system), std::string(value)};
}

namespace {

void addIdentifiers(Node resource, std::vector<Identifier>& all) {
    for (const Node child : resource.children()) {
        if (child.name() == "identifier" && !child.child("value").text().empty())
            all.push_back(schemeOf(child.child("system").text(), child.child("value").text()));
        if (child.name() == "telecom" && child.child("system").text() == "email")
            all.emplace_back("mss", child.child("value").text());
    }
}

void addFunctions(Node concept_, std::vector<std::string>& all) {
    if (const std::string_view code = codeOf(concept_, "pps-function"); !code.empty())
        all.emplace_back(code);
}

/// Kinds that are structures: who works there is refused with them.
bool isStructure(std::string_view kind) {
    return kind == "HAD" || kind == "SSIAD" || kind == "MSP" || kind == "STRUCTURE" ||
           kind == "DEMANDEUR";
}

/// What the directory calls a kind.
constexpr std::pair<std::string_view, std::string_view> kCategories[] = {
    {"HAD", "had"},           {"SSIAD", "ssiad"},         {"MEDECIN_TRAITANT", "gp"},
    {"MSP", "msp"},           {"PHARMACIEN", "pharmacy"}, {"MEDECIN_HOSPITALIER", "hospital"},
    {"DEMANDEUR", "hospital"}};

bool contains(const std::vector<std::string>& all, std::string_view one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

std::string_view dateOf(Node element, std::string_view name) {
    return element.child(name).text().substr(0, 10);
}

std::string nameOf(Node person) {
    const Node name = person.child("name");
    std::string words(name.child("family").text());
    if (const std::string_view given = name.child("given").text(); !given.empty())
        words += (words.empty() ? "" : " ") + std::string(given);
    return words;
}

}  // namespace

/// Dates may be no more than a year or a month: compared as far as they are said.
bool Member::takesPart(std::string_view today) const {
    const auto upTo = [&](const std::string& date) { return today.substr(0, date.size()); };
    return (since.empty() || since <= upTo(since)) && (until.empty() || until >= upTo(until));
}

bool Member::has(std::string_view function) const { return contains(functions, function); }

Circle::Circle(const Bundle& bundle) : bundle_(bundle) {
    for (const Node team : bundle.all("CareTeam")) readTeam(team);
    for (const Node consent : bundle.all("Consent")) readConsent(consent);
    refuseKinds();
}

void Circle::readTeam(Node team) {
    for (const Node participant : team.children()) {
        if (participant.name() != "participant") continue;
        Member member = memberOf(participant.child("member").child("reference").text(),
                                 participant.child("role"));
        member.since = dateOf(participant.child("period"), "start");
        member.until = dateOf(participant.child("period"), "end");
        members_.push_back(std::move(member));
    }
}

/// Members of a refused kind, and who works for a structure of that kind.
void Circle::refuseKinds() {
    std::vector<std::string> structures;
    const auto refuse = [&](const auto& is) {
        for (const Member& member : members_)
            if (is(member)) refused_.push_back(member);
        for (const Permission& permission : permissions_)
            if (is(permission.to)) refused_.push_back(permission.to);
    };
    for (const std::string& kind : refusedKinds_) {
        refuse([&](const Member& member) { return member.has(kind); });
        if (!isStructure(kind)) continue;
        for (const Member& member : members_)
            if (member.has(kind) && !member.url.empty())
                structures.push_back(member.structure.empty() ? member.url : member.structure);
    }
    refuse([&](const Member& member) {
        return contains(structures, member.structure) || contains(structures, member.url);
    });
}

Member Circle::memberOf(std::string_view url, Node role) const {
    Member member;
    member.url = url;
    member.role = wordsOf(role);
    const Node resource = bundle_.at(url);
    if (!resource) return member;
    addFunctions(role, member.functions);
    member.professional = resource.type() != "RelatedPerson" && resource.type() != "Patient";
    if (resource.type() != "PractitionerRole") {
        addIdentifiers(resource, member.identifiers);
        (resource.type() == "Organization" ? member.structureName : member.personName) =
            resource.type() == "Organization" ? std::string(resource.child("name").text())
                                              : nameOf(resource);
        return member;
    }
    if (member.role.empty()) member.role = wordsOf(resource.child("code"));
    const Node person = bundle_.referred(resource, "practitioner");
    const Node structure = bundle_.referred(resource, "organization");
    addIdentifiers(person, member.identifiers);
    addIdentifiers(resource, member.identifiers);
    addIdentifiers(structure, member.identifiers);
    member.structure = resource.child("organization").child("reference").text();
    member.structureName = structure.child("name").text();
    member.personName = nameOf(person);
    for (const Node child : resource.children())
        if (child.name() == "code") addFunctions(child, member.functions);
    return member;
}

/// An entry of the bundle, else by its identifier or its name.
Member Circle::actorOf(Node actor) const {
    const Node reference = actor.child("reference");
    const std::string_view url = reference.child("reference").text();
    if (bundle_.at(url)) return memberOf(url, actor.child("role"));
    Member member;
    member.role = wordsOf(actor.child("role"));
    member.professional = true;
    addIdentifiers(reference, member.identifiers);
    if (url.empty()) member.structureName = reference.child("display").text();
    return member;
}

void Circle::readConsent(Node consent) {
    const std::string_view status = consent.child("status").text();
    if (status == "rejected") sharingRefused_ = true;
    if (status != "active") return;
    const Node provision = consent.child("provision");
    // What names somebody is given to that one alone.
    if (provision.child("type").text() == "permit" && !provision.child("actor"))
        consentRecorded_ = true;
    readProvision(consent, provision, true);
}

/// A refusal without an actor or a kind refuses all sharing. Provisions nest
/// (Consent.provision.provision).
void Circle::readProvision(Node consent, Node provision, bool outer) {
    const bool deny = provision.child("type").text() == "deny";
    const std::string_view kind =
        deny ? extensionOf(provision, "refused-kind").child("code").text() : std::string_view();
    if (!kind.empty()) refusedKinds_.emplace_back(kind);
    if (deny && kind.empty() && !provision.child("actor")) sharingRefused_ = true;
    for (const Node actor : provision.children()) {
        if (actor.name() != "actor") continue;
        Member who = actorOf(actor);
        // A name alone may be somebody's in the table of the network; of a refusal that is too
        // little.
        if (who.url.empty() && who.identifiers.empty() && (deny || who.structureName.empty())) {
            unknown_.push_back(actor);
            refusesSomebodyUnknown_ = refusesSomebodyUnknown_ || deny;
            continue;
        }
        if (deny) {
            refused_.push_back(std::move(who));
            continue;
        }
        Permission permission{std::move(who), {}, {}, false, actor.path()};
        permission.given = dateOf(consent, "dateTime");
        permission.until = dateOf(provision.child("period"), "end");
        if (permission.until.empty() && !outer)
            permission.until = dateOf(consent.child("provision").child("period"), "end");
        permission.collected = static_cast<bool>(extensionOf(consent, "collected"));
        permissions_.push_back(std::move(permission));
    }
    for (const Node rule : provision.children())
        if (rule.name() == "provision") readProvision(consent, rule, false);
}

void Circle::mustKnowWhoIsMeant() const {
    if (unknown_.empty()) return;
    const Node actor = unknown_.front();
    const bool deny = actor.parent().child("type").text() == "deny";
    throw Error(
        Fault::rejected, actor.path(),
        deny ? Reason{"a refused recipient that the plan does not hold: who is meant?",
                      "un destinataire refusé que le plan ne contient pas : de qui s'agit-il ?"}
             : Reason{"a consent for a recipient that the plan does not hold: who is meant?",
                      "un consentement pour un destinataire que le plan ne contient pas : de qui "
                      "s'agit-il ?"});
}

bool refusesCategory(const std::vector<std::string>& kinds, std::string_view category) {
    return std::any_of(std::begin(kCategories), std::end(kCategories), [&](const auto& known) {
        return known.second == category && contains(kinds, known.first);
    });
}

const Partner* partnerOf(const Member& member, const Directory& directory) {
    for (const auto& [scheme, value] : member.identifiers)
        if (const Partner* const partner = directory.byIdentifier(scheme, value)) return partner;
    return nullptr;
}

}  // namespace care_circle
