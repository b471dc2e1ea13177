#include "news/answer.h"

#include <algorithm>

#include "fhir_tree.h"
#include "news/fhir.h"
#include "news/news_facts.h"
#include "news/recipients.h"
#include "news/speaker.h"
#include "plan/plan.h"
#include "plan_facts.h"

namespace care_circle {
using namespace gateway;

namespace {

constexpr std::string_view kNetworks = "https://passerelle.example/networks/";
constexpr std::string_view kNotices = "https://passerelle.example/notices";

/// One thing that is said.
struct Answer {
    explicit Answer(Node said)
        : communication(said),
          id(at(said, {"identifier", "value"}).text()),
          text(at(said, {"payload", "content"}).text()),
          agreement(
              at(extensionIn(extensionIn(said, "answer"), "agreement"), {"value", "code"}).text()) {
        const Node item = extensionIn(extensionIn(said, "answer"), "item").child("value");
        system = item.child("system").text();
        value = item.child("value").text();
    }

    Node communication;
    std::string id, text, agreement;
    std::string system, value;  ///< of what it is about: NUMBER, NUMBER/LOCALID
};

std::vector<Answer> answersIn(Node bundle) {
    std::vector<Answer> all;
    for (const Node entry : bundle.children())
        if (const Node said = entry.child("resource"); said.type() == "Communication")
            all.emplace_back(said);
    return all;
}

/// The plan whose number is the identifier, or the beginning of it.
RegisterEntry planOf(const Answer& answer, const Register& plans) {
    const std::string_view system = answer.system;
    if (system.starts_with(kNetworks)) {
        const std::string_view network = system.substr(kNetworks.size());
        for (std::string_view number = answer.value; !number.empty();) {
            if (std::optional<RegisterEntry> plan = plans.find(planKey(network, number)))
                return *std::move(plan);
            const std::size_t slash = number.rfind('/');
            number = slash == number.npos ? std::string_view() : number.substr(0, slash);
        }
    }
    throw Error(Fault::rejected, "identifier",
                {"no plan of this number is known: use the identifier that went out with the plan",
                 "aucun plan de ce numéro n'est connu : reprendre l'identifiant envoyé avec le "
                 "plan"});
}

/// Who says it must be in the care team, where that is known.
void mustBeMember(const RegisterEntry& plan, const Question& question) {
    const Partner* const sender = speakerOf(question);
    if (!sender) return;
    const std::vector<Membership> members = membersOf(plan);
    const bool member = std::any_of(members.begin(), members.end(), [&](const Membership& one) {
        return one.partner == sender->name && !one.hasLeft();
    });
    if (!member || !recheckPlan({"", sender->name, "", plan.key, plan.edition}, question.partners,
                                question.plans)
                        .send)
        throw Error(Fault::rejected, "",
                    {"the sender is not in the care team of this plan",
                     "l'expéditeur ne fait pas partie de l'équipe de soins de ce plan"});
}

std::string toDoFor(const Answer& answer) {
    if (answer.agreement == "ACCORD")
        return "Noter l'accord dans le plan : le professionnel proposé peut intervenir.";
    if (answer.agreement == "REFUS")
        return "Noter le refus dans le plan et chercher une autre solution.";
    return "Prendre en compte cette réponse dans le plan.";
}

/// The notice for the network: which plan, which part of it, its new state, in words too.
std::shared_ptr<const Document> written(const Answer& answer, const RegisterEntry& plan,
                                        std::string_view received) {
    FhirTree tree("Bundle");
    tree.text(tree.root(), "type", "collection");
    const auto url = [&](std::string_view part) {
        return urnOf(answer.id + "/" + std::string(part));
    };
    const auto notice = tree.entry(url("notice"), "Communication");
    for (const Node child : answer.communication.children())
        if (child.name() != "sent") tree.copy(notice, child);
    tree.reference(notice, "subject", url("person"));
    const auto about = tree.group(notice, "about");
    tree.text(about, "type", "CarePlan");
    tree.identifier(about, plan.fact(fact::kSystem), plan.fact(fact::kNumber));
    const std::string_view sent = answer.communication.child("sent").text();
    tree.text(notice, "sent", sent.empty() ? received : sent);
    const auto task = tree.entry(url("to-do"), "Task");
    tree.identifier(task, kNotices, answer.id + "/task");
    tree.text(task, "status", "requested");
    tree.text(task, "intent", "order");
    tree.concept_(task, "code", "pps-task", "notice", "Nouvelle à prendre en compte");
    tree.text(task, "description", toDoFor(answer));
    tree.reference(task, "focus", url("notice"));
    tree.reference(task, "for", url("person"));
    tree.text(task, "authoredOn", received);
    if (const std::string_view name = plan.fact(fact::kCoordinator); !name.empty())
        tree.text(tree.group(task, "owner"), "display", name);
    const auto person = tree.entry(url("person"), "Patient");
    const std::string own(plan.fact(fact::kPatient));
    tree.identifier(person, std::string(plan.fact(fact::kSystem)) + "/patient",
                    own.empty() ? std::string(plan.fact(fact::kNumber)) + "/patient" : own);
    return tree.take();
}

}  // namespace

bool isAnswer(Node pivot) {
    return pivot.type() == "Bundle" &&
           codeIn(resourceOf(pivot, "Communication"), "category", "pps-notice") == "REPONSE";
}

Decisions decideAnswer(const Question& question) {
    Decisions decisions;
    for (const Answer& answer : answersIn(question.pivot.root())) {
        const RegisterEntry plan = planOf(answer, question.plans);
        mustBeMember(plan, question);
        ToldNotice notice;
        notice.key = noticeKey(answer.id);
        if (const auto before = noticeOf(question.plans, notice.key)) {
            if (before->message != question.message()) continue;  // said before
            notice.revision = before->revision;
        }
        Decision decision = networkOf(plan, question);
        if (decision.send) decision.instead = written(answer, plan, question.moment());
        notice.kind = "REPONSE";
        notice.text = answer.text;
        notice.number = 1;
        if (decision.send) {
            notice.told.push_back({decision.partner, decision.destination, plan.key});
            decisions.changes.push_back(written(notice, question));
        }
        if (decisions.plan.empty()) decisions.plan = notice.key;
        decisions.edition = "1";
        decisions.recipients.push_back(std::move(decision));
    }
    if (decisions.recipients.empty())
        decisions.ignore = {"told before: the same answer", "déjà annoncé : la même réponse"};
    return decisions;
}

}  // namespace care_circle
