#include "asked/plan_walk.h"

#include <algorithm>
#include <charconv>

#include "asked/answers.h"
#include "asked/networks.h"
#include "plan_facts.h"

namespace care_circle {
using namespace gateway;

namespace {

constexpr std::size_t kMostRows = 1000;
/// Entries looked at for one page: some ten milliseconds.
constexpr std::size_t kMostLookedAt = 2000;
/// Before that no review was ever planned that still waits.
constexpr std::chrono::year_month kFirstMonth{std::chrono::year(2000), std::chrono::January};

/// Plans that lie together in one index.
struct Stretch {
    std::string label;    ///< empty: all of the network
    std::string network;  ///< empty: of all
    std::string name;     ///< of the month, for the place where a page ends
};

std::size_t countOf(const Asked& asked, std::string_view name, std::size_t otherwise) {
    const std::string_view text = word(asked, name);
    if (text.empty()) return otherwise;
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value > 36'525)
        throw Error(Fault::rejected, std::string(name),
                    {"expected a whole number", "attendu : un nombre entier"});
    return value;
}

std::optional<Day> dueBefore(const Asked& asked, Day today) {
    const std::string_view text = word(asked, "due");
    if (text.empty()) return {};
    if (text == "overdue") return today;
    try {
        return today + std::chrono::days(countOf(asked, "due", 0) + 1);
    } catch (const Error&) {
        throw Error(Fault::rejected, "due",
                    {"expected a number of days, or overdue",
                     "attendu : un nombre de jours, ou overdue (en retard)"});
    }
}

std::string stateOf(const Asked& asked) {
    const std::string_view state = word(asked, "state");
    if (state.empty()) return "open";
    for (const std::string_view known : {"open", "closed", "all", "draft", "active", "on-hold",
                                         "completed", "revoked", "entered-in-error"})
        if (state == known) return std::string(state);
    throw Error(Fault::rejected, "state",
                {"expected open, closed, all, draft, active, on-hold, completed, revoked or "
                 "entered-in-error",
                 "attendu : open, closed, all, draft, active, on-hold, completed, revoked ou "
                 "entered-in-error"});
}

std::vector<Stretch> monthsOf(const PlanWish& wish) {
    std::vector<Stretch> months;
    const std::chrono::year_month_day last(*wish.dueBefore - std::chrono::days(1));
    for (auto month = kFirstMonth; month <= last.year() / last.month();
         month += std::chrono::months(1)) {
        const std::string name = calendar::write(Day(month / 1)).substr(0, 7);
        months.push_back({label::review(name), wish.network, name});
    }
    return months;
}

bool mayBeOpen(const std::string& state) { return state == "open" || isOpen(state); }

std::vector<Stretch> stretchesOf(const PlanWish& wish, const Register& plans) {
    const bool open = mayBeOpen(wish.state);
    if (open && wish.dueBefore && wish.coordinator.empty() && wish.sector.empty())
        return monthsOf(wish);
    std::vector<Stretch> all;
    const std::vector<std::string> networks =
        wish.network.empty() ? networksOf(plans) : std::vector<std::string>{wish.network};
    for (const std::string& network : networks) {
        if (!wish.coordinator.empty())
            all.push_back({label::coordinator(network, wish.coordinator), network, {}});
        else if (!wish.sector.empty())
            all.push_back({label::sector(network, wish.sector), network, {}});
        else
            all.push_back({open ? label::open(network) : std::string(), network, {}});
    }
    return all;
}

bool fits(const RegisterEntry& entry, const PlanWish& wish) {
    if (!isPlanKey(entry.key)) return false;
    const bool open = isOpen(entry.state);
    if (wish.state == "open" || wish.state == "closed") {
        if (open != (wish.state == "open")) return false;
    } else if (wish.state != "all" && wish.state != entry.state) {
        return false;
    }
    if (!wish.sector.empty() && entry.fact(fact::kSector) != wish.sector) return false;
    if (!wish.dueBefore) return true;
    const std::optional<Day> review = calendar::read(entry.fact(fact::kReview));
    return open && review && *review < *wish.dueBefore;
}

/// Goes through stretch after stretch until the page is full or enough was looked at.
class Walk {
public:
    Walk(const PlanWish& wish, const Register& plans) : wish_(wish), plans_(plans) {}

    PlanPage page() {
        const std::size_t space = wish_.dueBefore ? wish_.after.find(' ') : std::string::npos;
        const std::string month = space == std::string::npos ? "" : wish_.after.substr(0, space);
        const std::string key =
            space == std::string::npos ? wish_.after : wish_.after.substr(space + 1);
        for (const Stretch& stretch : stretchesOf(wish_, plans_)) {
            if (stretch.name < month) continue;
            const bool begun = stretch.name == month;
            if (!take(stretch, begun ? key : std::string())) break;
        }
        return std::move(page_);
    }

private:
    /// @return false when the page ends here
    bool take(const Stretch& stretch, std::string after) {
        const std::string end = stretch.network.empty() ? "" : behindNetwork(stretch.network);
        if (!stretch.network.empty()) after = std::max(after, beforeNetwork(stretch.network));
        for (;;) {
            const std::vector<RegisterEntry> next = some(stretch, after);
            for (const RegisterEntry& entry : next) {
                if (!end.empty() && entry.key >= end) return true;
                if (page_.plans.size() == wish_.most || lookedAt_ == kMostLookedAt) {
                    page_.next = (stretch.name.empty() ? "" : stretch.name + " ") + after;
                    return false;
                }
                ++lookedAt_;
                after = entry.key;
                if (fits(entry, wish_)) page_.plans.push_back(entry);
            }
            if (next.size() < kPiece) return true;
        }
    }

    std::vector<RegisterEntry> some(const Stretch& stretch, const std::string& after) const {
        return stretch.label.empty() ? plans_.ofNetwork(stretch.network, kPiece, after)
                                     : plans_.known(stretch.label, kPiece, after);
    }

    static constexpr std::size_t kPiece = 128;
    const PlanWish& wish_;
    const Register& plans_;
    PlanPage page_;
    std::size_t lookedAt_ = 0;
};

}  // namespace

PlanWish planWish(const Asked& asked, Day today) {
    PlanWish wish;
    wish.network = word(asked, "network");
    wish.coordinator = word(asked, "coordinator");
    wish.sector = word(asked, "sector");
    wish.state = stateOf(asked);
    wish.dueBefore = dueBefore(asked, today);
    wish.most = std::clamp<std::size_t>(countOf(asked, "most", 100), 1, kMostRows);
    wish.after = word(asked, "after");
    return wish;
}

PlanPage planPage(const PlanWish& wish, const Register& plans) { return Walk(wish, plans).page(); }

}  // namespace care_circle
