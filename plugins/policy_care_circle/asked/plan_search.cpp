#include "asked/plan_search.h"

#include <algorithm>

#include "asked/answers.h"
#include "asked/networks.h"
#include "asked/typed.h"
#include "plan/traits.h"
#include "plan_facts.h"

namespace care_circle {
using namespace gateway;

namespace {

/// Of the authorities that give an INS; those of tests too.
constexpr std::string_view kInsOids[] = {"1.2.250.1.213.1.4.8", "1.2.250.1.213.1.4.9",
                                         "1.2.250.1.213.1.4.10", "1.2.250.1.213.1.4.11"};

std::vector<RegisterEntry> byNumber(std::string_view number, const std::string& network,
                                    const Register& plans) {
    std::vector<RegisterEntry> found;
    const auto look = [&](const std::string& key) {
        if (!isPlanKey(key)) return;
        if (auto entry = plans.find(key)) found.push_back(*std::move(entry));
    };
    if (!network.empty()) {
        look(planKey(network, number));
        return found;
    }
    if (number.find('/') != number.npos) look(std::string(number));
    for (const std::string& one : networksOf(plans))
        if (std::string key = planKey(one, number); key != number) look(key);
    return found;
}

void addKnown(std::vector<RegisterEntry>& found, const std::string& label,
              const std::string& network, const Register& plans, std::size_t most) {
    for (RegisterEntry& entry : plans.known(label, most)) {
        const bool twice = std::any_of(found.begin(), found.end(),
                                       [&](const auto& one) { return one.key == entry.key; });
        if (isPlanKey(entry.key) && !twice && (network.empty() || entry.network == network))
            found.push_back(std::move(entry));
    }
}

std::vector<RegisterEntry> byIns(std::string_view typed, const std::string& network,
                                 const Register& plans, std::size_t most) {
    const std::optional<std::string> number = insAsTyped(typed);
    if (!number)
        throw Error(Fault::rejected, "ins",
                    {"expected 13 characters, or 15 with a key that fits them",
                     "attendu : 13 caractères, ou 15 avec une clé qui leur correspond"});
    std::vector<RegisterEntry> found;
    for (const std::string_view oid : kInsOids)
        addKnown(found, label::ins(oid, *number), network, plans, most);
    return found;
}

}  // namespace

PlansFound findPlans(const Asked& asked, const Register& plans, std::size_t most) {
    const std::string network(word(asked, "network"));
    demandNetwork(network, networksOf(plans));
    if (const std::string_view who = word(asked, "who"); !who.empty()) {
        PlansFound found{byNumber(who, network, plans), false};
        if (found.plans.empty() && looksLikeIns(who))
            found.plans = byIns(who, network, plans, most);
        return found;
    }
    const std::optional<Day> born = dayAsTyped(word(asked, "born"));
    if (!born)
        throw Error(Fault::rejected, "born",
                    {"no day of the calendar, expected the date of birth: 17/05/1948 or 1948-05-17",
                     "aucun jour du calendrier, attendu : la date de naissance, 17/05/1948 ou "
                     "1948-05-17"});
    PlansFound found{{}, true};
    addKnown(found.plans, label::named(normalised(word(asked, "name")), calendar::write(*born)),
             network, plans, most);
    return found;
}

}  // namespace care_circle
