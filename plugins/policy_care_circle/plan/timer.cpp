#include "plan/timer.h"

#include <algorithm>

#include "common/json/json.h"
#include "news/news_facts.h"
#include "plan/bundle.h"
#include "plan/calendar.h"
#include "plan/edition.h"
#include "plan/entry.h"
#include "plan/forgetting.h"
#include "plan/leaving.h"
#include "plan/outcome.h"
#include "plan/recipients.h"
#include "plan/review.h"

namespace care_circle {
using namespace gateway;

namespace {

constexpr std::string_view kTimer = "pps-timer";
constexpr std::string_view kReview = "review", kLeaving = "leaving", kForget = "forget";

/// What is caused: a Task whose words are codes and dates of ours alone.
struct Timer {
    std::string plan;   ///< key in the register
    std::string what;   ///< review, leaving, forget
    std::string stage;  ///< of pps-due
    std::string date;   ///< of the review; last day of the participation; today
    std::string partner;

    std::string name() const {
        return plan + "|" + what + "|" + partner + "|" + date + "|" + stage;
    }
};

class Json {
public:
    Json() : tree_("Task") {}
    Builder::Handle group(Builder::Handle in, std::string_view name, bool list = false) {
        const auto made = tree_.add(in, name);
        tree_.inList(made, list);
        return made;
    }
    void text(Builder::Handle in, std::string_view name, std::string_view value) {
        if (!value.empty()) tree_.text(tree_.add(in, name), value);
    }
    void coded(std::string_view name, std::string_view system, std::string_view code) {
        if (code.empty()) return;
        const auto coding = group(group(root(), name), "coding", true);
        text(coding, "system", std::string(kCodes) + std::string(system));
        text(coding, "code", code);
    }
    Builder::Handle root() const { return tree_.root(); }
    Bytes take() {
        const Document task = tree_.finish();
        Sink out;
        json::write(out, task.root());
        return out.take();
    }

private:
    Builder tree_;
};

Bytes bodyOf(const Timer& timer) {
    Json task;
    task.text(task.root(), "resourceType", "Task");
    const auto identifier = task.group(task.root(), "identifier", true);
    task.text(identifier, "system", std::string(kCodes) + std::string(kTimer));
    task.text(identifier, "value", timer.name());
    task.text(task.root(), "status", "requested");
    task.coded("businessStatus", "pps-due", timer.stage);
    task.text(task.root(), "intent", "order");
    task.coded("code", kTimer, timer.what);
    task.text(task.group(task.group(task.root(), "focus"), "identifier"), "value", timer.plan);
    if (!timer.partner.empty())
        task.text(task.group(task.root(), "owner"), "display", timer.partner);
    task.text(task.group(task.group(task.root(), "restriction"), "period"), "end", timer.date);
    return task.take();
}

Timer timerOf(Node task) {
    Timer timer;
    timer.plan = task.child("focus").child("identifier").child("value").text();
    timer.what = codeOf(task.child("code"), kTimer);
    timer.stage = codeOf(task.child("businessStatus"), "pps-due");
    timer.date = task.child("restriction").child("period").child("end").text();
    timer.partner = task.child("owner").child("display").text();
    return timer;
}

/// What the day causes for one plan; its entry remembers it.
std::vector<Timer> caused(RegisterEntry& entry, calendar::Day today) {
    std::vector<Timer> timers;
    std::vector<std::string> members;
    std::vector<Membership> all = membersOf(entry);
    for (Membership& one : all) {
        const auto until = calendar::read(one.until);
        if (until && *until < today && !one.hasLeft()) {
            timers.push_back({entry.key, std::string(kLeaving), {}, one.until, one.partner});
            // Who was refused meanwhile is not told.
            const auto& barred = entry.barred;
            if (std::find(barred.begin(), barred.end(), one.partner) == barred.end())
                one.ended = entry.edition;
            else
                one.until.clear();
        }
        members.push_back(written(one));
    }
    std::vector<std::string> refused;
    for (const std::string& partner : entry.barred)
        if (!hasLeft(membersOf(entry), partner)) refused.push_back(partner);
    entry.barred = barredOf(refused, all);
    setFact(entry, fact::kMember, members);
    const std::string review(entry.fact(fact::kReview));
    const auto day = calendar::read(review);
    const ReviewStage* const stage = day ? stageOn(*day, today) : nullptr;
    const ReviewStage* const next = stageAfter(entry.fact(fact::kAsked));
    if (stage && next && stage->days >= next->days) {
        timers.push_back({entry.key, std::string(kReview), std::string(stage->code), review, {}});
        setFact(entry, fact::kAsked, {std::string(stage->code)});
    }
    setTimer(entry);
    return timers;
}

PlanName planOf(const RegisterEntry& entry) {
    return {std::string(entry.fact(fact::kSystem)), std::string(entry.fact(fact::kNumber)),
            entry.edition, std::string(entry.fact(fact::kPatient))};
}

void forNetwork(const RegisterEntry& entry, ToDo task, const Question& question, Outcome& outcome) {
    task.plan = planOf(entry);
    task.owner = entry.fact(fact::kCoordinator);
    task.at = question.moment();
    outcome.give(question.partners, entry.network, "tasks",
                 {"the referent gets something to do", "le référent reçoit une tâche"},
                 written(task));
}

void decideReview(const Timer& timer, const RegisterEntry& entry, const Question& question,
                  Outcome& outcome) {
    const ReviewStage* stage = stageAfter({});
    while (stage && stage->code != timer.stage) stage = stageAfter(stage->code);
    if (!stage || !isOpen(entry.state) || entry.fact(fact::kReview) != timer.date) {
        outcome.decisions.ignore = {"the plan has ended, or its review has another date by now",
                                    "le plan a pris fin, ou sa réévaluation a une autre date"};
        return;
    }
    outcome.decisions.edition = "review/" + timer.date;
    if (!diedOn(question.plans, timer.plan).empty()) {
        outcome.decisions.ignore = {"no review: a hospital said that the person died",
                                    "pas de réévaluation : un établissement a signalé le décès"};
        return;
    }
    ToDo task;
    task.name = "review/" + timer.date + "/" + timer.stage;
    task.code = "review";
    task.display = "Réévaluation du plan";
    task.nearness = timer.stage;
    task.nearnessDisplay = stage->display;
    task.text = textOf(*stage, entry.fact(fact::kNumber), timer.date);
    task.until = timer.date;
    forNetwork(entry, std::move(task), question, outcome);
}

void decideLeaving(const Timer& timer, const RegisterEntry& entry, const Question& question,
                   Outcome& outcome) {
    const Partner* const partner = question.partners.find(timer.partner);
    const std::vector<RegisterReceipt> receipts = question.plans.receipts(entry.key);
    const bool had = std::any_of(receipts.begin(), receipts.end(),
                                 [&](const auto& one) { return one.partner == timer.partner; });
    if (!partner || !hasLeft(membersOf(entry), timer.partner)) {
        outcome.decisions.ignore = {"it takes part again, or may not be told",
                                    "il participe de nouveau, ou ne doit pas être averti"};
        return;
    }
    outcome.close(
        entry.key, timer.partner,
        {"closed: no longer in the care team", "clos : ne fait plus partie de l'équipe de soins"});
    if (!had) {
        outcome.decisions.ignore = {"it had got nothing of this plan",
                                    "il n'avait rien reçu de ce plan"};
        return;
    }
    tellEndOfSharing(*partner, planOf(entry), entry.network, question.moment(), outcome);
    for (ToDo& task : outcome.toDo) forNetwork(entry, std::move(task), question, outcome);
}

}  // namespace

std::vector<DueMessage> duePlans(Time now, const Register& plans, std::size_t most) {
    std::vector<DueMessage> messages;
    std::vector<RegisterChange> over;
    for (RegisterEntry& entry : plans.dueBefore(now, most)) {
        if (isToForget(entry)) {
            for (RegisterChange& change : forgotten(std::move(entry), plans))
                over.push_back(std::move(change));
            continue;
        }
        if (entry.key != planKey(entry.network, entry.fact(fact::kNumber))) continue;
        const std::uint64_t revision = entry.revision;
        const std::vector<Timer> timers = caused(entry, calendar::dayOf(now));
        RegisterChange change{entry, orderOf(entry.edition)};
        change.expected = revision;
        for (const Timer& timer : timers) {
            DueMessage message{bodyOf(timer), timer.name(), {}};
            if (&timer == &timers.front()) message.changes.push_back(change);
            messages.push_back(std::move(message));
        }
        if (timers.empty() && !messages.empty()) messages.back().changes.push_back(change);
    }
    if (over.empty()) return messages;
    const Timer timer{
        over.back().entry.key, std::string(kForget), {}, calendar::write(calendar::dayOf(now)), {}};
    messages.push_back({bodyOf(timer), timer.name(), std::move(over)});
    return messages;
}

bool isTimer(Node pivot) {
    return pivot.type() == "Task" && !codeOf(pivot.child("code"), kTimer).empty();
}

Decisions decideTimer(const Question& question) {
    const Timer timer = timerOf(question.pivot.root());
    Outcome outcome;
    if (timer.what == kForget) {
        outcome.decisions.ignore = {
            "plans that ended and news of long ago are forgotten (forget_after)",
            "les plans terminés et les nouvelles d'il y a longtemps sont oubliés (forget_after)"};
        return std::move(outcome.decisions);
    }
    const std::optional<RegisterEntry> entry = question.plans.find(timer.plan);
    if (!entry) {
        outcome.decisions.ignore = {"the plan is not known any more", "le plan n'est plus connu"};
        return std::move(outcome.decisions);
    }
    outcome.decisions.plan = timer.plan;
    outcome.decisions.edition = entry->edition;
    if (timer.what == kReview)
        decideReview(timer, *entry, question, outcome);
    else
        decideLeaving(timer, *entry, question, outcome);
    return std::move(outcome.decisions);
}

}  // namespace care_circle
