#include "plan/identity.h"

#include <algorithm>

#include "plan/identifiers.h"
#include "plan/steps.h"

namespace care_circle {
namespace {
using namespace gateway;

constexpr std::string_view kReliability =
    "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-identity-reliability";
constexpr std::string_view kProcessing = "http://terminology.hl7.org/CodeSystem/v2-0103";

/// Of the INS of a patient: the one that has a right key, or null when there is none, or several.
Node rightIns(Node patient) {
    Node right;
    for (const Node child : patient.children()) {
        if (child.name() != "identifier") continue;
        const InsKind kind = insKind(child.child("system").text());
        if (kind != InsKind::real && kind != InsKind::test) continue;
        if (!isIns(withoutGaps(child.child("value").text()))) return {};
        if (right &&
            withoutGaps(right.child("value").text()) != withoutGaps(child.child("value").text()))
            return {};
        if (!right) right = child;
    }
    return right;
}

bool isTestIns(Node identifier) {
    return insKind(identifier.child("system").text()) == InsKind::test;
}

void tell(Outcome& outcome, std::string code, std::string display, Reason text, Reason remedy,
          const Node& where) {
    outcome.decisions.notes.push_back(text);
    outcome.findings.push_back({Severity::warning, std::move(code), std::move(display),
                                std::move(text), std::move(remedy), where.path()});
}

}  // namespace

Node identityStatus(Node patient) {
    for (const Node outer : patient.children()) {
        if (outer.name() != "extension" || outer.child("url").text() != kReliability) continue;
        for (const Node inner : outer.children())
            if (inner.name() == "extension" && inner.child("url").text() == "identityStatus")
                return inner.child("value");
    }
    return {};
}

Identity identityOf(Node patient, const Rules& rules, std::string_view source) {
    Identity identity;
    const std::string_view status = identityStatus(patient).child("code").text();
    const bool trusted = status == "QUAL" || (status == "VALI" && !rules.onlyQualFrom(source));
    const Node ins = trusted ? rightIns(patient) : Node();
    if (ins) {
        identity.ins = withoutGaps(ins.child("value").text());
        identity.insOid = ins.child("system").text().substr(std::string_view("urn:oid:").size());
        identity.testIns = insKind(ins.child("system").text()) == InsKind::test;
    }
    for (const Node child : patient.children()) {
        if (child.name() != "identifier") continue;
        const std::string_view system = child.child("system").text();
        const std::string_view value = child.child("value").text();
        if (!system.empty() && !value.empty() && insKind(system) == InsKind::none)
            identity.subjects.push_back(std::string(system) + "|" + std::string(value));
    }
    if (identity.qualified())
        identity.subjects.push_back("urn:oid:" + identity.insOid + "|" + identity.ins);
    return identity;
}

std::vector<Node> insBelow(Node node) {
    std::vector<Node> found, open{node};
    while (!open.empty()) {
        const Node at = open.back();
        open.pop_back();
        if (insKind(at.child("system").text()) != InsKind::none) found.push_back(at);
        for (const Node child : at.children())
            if (child.firstChild()) open.push_back(child);
    }
    return found;
}

bool isMarkedAsTest(Node bundle) {
    for (const Node tag : bundle.child("meta").children()) {
        if (tag.name() != "tag" || tag.child("system").text() != kProcessing) continue;
        if (tag.child("code").text() == "T" || tag.child("code").text() == "D") return true;
    }
    return false;
}

bool isOfTests(Node bundle) {
    const std::vector<Node> all = insBelow(bundle);
    return isMarkedAsTest(bundle) || std::any_of(all.begin(), all.end(), isTestIns);
}

void checkIdentity(const Edition& edition, Outcome& outcome) {
    const Node root = edition.question.pivot.root();
    const std::vector<Node> all = insBelow(root);
    const auto test = std::find_if(all.begin(), all.end(), isTestIns);
    if (edition.question.rules.production) {
        if (test != all.end())
            throw Error(Fault::rejected, test->child("system").path(),
                        {"an INS of tests or demonstrations, and this gateway works in production: "
                         "send the real identity, or set 'mode: test' of the policy",
                         "une INS de test ou de démonstration, or cette passerelle est en "
                         "production : envoyer l'identité réelle, ou mettre « mode: test » dans la "
                         "politique"});
        if (isMarkedAsTest(root))
            throw Error(Fault::rejected, "Bundle.meta.tag",
                        {"the message is marked as a test (MSH-11), and this gateway works in "
                         "production",
                         "le message est marqué comme test (MSH-11), or cette passerelle est en "
                         "production"});
    } else if (test != all.end()) {
        outcome.decisions.notes.push_back(
            {"an identity of tests: the policy has 'mode: test'",
             "identité de test : la politique est en « mode: test »"});
    }
    const Node patient = edition.bundle.patient();
    const Identity identity =
        identityOf(patient, edition.question.rules, edition.question.source());
    if (identity.qualified() || all.empty()) return;
    const bool wrong = std::any_of(all.begin(), all.end(), [](Node one) {
        return !isIns(withoutGaps(one.child("value").text()));
    });
    if (wrong)
        tell(outcome, "NUMERO_FAUX", "Numéro dont la clé est fausse",
             {"the INS is not sent on: it needs 15 characters with the right key",
              "l'INS n'est pas transmise : elle doit avoir 15 caractères et une clé exacte"},
             {"correct the INS, or ask INSi for it", "corriger l'INS, ou la redemander à INSi"},
             all.front());
    else
        tell(outcome, "AUTRE", "Identité",
             {"the INS is not sent on: the identity is not qualified; the plan travels with the "
              "network's own identifier",
              "l'INS n'est pas transmise : l'identité n'est pas qualifiée ; le plan voyage avec "
              "l'identifiant du réseau"},
             {"qualify the identity (INSi and an identity document), then send the plan again",
              "qualifier l'identité (INSi et pièce d'identité), puis renvoyer le plan"},
             all.front());
    if (identity.subjects.empty())
        throw Error(Fault::rejected, patient.path(),
                    {"without its INS the person has no identifier left: the network's own one is "
                     "needed",
                     "sans l'INS, la personne n'a plus d'identifiant : celui du réseau est "
                     "nécessaire"});
}

}  // namespace care_circle
