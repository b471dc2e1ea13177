#include "pipeline/mailbox.h"

#include <algorithm>
#include <set>

#include "pipeline/recheck.h"
#include "pipeline/sending.h"

namespace gateway {
namespace {

[[noreturn]] void notThere(const std::string& id) {
    throw Error(Fault::rejected, id,
                {"does not wait to be picked up here", "n'attend pas d'être retiré ici"});
}

/// The delivery of that id, alone in its message.
std::optional<MessageView> deliveryOf(Store& store, const std::string& id) {
    Filter named;
    named.controlId = id;
    for (MessageView& message : store.list(named)) {
        std::erase_if(message.deliveries, [&](const DeliveryView& one) { return one.id != id; });
        if (!message.deliveries.empty()) return std::move(message);
    }
    return {};
}

/// Of an id under which nothing waits to be picked up.
Reason whyNotOffered(Store& store, const std::string& id) {
    if (deliveryOf(store, id))
        return {"does not wait to be picked up: 'close' ends other deliveries",
                "n'attend pas d'être retiré : « close » termine les autres envois"};
    if (store.show(id))
        return {"nothing of it waits to be picked up", "rien n'y attend d'être retiré"};
    return {"unknown id", "identifiant inconnu"};
}

}  // namespace

void Mailbox::layOut(const Setup& setup, Milliseconds wait, const std::vector<LaneClaim>& lanes) {
    const Time until = wait.count() > 0 ? currentTime() + wait : Time{};
    std::vector<OfferedClaim> laid;
    std::vector<Outcome> refused;
    std::vector<std::string> messages;
    std::set<std::string> filled;
    for (const LaneClaim& lane : lanes)
        for (const DeliveryClaim& claim : lane.deliveries) {
            messages.push_back(claim.message);
            const Rechecked answer =
                recheck(setup, store_.plans(),
                        {claim.id, claim.partner, claim.destination, claim.plan, claim.edition});
            if (answer.send) {
                laid.push_back({{claim.id, claim.epoch}, until});
                filled.insert(claim.destination);
                continue;
            }
            Outcome& outcome = refused.emplace_back();
            outcome.id = claim.id;
            outcome.epoch = claim.epoch;
            outcome.state = answer.otherwise;
            outcome.reason = answer.reason;
        }
    try {
        // First, so that what follows it in its lane may be laid out.
        if (!refused.empty()) store_.settle(refused);
        if (!laid.empty())
            for (std::size_t i = 0; const Settled settled : store_.offer(laid)) {
                const std::string& id = laid[i++].claim.id;
                if (settled == Settled::lost) log_.warning("lease-lost", {{"delivery", id}});
            }
    } catch (const Error&) {
        store_.release(idsOf(lanes));
        throw;
    }
    for (const std::string& message : messages) board_.signal(message);
    for (const std::string& destination : filled) tell(destination);
}

class Mailbox::Watcher final : public Watching {
public:
    Watcher(Mailbox& mailbox, Told told) : mailbox_(mailbox), told_(std::move(told)) {
        const std::lock_guard lock(mailbox_.watchersMutex_);
        mailbox_.watchers_.push_back(this);
    }
    ~Watcher() override {
        const std::lock_guard lock(mailbox_.watchersMutex_);
        std::erase(mailbox_.watchers_, this);
    }
    void tell(const std::string& destination) const { told_(destination); }

private:
    Mailbox& mailbox_;
    const Told told_;
};

std::unique_ptr<Mailboxes::Watching> Mailbox::watch(Told told) {
    return std::make_unique<Watcher>(*this, std::move(told));
}

void Mailbox::tell(const std::string& destination) {
    const std::lock_guard lock(watchersMutex_);
    for (const Watcher* const one : watchers_) one->tell(destination);
}

void Mailbox::notPaused(const std::string& destination) const {
    if (paused_.has(destination))
        throw Error(
            Fault::unavailable, destination,
            {"this mailbox is paused, try later", "cette boîte est en pause, réessayer plus tard"});
}

std::vector<OfferedDelivery> Mailbox::offered(const std::string& destination,
                                              const std::string& after, std::size_t most) {
    notPaused(destination);
    const std::shared_ptr<const Setup> setup = current_.get();
    std::vector<OfferedDelivery> all;
    std::string last = after;
    while (all.size() < most) {
        std::vector<OfferedDelivery> page = store_.offered(destination, last, most - all.size());
        if (page.empty()) break;
        last = page.back().id;
        std::copy_if(page.begin(), page.end(), std::back_inserter(all),
                     [&](const OfferedDelivery& one) { return allowed(*setup, one); });
    }
    return all;
}

bool Mailbox::allowed(const Setup& setup, const OfferedDelivery& offered) {
    const Rechecked answer =
        recheck(setup, store_.plans(),
                {offered.id, offered.partner, offered.destination, offered.plan, offered.edition});
    if (answer.send) return true;
    PickUp refused;
    refused.id = offered.id;
    refused.state = answer.otherwise;
    refused.reason = answer.reason;
    store_.pickedUp(std::span(&refused, 1));  // who took it a moment ago had been allowed to
    board_.signal(offered.message);
    return false;
}

std::optional<OfferedDelivery> Mailbox::find(const std::string& id) {
    const auto message = deliveryOf(store_, id);
    if (!message) return {};
    const DeliveryView& one = message->deliveries.front();
    if (one.state != DeliveryState::offered) return {};
    OfferedDelivery offered;
    offered.id = id;
    offered.message = message->id;
    offered.partner = one.partner;
    offered.destination = one.destination;
    offered.plan = one.plan;
    offered.edition = one.edition;
    return offered;
}

void Mailbox::want(const std::string& destination, const std::string& id) {
    notPaused(destination);
    const auto offered = find(id);
    if (!offered || offered->destination != destination || !allowed(*current_.get(), *offered))
        notThere(id);
}

std::vector<std::optional<Reason>> Mailbox::handedOver(std::span<const std::string> ids,
                                                       const std::string& by, Time on,
                                                       const std::string& why) {
    std::vector<std::optional<Reason>> results;
    for (const std::string& id : ids) results.push_back(handOver(id, by, on, why));
    return results;
}

std::optional<Reason> Mailbox::handOver(const std::string& id, const std::string& by, Time on,
                                        const std::string& why) {
    const auto offered = find(id);
    if (!offered) return whyNotOffered(store_, id);
    const auto message = store_.show(offered->message);
    if (on != Time{} && message &&
        std::chrono::floor<std::chrono::days>(on) <
            std::chrono::floor<std::chrono::days>(message->received))
        return say("came in on {0}: it cannot have been handed over before",
                   "est arrivé le {0} : il ne peut avoir été remis avant",
                   {toText(message->received).substr(0, 10)});
    if (on == Time{} && !allowed(*current_.get(), *offered))
        return Reason{
            "whom it is about, or another rule, has refused it since it was laid out: closed",
            "refusé depuis par la personne concernée ou une autre règle : clos"};
    PickUp done;
    done.id = id;
    done.by = by;
    const std::string day = toText(on == Time{} ? currentTime() : on).substr(0, 10);
    done.reason = say("handed over by hand on {0}{1}", "remis en main propre le {0}{1}",
                      {day, why.empty() ? Reason() : Reason{": " + why, " : " + why}});
    const auto result = store_.pickedUp(std::span(&done, 1)).front();
    board_.signal(offered->message);
    return result;
}

Bytes Mailbox::read(const std::string& destination, const std::string& id) {
    want(destination, id);
    std::optional<Bytes> bytes = store_.body(id);
    if (!bytes) notThere(id);
    return *std::move(bytes);
}

void Mailbox::pickedUp(const std::string& destination, const PickUp& pickUp) {
    want(destination, pickUp.id);
    if (const auto why = store_.pickedUp(std::span(&pickUp, 1)).front())
        throw Error(Fault::rejected, pickUp.id, *why);
    log_.info(pickUp.state == DeliveryState::delivered ? "picked-up" : "pick-up-refused",
              {{"destination", destination}, {"delivery", pickUp.id}});
}

}  // namespace gateway
