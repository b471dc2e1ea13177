#include "news/document.h"

#include <algorithm>
#include <set>

#include "fhir_tree.h"
#include "news/fhir.h"
#include "news/followed.h"
#include "news/recipients.h"
#include "news/speaker.h"
#include "plan/circle.h"
#include "plan/plan.h"
#include "plan_facts.h"

namespace care_circle {
using namespace gateway;

namespace {

/// What a hospital says of who may see a document (CI-SIS, metadata MetaDMPMSS).
struct Masks {
    explicit Masks(Node communication) {
        for (const Node one : communication.children())
            if (one.name() == "extension" && one.child("url").text().ends_with("/mask"))
                if (const Node flag = one.child("extension"); flag.child("value").text() == "true")
                    set.emplace(flag.child("url").text());
    }
    bool has(std::string_view flag) const { return set.contains(flag); }

    /// What does not go together, for those who are asked for by secure mail; empty: it does.
    /// Hidden from the patient is hidden from the patient's representatives too.
    Reason contradiction() const {
        const bool professionals = has("DESTMSSANTEPS"), patient = has("DESTMSSANTEPAT");
        const bool hidden = has("INVISIBLE_PATIENT");
        const bool fromRepresentatives = has("INVISIBLE_REP_LEGAUX") && !hidden;
        const bool right = professionals && patient
                               ? !has("MASQUE_PS") && !hidden && !fromRepresentatives
                           : professionals ? !has("MASQUE_PS") && hidden
                           : patient       ? !hidden && !has("CONNEXION_SECRETE") && !has("DESTDMP")
                                           : true;
        if (right) return {};
        return {
            "the masks and the recipients of the document contradict each other (CI-SIS, "
            "MetaDMPMSS): ask the hospital to send it again",
            "les masquages et les destinataires du document se contredisent (CI-SIS, "
            "MetaDMPMSS) : demander à l'établissement de le renvoyer"};
    }

    std::set<std::string, std::less<>> set;
};

/// How the directory knows somebody whom PRT names.
Identifier directoryIdentifier(Node identifier) {
    const std::string_view system = identifier.child("system").text();
    if (system == "urn:mss") return {"mss", std::string(identifier.child("value").text())};
    return schemeOf(system, identifier.child("value").text());
}

class Deciding {
public:
    explicit Deciding(const Question& question)
        : question_(question),
          bundle_(question.pivot.root()),
          said_(resourceOf(bundle_, "Communication")),
          patient_(resourceOf(bundle_, "Patient")),
          masks_(said_),
          changes_(question.plans) {}

    Decisions decided() {
        const PersonIds person =
            idsOf(patient_, resourceOf(bundle_, "Organization").child("name").text(),
                  question_.rules.onlyQualFrom(question_.source()));
        followers_ = followersOf(person, question_.plans, changes_);
        if (followers_.empty()) return ignored(kNobodyFollows);
        if (const Reason why = masks_.contradiction(); !why.empty())
            throw Error(Fault::rejected, "OBX", why);
        ToldNotice notice;
        notice.key = noticeKey(at(said_, {"identifier", "value"}).text());
        if (const auto before = noticeOf(question_.plans, notice.key)) {
            if (before->message != question_.message())
                return ignored({"sent before: the same document", "déjà transmis : même document"});
            notice.revision = before->revision;
        }
        return sent(std::move(notice));
    }

private:
    Decisions ignored(Reason why) {
        Decisions decisions;
        decisions.ignore = std::move(why);
        decisions.changes = changes_.changes();
        return decisions;
    }

    Decisions sent(ToldNotice notice) {
        Decisions decisions;
        for (const Node named : said_.children())
            if (named.name() == "recipient") decide(named.child("identifier"), notice, decisions);
        if (decisions.recipients.empty())
            return ignored({"the document is for nobody here: PRT names no recipient",
                            "le document n'est destiné à personne ici : PRT ne nomme aucun "
                            "destinataire"});
        decisions.plan = notice.key;
        decisions.edition = "1";
        decisions.changes = changes_.changes();
        notice.kind = "DOCUMENT";
        notice.number = 1;
        if (!notice.told.empty()) decisions.changes.push_back(written(notice, question_));
        return decisions;
    }

