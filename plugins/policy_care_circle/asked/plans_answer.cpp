/// "plans": the active file of coordinators.
#include <map>

#include "asked/answers.h"
#include "asked/networks.h"
#include "asked/plan_walk.h"
#include "asked/told.h"
#include "plan_facts.h"

namespace care_circle {
using namespace gateway;

namespace {

void tellWaiting(Told& told, Told::Place row, const RegisterEntry& entry, const Register& plans) {
    told.list(row, "waiting");
    for (const Register::Waiting& one : plans.waiting(entry.key)) {
        const Told::Place item = told.item(row, "waiting");
        told.text(item, "partner", one.partner);
        told.text(item, "destination", one.destination);
        told.text(item, "edition", one.edition);
        told.text(item, "state", toText(one.state));
        told.time(item, "since", one.since);
    }
}

void tellPlan(Told& told, const RegisterEntry& entry, const Register& plans, Day today) {
    const Told::Place row = told.item(told.root(), "plans");
    const bool open = isOpen(entry.state);
    const std::optional<Day> opened = calendar::read(entry.fact(fact::kOpened));
    const std::optional<Day> review = calendar::read(entry.fact(fact::kReview));
    told.text(row, "network", entry.network);
    told.text(row, "number", entry.fact(fact::kNumber));
    told.text(row, "state", entry.state);
    told.flag(row, "open", open);
    told.text(row, "coordinator", entry.fact(fact::kCoordinator));
    told.text(row, "coordinator_id", entry.fact(fact::kCoordinatorId));
    told.text(row, "sector", entry.fact(fact::kSector));
    told.text(row, "entry", entry.fact(fact::kOpened));
    if (open && opened) told.number(row, "open_days", (today - *opened).count());
    told.text(row, "exit", entry.fact(fact::kClosed));
    told.text(row, "exit_reason", entry.fact(fact::kExit));
    if (open && review) {
        told.text(row, "review", calendar::write(*review));
        told.number(row, "review_in_days", (*review - today).count());
    }
    told.text(row, "edition", entry.edition);
    told.time(row, "changed", entry.changed);
    told.text(row, "message", broughtBy(entry));
    tellWaiting(told, row, entry, plans);
}

/// How many open plans a coordinator has.
std::size_t openPlansOf(const Register& plans, const std::string& network, const std::string& id) {
    constexpr std::size_t kPiece = 256;
    constexpr std::size_t kMost = 4 * kPiece;  ///< nobody follows so many people
    const std::string label = label::coordinator(network, id);
    std::size_t open = 0, seen = 0;
    for (std::string after;;) {
        const std::vector<RegisterEntry> some = plans.known(label, kPiece, after);
        for (const RegisterEntry& entry : some) open += isOpen(entry.state);
        seen += some.size();
        if (some.size() < kPiece || seen >= kMost) return open;
        after = some.back().key;
    }
}

void tellCoordinators(Told& told, const std::vector<RegisterEntry>& page, const Register& plans,
                      std::size_t most) {
    std::map<std::pair<std::string, std::string>, std::string> names;  // network and id → name
    for (const RegisterEntry& entry : page)
        if (const std::string_view id = entry.fact(fact::kCoordinatorId); !id.empty())
            names.emplace(std::pair(entry.network, std::string(id)),
                          entry.fact(fact::kCoordinator));
    told.list(told.root(), "coordinators");
    for (const auto& [who, name] : names) {
        const std::size_t open = openPlansOf(plans, who.first, who.second);
        const Told::Place row = told.item(told.root(), "coordinators");
        told.text(row, "network", who.first);
        told.text(row, "id", who.second);
        told.text(row, "name", name);
        told.number(row, "open", static_cast<std::int64_t>(open));
        told.flag(row, "too_many", open > most);
    }
}

}  // namespace

std::string plansAnswer(const Asked& asked, const Answering& with, const Rules& rules) {
    const Day today = dateOf(with.now());
    const PlanWish wish = planWish(asked, today);
    demandNetwork(wish.network, networksOf(with.plans()));
    const PlanPage page = planPage(wish, with.plans());
    Told told;
    told.list(told.root(), "plans");
    for (const RegisterEntry& entry : page.plans) tellPlan(told, entry, with.plans(), today);
    tellCoordinators(told, page.plans, with.plans(), rules.activeFile);
    told.number(told.root(), "limit", static_cast<std::int64_t>(rules.activeFile));
    told.text(told.root(), "next", page.next);
    return told.take();
}

}  // namespace care_circle
