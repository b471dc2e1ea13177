#include "news/notice_bundle.h"

#include <algorithm>

#include "fhir_tree.h"
#include "news/fhir.h"
#include "plan_facts.h"

namespace care_circle {
using namespace gateway;

namespace {

constexpr std::string_view kNotices = "https://passerelle.example/notices";

bool contains(const std::vector<std::string>& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

class Writing {
public:
    Writing(const Addressee& to, const HospitalMessage& said, const Wording& wording,
            std::string_view received)
        : to_(to), said_(said), wording_(wording), received_(received) {}

    std::shared_ptr<const Document> written() {
        tree_.text(tree_.root(), "type", "collection");
        notice();
        if (to_.network) toDo();
        person();
        hospital();
        return tree_.take();
    }

private:
    std::string url(std::string_view part) const {
        return urnOf(wording_.number + "/" + to_.plan.key + "/" + std::string(part));
    }
    std::string system() const {
        const std::string_view stated = to_.plan.fact(fact::kSystem);
        return stated.empty() ? networkSystem(to_.plan.network) : std::string(stated);
    }

    void notice() {
        const auto made = tree_.entry(url("notice"), "Communication");
        movement(made);
        tree_.identifier(made, kNotices, wording_.number);
        if (!wording_.corrects.empty())
            tree_.identifier(tree_.group(made, "inResponseTo"), kNotices, wording_.corrects);
        tree_.text(made, "status", wording_.cancels ? "entered-in-error" : "completed");
        tree_.copy(made, said_.communication.child("category"));
        tree_.copy(made, said_.communication.child("priority"));
        tree_.reference(made, "subject", url("person"));
        const auto plan = tree_.group(made, "about");
        tree_.text(plan, "type", "CarePlan");
        tree_.identifier(plan, system(), to_.plan.fact(fact::kNumber));
        tree_.text(made, "sent", said_.recorded.empty() ? received_ : said_.recorded);
        tree_.reference(made, "sender", url("hospital"));
        tree_.copy(made, said_.communication.child("reasonCode"));
        tree_.choice(tree_.group(made, "payload"), "content", "string", text());
    }

    std::string text() const {
        if (!to_.ward || said_.ward.empty() || wording_.cancels) return wording_.text;
        return wording_.text + " Service : " + said_.ward + ".";
    }

    void movement(FhirTree::Place made) {
        const Node from = extensionIn(said_.communication, "movement");
        if (!from.child("extension")) return;
        const auto extension = tree_.extension(made, "movement");
        for (const Node part : from.children())
            if (part.name() == "extension" && (to_.ward || part.child("url").text() != "ward"))
                tree_.copy(extension, part);
    }

    void toDo() {
        const auto made = tree_.entry(url("to-do"), "Task");
        tree_.identifier(made, kNotices, wording_.number + "/task");
        tree_.text(made, "status", "requested");
        tree_.text(made, "intent", "order");
        tree_.concept_(made, "code", "pps-task", "notice", "Nouvelle à prendre en compte");
        tree_.text(made, "description", wording_.toDo);
        tree_.reference(made, "focus", url("notice"));
        tree_.reference(made, "for", url("person"));
        tree_.text(made, "authoredOn", received_);
        const std::string_view name = to_.plan.fact(fact::kCoordinator);
        const std::string_view id = to_.plan.fact(fact::kCoordinatorId);
        if (name.empty() && id.empty()) return;
        const auto owner = tree_.group(made, "owner");
        if (!id.empty()) tree_.identifier(owner, system(), id);
        tree_.text(owner, "display", name);
    }

    /// Who it is: the INS of a qualified identity, names, birth date; the hospital's own numbers
    /// stay with the hospital.
    void person() {
        const auto made = tree_.entry(url("person"), "Patient");
        tree_.copy(made, extensionIn(said_.patient, "fr-core-identity-reliability"));
        for (const Node child : said_.patient.children())
            if (child.name() == "identifier" && contains(said_.person.ins, spelled(child)))
                tree_.copy(made, child);
        if (const std::string_view own = to_.plan.fact(fact::kPatient); to_.network && !own.empty())
            tree_.identifier(made, system() + "/patient", own);
        for (const Node child : said_.patient.children())
            if (child.name() == "name" || child.name() == "birthDate" || child.name() == "deceased")
                tree_.copy(made, child);
    }

    void hospital() {
        const auto made = tree_.entry(url("hospital"), "Organization");
        for (const Node child : said_.hospital.children()) tree_.copy(made, child);
    }

    const Addressee& to_;
    const HospitalMessage& said_;
    const Wording& wording_;
    const std::string_view received_;
    FhirTree tree_{"Bundle"};
};

}  // namespace

std::shared_ptr<const Document> noticeFor(const Addressee& to, const HospitalMessage& said,
                                          const Wording& wording, std::string_view received) {
    return Writing(to, said, wording, received).written();
}

}  // namespace care_circle
