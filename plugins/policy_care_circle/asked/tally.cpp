#include "asked/tally.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "plan_facts.h"

namespace care_circle {
using namespace gateway;

namespace {

constexpr std::string_view kOther = "AUTRE";

/// The code, or `AUTRE` for none and for words: words of a network might name somebody.
std::string_view codeOf(std::string_view text) {
    const bool code = std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
    return code && !text.empty() && text.front() != '-' ? text : kOther;
}

double numberOf(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && std::isfinite(value) && value > 0 && value < 1e9 ? value : 0;
}

std::int64_t cents(double euros) { return std::llround(euros * 100); }

/// The day after all others while it is open.
Day closedOn(const RegisterEntry& plan) {
    if (isOpen(plan.state)) return Day::max();
    return calendar::read(plan.fact(fact::kClosed)).value_or(dateOf(plan.changed));
}

}  // namespace

void Tally::count(std::string_view network, std::string_view indicator, std::string_view row,
                  std::string_view column, std::int64_t value) {
    for (const std::string_view of : {network, std::string_view()}) {
        std::set<FigureName> names;  // a table without rows has no sums of its own
        for (const std::string_view r : {row, std::string_view()})
            for (const std::string_view c : {column, std::string_view()})
                names.insert(
                    {std::string(of), std::string(indicator), std::string(r), std::string(c)});
        for (const FigureName& name : names) figures_.count(name, value, plan_);
    }
}

void Tally::add(const RegisterEntry& plan, const std::vector<RegisterReceipt>& receipts) {
    ++plan_;
    addDeliveries(plan, receipts);
    if (plan.state == "entered-in-error") return;  // it was no plan
    addLife(plan);
    addReview(plan);
    addApproaches(plan);
}

void Tally::addLife(const RegisterEntry& plan) {
    const std::optional<Day> opened = calendar::read(plan.fact(fact::kOpened));
    const Day closed = closedOn(plan);
    if (!opened || *opened > period_.to || closed < period_.from) return;
    const std::string& network = plan.network;
    count(network, *opened < period_.from ? indicator::kOpenBefore : indicator::kOpened, {}, {}, 1);
    if (closed > period_.to) return count(network, indicator::kOpen, {}, {}, 1);
    const std::string_view reason = plan.fact(fact::kExit);
    count(network, indicator::kClosed, codeOf(reason), {}, 1);
}

void Tally::addReview(const RegisterEntry& plan) {
    const std::optional<Day> review = calendar::read(plan.fact(fact::kReview));
    if (isOpen(plan.state) && review && period_.holds(*review))
        count(plan.network, indicator::kReviews, *review < today_ ? "late" : "to-come", {}, 1);
}

void Tally::addApproaches(const RegisterEntry& plan) {
    for (const Approach& one : approachesOf(plan)) {
        const std::string_view what = codeOf(one.code);
        const std::string_view who = one.carer ? "carer" : "person";
        const std::optional<Day> asked = calendar::read(
            one.asked.empty() ? plan.fact(fact::kOpened) : std::string_view(one.asked));
        const bool begun = asked && period_.holds(*asked);
        // Sessions without a date count on the day on which the programme was asked for.
        std::int64_t undated = std::llround(numberOf(one.done)), done = 0;
        for (const std::string& date : one.dates) {
            --undated;
            if (const std::optional<Day> day = calendar::read(date); day && period_.holds(*day))
                ++done;
        }
        if (begun) done += std::max<std::int64_t>(undated, 0);
        if (begun)
            count(plan.network, indicator::kPlanned, what, who,
                  std::llround(numberOf(one.planned)));
        count(plan.network, indicator::kDone, what, who, done);
        const double cost = numberOf(one.unitCost), rest = std::min(numberOf(one.rest), cost);
        const auto times = static_cast<double>(done);
        count(plan.network, indicator::kAmounts, what, codeOf(one.payer),
              cents((cost - rest) * times));
        count(plan.network, indicator::kAmounts, what, "PERSONNE", cents(rest * times));
        if (done > 0)
            count(plan.network, indicator::kEvaluated, what,
                  one.evaluated ? "evaluated" : "not-evaluated", 1);
    }
}

void Tally::addDeliveries(const RegisterEntry& plan, const std::vector<RegisterReceipt>& receipts) {
    for (const RegisterReceipt& receipt : receipts) {
        if (!period_.holds(dateOf(receipt.at))) continue;
        const Partner* const partner = directory_.find(receipt.partner);
        const bool named = partner != nullptr && !partner->category.empty();
        count(plan.network, indicator::kDeliveries, named ? partner->category : "other", {}, 1);
    }
}

const Figures& Tally::masked(const std::vector<std::string>& networks) {
    using namespace indicator;
    std::vector<std::string> all = networks;
    all.emplace_back();
    for (const std::string& network : all) {
        const auto name = [&](std::string_view indicator) {
            return FigureName{network, std::string(indicator), {}, {}};
        };
        for (const std::string_view one : {kOpenBefore, kOpened, kClosed, kOpen, kReviews, kPlanned,
                                           kDone, kAmounts, kEvaluated, kDeliveries})
            figures_.name(name(one));
        figures_.balance({name(kOpenBefore), name(kOpened)}, {name(kClosed), name(kOpen)});
    }
    balanceTables();
    balanceNetworks(networks);
    figures_.mask();
    return figures_;
}

/// Rows of a table add up to its row of sums, columns to its column of sums.
void Tally::balanceTables() {
    std::map<FigureName, std::vector<FigureName>> parts;  // sum → what it is made of
    for (const auto& [name, figure] : figures_.all()) {
        FigureName sum = name;
        if (!name.row.empty()) {
            sum.row.clear();
            parts[sum].push_back(name);
        }
        sum = name;
        if (!name.column.empty()) {
            sum.column.clear();
            parts[sum].push_back(name);
        }
    }
    // The sum of all has its parts by rows and by columns: two balances.
    for (const auto& [sum, made] : parts) {
        std::vector<FigureName> rows, columns;
        for (const FigureName& one : made) (one.row != sum.row ? rows : columns).push_back(one);
        if (!rows.empty()) figures_.balance(std::move(rows), {sum});
        if (!columns.empty()) figures_.balance(std::move(columns), {sum});
    }
}

void Tally::balanceNetworks(const std::vector<std::string>& networks) {
    std::map<FigureName, std::vector<FigureName>> parts;
    for (const auto& [name, figure] : figures_.all()) {
        if (name.network.empty()) continue;
        FigureName sum = name;
        sum.network.clear();
        parts[sum].push_back(name);
    }
    if (networks.size() < 2) return;
    for (auto& [sum, made] : parts) figures_.balance(std::move(made), {sum});
}

}  // namespace care_circle
