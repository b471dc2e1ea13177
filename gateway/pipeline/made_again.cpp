#include "pipeline/made_again.h"

#include <algorithm>

namespace gateway {

MadeAgain::MadeAgain(Store& store, IdStock& ids, const Setup& setup, const MessageClaim& claim)
    : ids_(ids), setup_(setup), some_(!claim.held.empty()) {
    if (!some_) return;
    const std::optional<MessageView> message = store.show(claim.id);
    if (!message) return;
    for (const DeliveryView& one : message->deliveries) {
        const MadeBy made = MadeBy::of(one.mapVersion);
        if (std::find(claim.held.begin(), claim.held.end(), one.id) != claim.held.end())
            asked_.push_back({one.id, one.partner, one.destination, one.plan, one.edition, made,
                              one.state == DeliveryState::setAside, one.unread});
        else if (!made.route.empty())
            others_.insert(one.destination + '\t' + made.mark());
    }
}

std::optional<NewDelivery> MadeAgain::take(const std::string& destination, const MadeBy& made) {
    const auto its = [&](const One& one) {
        return one.made.mark() == made.mark() && leads(destination, one.destination);
    };
    // Whose route is not known, or is called otherwise by now, is the first that is nobody's.
    const auto anybodys = [&](const One& one) {
        return one.destination == destination &&
               std::none_of(setup_.routes.begin(), setup_.routes.end(),
                            [&](const RouteSetup& route) { return route.name == one.made.route; });
    };
    auto found = std::find_if(asked_.begin(), asked_.end(), its);
    if (found == asked_.end() && !others_.contains(destination + '\t' + made.mark()))
        found = std::find_if(asked_.begin(), asked_.end(), anybodys);
    if (found == asked_.end()) return {};
    NewDelivery delivery = begin(*found);
    delivery.destination = found->destination;
    if (const std::string& then = thenOf(found->destination); found->unread && !then.empty())
        delivery.destination = then;
    asked_.erase(found);
    return delivery;
}

const std::string& MadeAgain::thenOf(const std::string& destination) const {
    static const std::string kNowhere;
    const auto found = setup_.destinations.find(destination);
    return found == setup_.destinations.end() ? kNowhere : found->second.then;
}

/// From one to the other, itself included, by what happens to unread deliveries.
bool MadeAgain::leads(const std::string& from, const std::string& to) const {
    const std::string* at = &from;
    for (std::size_t steps = 0; !at->empty() && steps <= setup_.destinations.size(); ++steps) {
        if (*at == to) return true;
        at = &thenOf(*at);
    }
    return false;
}

std::vector<NewDelivery> MadeAgain::rest(const Reason& why) {
    std::vector<NewDelivery> all;
    for (const One& one : asked_) {
        NewDelivery& delivery = all.emplace_back(begin(one));
        delivery.partner = one.partner;
        delivery.destination = one.destination;
        delivery.plan = one.plan;
        delivery.edition = one.edition;
        delivery.mapVersion = one.made.text();
        delivery.state = DeliveryState::held;
        delivery.reason = why;
    }
    return all;
}

/// A held delivery is made under its id, one that was set aside is replaced by another.
NewDelivery MadeAgain::begin(const One& one) {
    NewDelivery delivery;
    delivery.id = one.anew ? ids_.next() : one.id;
    if (one.anew) delivery.instead = one.id;
    delivery.controlId = one.anew ? delivery.id : ids_.next();
    return delivery;
}

}  // namespace gateway
