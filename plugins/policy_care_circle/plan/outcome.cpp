#include "plan/outcome.h"

#include <algorithm>

namespace care_circle {
using namespace gateway;

void Outcome::leaveOut(std::string partner, std::string who, Reason why) {
    if (!partner.empty()) decided.insert(partner);
    decisions.recipients.push_back({std::move(partner), std::move(who), false, {}, std::move(why)});
}

Decision& Outcome::send(const Partner& to, std::string who, Reason why) {
    decided.insert(to.name);
    decisions.recipients.push_back({to.name, std::move(who), true, {}, std::move(why)});
    return decisions.recipients.back();
}

void Outcome::give(const Directory& partners, const std::string& network, std::string_view kind,
                   Reason why, std::shared_ptr<const Document> what) {
    if (const Partner* const partner = partners.find(network)) {
        Decision& decision = send(*partner, {}, std::move(why));
        decision.destination = channelOf(*partner, kind);
        decision.instead = std::move(what);
        return;
    }
    Reason missing = say(
        "left out: the network is no partner; add partners/{0}.yaml with category network and a "
        "destination {1}",
        "écarté : le réseau n'est pas un partenaire ; ajouter partners/{0}.yaml, catégorie "
        "network, avec une destination {1}",
        {network, kind});
    const auto& all = decisions.recipients;
    if (std::none_of(all.begin(), all.end(),
                     [&](const Decision& one) { return one.reason == missing; }))
        leaveOut({}, "réseau " + network, std::move(missing));
}

void Outcome::close(const std::string& plan, const std::string& partner, Reason why) {
    DeliveryEnd end;
    end.plan = plan;
    end.partner = partner;
    end.reason = std::move(why);
    decisions.ends.push_back(std::move(end));
}

std::string channelOf(const Partner& partner, std::string_view kind) {
    const auto& all = partner.destinations;
    const bool has = std::find(all.begin(), all.end(), kind) != all.end();
    return !has && all.size() == 1 ? all.front() : std::string(kind);
}

}  // namespace care_circle
