/// "indicators": figures of networks over a period, nobody to be known by them.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "asked/answers.h"
#include "asked/networks.h"
#include "asked/tally.h"
#include "asked/told.h"
#include "asked/typed.h"

namespace care_circle {
using namespace gateway;

namespace {

Day dayOfWord(const Asked& asked, std::string_view name) {
    if (const std::optional<Day> day = dayAsTyped(word(asked, name))) return *day;
    throw Error(Fault::rejected, std::string(name),
                {"no day of the calendar, expected 31/03/2026 or 2026-03-31",
                 "aucun jour du calendrier, attendu : 31/03/2026 ou 2026-03-31"});
}

Period periodOf(const Asked& asked) {
    const Period period{dayOfWord(asked, "from"), dayOfWord(asked, "to")};
    if (period.to < period.from)
        throw Error(Fault::rejected, "to",
                    {"the period ends before it begins", "la période finit avant de commencer"});
    return period;
}

void addNetwork(Tally& tally, const std::string& network, const Register& plans) {
    constexpr std::size_t kPiece = 500;
    const std::string end = behindNetwork(network);
    for (std::string after = beforeNetwork(network);;) {
        const std::vector<RegisterEntry> some = plans.ofNetwork(network, kPiece, after);
        for (const RegisterEntry& entry : some)
            if (isPlanKey(entry.key) && entry.key < end)
                tally.add(entry, plans.receipts(entry.key));
        if (some.size() < kPiece || some.back().key >= end) return;
        after = some.back().key;
    }
}

std::string money(std::int64_t cents) {
    char text[32];
    std::snprintf(text, sizeof text, "%lld.%02lld", static_cast<long long>(cents / 100),
                  static_cast<long long>(cents % 100));
    return text;
}

/// Percent with one decimal.
std::string share(std::int64_t part, std::int64_t whole) {
    const std::int64_t tenths =
        std::llround(1000.0 * static_cast<double>(part) / static_cast<double>(whole));
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

Told::Place tellName(Told& told, const FigureName& name) {
    const Told::Place row = told.item(told.root(), "figures");
    told.text(row, "network", name.network);
    told.text(row, "indicator", name.indicator);
    told.text(row, "row", name.row);
    told.text(row, "column", name.column);
    return row;
}

void tellFigure(Told& told, const FigureName& name, const Figure& figure) {
    const bool euros = name.indicator == indicator::kAmounts;
    const Told::Place row = tellName(told, name);
    told.text(row, "unit", euros ? "EUR" : "1");
    if (figure.masked) return told.flag(row, "masked", true);
    told.decimal(row, "value", euros ? money(figure.value) : std::to_string(figure.value));
}

/// Of sessions done, by approach and of all: the part that is for carers.
void tellShare(Told& told, const Figures& figures, const FigureName& whole, const Figure& done) {
    if (done.value == 0) return;
    FigureName part = whole;
    part.column = "carer";
    const auto carers = figures.all().find(part);
    const std::int64_t value = carers == figures.all().end() ? 0 : carers->second.value;
    FigureName name = whole;
    name.indicator = indicator::kCarers;
    const Told::Place row = tellName(told, name);
    told.text(row, "unit", "%");
    if (done.masked || figures.masked(part)) return told.flag(row, "masked", true);
    told.decimal(row, "value", share(value, done.value));
}

}  // namespace

std::string indicatorsAnswer(const Asked& asked, const Answering& with) {
    const Period period = periodOf(asked);
    const std::string_view only = word(asked, "network");
    // Of one network too all are counted: what is masked must not hang on what was asked for.
    const std::vector<std::string> networks = networksOf(with.plans());
    demandNetwork(only, networks);
    Tally tally(period, dateOf(with.now()), with.directory());
    for (const std::string& network : networks) addNetwork(tally, network, with.plans());
    const Figures& figures = tally.masked(networks);
    Told told;
    told.text(told.root(), "from", calendar::write(period.from));
    told.text(told.root(), "to", calendar::write(period.to));
    told.text(told.root(), "made", toText(with.now()));
    told.number(told.root(), "fewest", static_cast<std::int64_t>(kFewest));
    told.list(told.root(), "figures");
    for (const auto& [name, figure] : figures.all()) {
        if (name.network.empty() ? networks.size() < 2 || !only.empty()
                                 : !only.empty() && name.network != only)
            continue;
        tellFigure(told, name, figure);
        if (name.indicator == indicator::kDone && name.column.empty())
            tellShare(told, figures, name, figure);
    }
    return told.take();
}

}  // namespace care_circle
