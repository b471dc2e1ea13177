#include "plan/circle.h"

#include <algorithm>
#include <charconv>

#include "gateway/error.h"

namespace care_circle {
namespace {
using namespace gateway;

/// Scheme of the directory for a FHIR identifier (CI-SIS: RPPS, FINESS, IDNPS, IDNST); others keep
/// their system.
Identifier schemeOf(std::string_view system, std::string_view value) {
    if (system == "https://rpps.esante.gouv.fr") return {"rpps", std::string(value)};
    if (system == "https://finess.esante.gouv.fr") return {"finess", std::string(value)};
    if (system == "urn:oid:1.2.250.1.71.4.2.1" && value.starts_with('8'))
        return {"rpps", std::string(value.substr(1))};
    if (system == "urn:oid:1.2.250.1.71.4.2.2" && value.starts_with('1'))
        return {"finess", std::string(value.substr(1))};
    return {std::string(system), std::string(value)};
}

void addIdentifiers(Node resource, std::vector<Identifier>& all) {
    for (const Node child : resource.children()) {
        if (child.name() == "identifier" && !child.child("value").text().empty())
            all.push_back(schemeOf(child.child("system").text(), child.child("value").text()));
        if (child.name() == "telecom" && child.child("system").text() == "email")
            all.emplace_back("mss", child.child("value").text());
    }
}

std::string_view textOf(Node concept_) {
    if (const Node text = concept_.child("text")) return text.text();
    return concept_.child("coding").child("display").text();
}

constexpr std::string_view kFunctions = "https://passerelle.example/fhir/CodeSystem/pps-function";
constexpr std::string_view kRefusedKind =
    "https://passerelle.example/fhir/StructureDefinition/refused-kind";

void addFunctions(Node concept_, std::vector<std::string>& all) {
    for (const Node coding : concept_.children())
        if (coding.name() == "coding" && coding.child("system").text() == kFunctions)
            all.emplace_back(coding.child("code").text());
}

/// The kind that a provision refuses, empty when it names somebody or nobody.
std::string_view kindOf(Node provision) {
    for (const Node extension : provision.children())
        if (extension.name() == "extension" && extension.child("url").text() == kRefusedKind)
            return extension.child("value").child("code").text();
    return {};
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

}  // namespace

Circle::Circle(Node bundle, std::string_view today) {
    std::vector<Node> teams, consents;
    for (const Node entry : bundle.children()) {
        if (entry.name() != "entry") continue;
        const Node resource = entry.child("resource");
        byUrl_.emplace(entry.child("fullUrl").text(), resource);
        if (resource.type() == "CarePlan" && !plan_) plan_ = resource;
        if (resource.type() == "Consent") consents.push_back(resource);
        if (resource.type() == "CareTeam") teams.push_back(resource);
        if (resource.type() == "Patient") patients_.push_back(resource);
    }
    for (const Node team : teams)
        for (const Node participant : team.children()) {
            if (participant.name() != "participant") continue;
            Member member = memberOf(participant.child("member").child("reference").text(),
                                     participant.child("role"));
            const std::string_view end = participant.child("period").child("end").text();
            member.left = !end.empty() && end.substr(0, today.size()) < today;
            members_.push_back(std::move(member));
        }
    for (const Node consent : consents) readConsent(consent);
    refuseKinds();
}

/// Members of a refused kind, and who works for a structure of that kind.
void Circle::refuseKinds() {
    std::vector<std::string> structures;
    const auto refuse = [&](const auto& is) {
        for (const Member& member : members_)
            if (is(member)) refused_.push_back(member);
    };
    for (const std::string& kind : refusedKinds_) {
        refuse([&](const Member& member) { return contains(member.functions, kind); });
        if (!isStructure(kind)) continue;
        for (const Member& member : members_)
            if (contains(member.functions, kind))
                structures.push_back(member.structure.empty() ? member.url : member.structure);
    }
    refuse([&](const Member& member) { return contains(structures, member.structure); });
}

bool Circle::refusesCategory(std::string_view category) const {
    return std::any_of(std::begin(kCategories), std::end(kCategories), [&](const auto& known) {
        return known.second == category && contains(refusedKinds_, known.first);
    });
}

Member Circle::memberOf(std::string_view url, Node role) const {
    Member member;
    member.url = url;
    member.role = textOf(role);
    const auto found = byUrl_.find(url);
    if (found == byUrl_.end()) return member;
    const Node resource = found->second;
    addFunctions(role, member.functions);
    member.professional = resource.type() != "RelatedPerson" && resource.type() != "Patient";
    if (resource.type() == "PractitionerRole") {
        if (member.role.empty()) member.role = textOf(resource.child("code"));
        const auto linked = [&](std::string_view element) {
            const auto at = byUrl_.find(resource.child(element).child("reference").text());
            if (at != byUrl_.end()) addIdentifiers(at->second, member.identifiers);
        };
        linked("practitioner");
        addIdentifiers(resource, member.identifiers);
        linked("organization");
        member.structure = resource.child("organization").child("reference").text();
        for (const Node child : resource.children())
            if (child.name() == "code") addFunctions(child, member.functions);
    } else {
        addIdentifiers(resource, member.identifiers);
    }
    return member;
}

void Circle::readConsent(Node consent) {
    if (consent.child("status").text() != "active") return;
    const Node provision = consent.child("provision");
    if (provision.child("type").text() == "permit") consentRecorded_ = true;
    readProvision(provision);
}

/// A refusal without an actor or a kind refuses all sharing. Provisions nest
/// (Consent.provision.provision).
void Circle::readProvision(Node provision) {
    if (provision.child("type").text() == "deny") {
        const std::string_view kind = kindOf(provision);
        if (!kind.empty()) refusedKinds_.emplace_back(kind);
        if (kind.empty() && !provision.child("actor")) sharingRefused_ = true;
        for (const Node actor : provision.children()) {
            if (actor.name() != "actor") continue;
            const std::string_view url = actor.child("reference").child("reference").text();
            if (!byUrl_.contains(url))
                throw Error(
                    Fault::rejected, actor.path(),
                    {"a refused recipient that the plan does not hold: who is meant?",
                     "un destinataire refusé que le plan ne contient pas : de qui s'agit-il ?"});
            refused_.push_back(memberOf(url, Node()));
        }
    }
    for (const Node rule : provision.children())
        if (rule.name() == "provision") readProvision(rule);
}

std::string Circle::number() const {
    return std::string(plan_.child("identifier").child("value").text());
}

std::string Circle::edition() const {
    const std::string number = this->number() + "/";
    for (const Node identifier : plan_.children())
        if (identifier.name() == "identifier" &&
            identifier.child("value").text().starts_with(number))
            return std::string(identifier.child("value").text().substr(number.size()));
    const Node updated = plan_.child("meta").child("lastUpdated");
    return std::string(updated ? updated.text() : plan_.child("created").text());
}

std::string Circle::status() const { return std::string(plan_.child("status").text()); }

std::vector<std::string> Circle::subjects() const {
    std::vector<std::string> subjects;
    for (const Node patient : patients_)
        for (const Node identifier : patient.children())
            if (identifier.name() == "identifier")
                subjects.push_back(std::string(identifier.child("system").text()) + "|" +
                                   std::string(identifier.child("value").text()));
    return subjects;
}

const Partner* partnerOf(const Member& member, const Directory& directory) {
    for (const auto& [scheme, value] : member.identifiers)
        if (const Partner* const partner = directory.byIdentifier(scheme, value)) return partner;
    return nullptr;
}

std::int64_t orderOf(std::string_view edition) {
    // "3" counts editions; a date or date-time is compared by its digits: 2025-03-18T09:42 →
    // 202503180942.
    std::string digits;
    const bool dated = edition.find('-') != edition.npos;
    for (const char c : edition) {
        if (c >= '0' && c <= '9') digits += c;
        if (digits.size() == 14 || (dated && (c == '+' || c == 'Z'))) break;
    }
    if (dated) digits.resize(14, '0');
    std::int64_t order = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), order);
    return order;
}

}  // namespace care_circle
