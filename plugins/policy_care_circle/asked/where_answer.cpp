/// "where": where the plan of one person stands.
#include <algorithm>

#include "asked/answers.h"
#include "asked/plan_search.h"
#include "asked/recipients.h"
#include "asked/told.h"
#include "asked/typed.h"
#include "plan_facts.h"

namespace care_circle {
using namespace gateway;

namespace {

/// More are not told: whoever asks says more.
constexpr std::size_t kMost = 20;

void tellHead(Told& told, Told::Place row, const RegisterEntry& plan, Day today) {
    const bool open = isOpen(plan.state);
    told.text(row, "network", plan.network);
    told.text(row, "number", plan.fact(fact::kNumber));
    told.text(row, "state", plan.state);
    told.flag(row, "open", open);
    told.text(row, "coordinator", plan.fact(fact::kCoordinator));
    told.text(row, "entry", plan.fact(fact::kOpened));
    told.text(row, "exit", plan.fact(fact::kClosed));
    told.text(row, "edition", plan.edition);
    const std::optional<Day> review = calendar::read(plan.fact(fact::kReview));
    if (!open || !review) return;
    told.text(row, "review", calendar::write(*review));
    told.number(row, "review_in_days", (*review - today).count());
}

void tellRecipient(Told& told, Told::Place row, const Recipient& one, const Directory& directory) {
    const Partner* const partner = directory.find(one.partner);
    told.text(row, "partner", one.partner);
    if (partner) told.text(row, "label", partner->label);
    told.text(row, "destination", one.destination);
    told.text(row, "edition", one.edition);
    told.text(row, "state", one.state);
    told.time(row, "sent", one.sent);
    told.time(row, "answered", one.answered);
    told.time(row, "read", one.read);
    told.time(row, "waiting_since", one.since);
    told.reason(row, "why", one.why);
}

void tellPlan(Told& told, const RegisterEntry& plan, const Answering& with, Day today) {
    const Told::Place row = told.item(told.root(), "plans");
    tellHead(told, row, plan, today);
    told.text(row, "exit_reason", plan.fact(fact::kExit));
    if (const std::string_view open = plan.fact(fact::kActions); !open.empty())
        told.decimal(row, "open_actions", open);
    told.time(row, "changed", plan.changed);
    told.text(row, "message", broughtBy(plan));
    told.list(row, "recipients");
    for (const Recipient& one : recipientsOf(plan, with))
        tellRecipient(told, told.item(row, "recipients"), one, with.directory());
}

/// Whether they are plans of one person: the same network knows it by the same id.
bool onePerson(const std::vector<RegisterEntry>& plans) {
    return std::all_of(plans.begin(), plans.end(), [&](const RegisterEntry& one) {
        return one.network == plans.front().network && !one.fact(fact::kPatient).empty() &&
               one.fact(fact::kPatient) == plans.front().fact(fact::kPatient);
    });
}

}  // namespace

std::string whereAnswer(const Asked& asked, const Answering& with) {
    if (word(asked, "why").empty())
        throw Error(Fault::rejected, "why", {"say why you ask", "dire pourquoi vous demandez"});
    const PlansFound found = findPlans(asked, with.plans(), kMost + 1);
    const Day today = dateOf(with.now());
    const bool choose = found.byTraits && found.plans.size() > 1 && !onePerson(found.plans);
    const std::size_t told_ = std::min(found.plans.size(), kMost);
    Told told;
    told.list(told.root(), "plans");
    told.list(told.root(), "candidates");
    for (std::size_t i = 0; i < told_; ++i)
        if (choose)
            tellHead(told, told.item(told.root(), "candidates"), found.plans[i], today);
        else
            tellPlan(told, found.plans[i], with, today);
    if (found.plans.size() > kMost) told.flag(told.root(), "more", true);
    return told.take();
}

}  // namespace care_circle