    void decide(Node identifier, ToldNotice& notice, Decisions& decisions) {
        const auto& [scheme, value] = directoryIdentifier(identifier);
        const Partner* const partner = question_.partners.byIdentifier(scheme, value);
        if (partner && !seen_.insert(partner->name).second) return;
        Decision& decision = decisions.recipients.emplace_back();
        decision.who = "RCT";
        if (!partner) {
            decision.reason = {"left out: no partner has this number of PRT",
                               "écarté : aucun partenaire ne porte ce numéro de PRT"};
            return;
        }
        decision.partner = partner->name;
        const RegisterEntry* const plan = planFor(*partner);
        decision.reason = whyNot(*partner, plan);
        if (!decision.reason.empty()) return;
        decision.send = true;
        decision.destination = destinationOf(*partner);
        decision.reason = {"named by the hospital (PRT)", "nommé par l'établissement (PRT)"};
        decision.instead = documentFor(*plan);
        notice.told.push_back({partner->name, decision.destination, plan->key});
    }

    /// The plan by which a partner has to do with the person: its own, or one whose team it is in.
    const RegisterEntry* planFor(const Partner& partner) const {
        for (const RegisterEntry& plan : followers_) {
            if (plan.network == partner.name) return &plan;
            const std::vector<Membership> members = membersOf(plan);
            if (std::any_of(members.begin(), members.end(), [&](const Membership& one) {
                    return one.partner == partner.name && !one.hasLeft() &&
                           (one.until.empty() || one.until >= question_.today());
                }))
                return &plan;
        }
        return nullptr;
    }

    Reason whyNot(const Partner& partner, const RegisterEntry* plan) const {
        if (masks_.has("MASQUE_PS") && partner.category != "patient")
            return {"left out: the document is masked to professionals (MASQUE_PS)",
                    "écarté : document masqué aux professionnels (MASQUE_PS)"};
        if (!plan)
            return {"left out: not in the care team of the person",
                    "écarté : ne fait pas partie de l'équipe de soins de la personne"};
        for (const RegisterEntry& one : followers_)
            if (const Decision now = recheckPlan({"", partner.name, "", one.key, one.edition},
                                                 question_.partners, question_.plans);
                !now.send)
                return {"left out: the person refused this recipient",
                        "écarté : la personne a refusé ce destinataire"};
        if (destinationOf(partner).empty())
            return say(
                "left out: the partner {0} has no destination for documents: add 'documents' under "
                "'destinations:' of partners/{0}.yaml",
                "écarté : le partenaire {0} n'a pas de destination pour les documents : ajouter "
                "« documents » sous « destinations: » dans partners/{0}.yaml",
                {partner.name});
        return {};
    }

    static std::string destinationOf(const Partner& partner) {
        const auto& all = partner.destinations;
        for (const std::string_view name : {"documents", "notices"})
            if (std::find(all.begin(), all.end(), name) != all.end()) return std::string(name);
        return all.size() == 1 && partner.category == "network" ? all.front() : std::string();
    }

    /// As it came, but for the masks and for who else gets it.
    std::shared_ptr<const Document> documentFor(const RegisterEntry& plan) const {
        FhirTree tree("Bundle");
        tree.text(tree.root(), "type", "collection");
        for (const Node entry : bundle_.children()) {
            if (entry.name() != "entry") continue;
            const Node resource = entry.child("resource");
            const auto made = tree.entry(entry.child("fullUrl").text(), resource.type());
            for (const Node child : resource.children())
                if (resource != said_ || (child.name() != "recipient" && !isMask(child)))
                    tree.copy(made, child);
            if (resource != said_) continue;
            const auto about = tree.group(made, "about");
            tree.text(about, "type", "CarePlan");
            tree.identifier(about, plan.fact(fact::kSystem), plan.fact(fact::kNumber));
            if (!said_.child("sent")) tree.text(made, "sent", question_.moment());
        }
        return tree.take();
    }
    static bool isMask(Node element) { return element.child("url").text().ends_with("/mask"); }

    const Question& question_;
    const Node bundle_, said_, patient_;
    const Masks masks_;
    NewsChanges changes_;
    std::vector<RegisterEntry> followers_;
    std::set<std::string> seen_;
};

}  // namespace

bool isDocument(Node pivot) {
    return pivot.type() == "Bundle" &&
           codeIn(resourceOf(pivot, "Communication"), "category", "pps-notice") == "DOCUMENT";
}

Decisions decideDocument(const Question& question) {
    mustSpeakForItself(question);
    return Deciding(question).decided();
}

}  // namespace care_circle
