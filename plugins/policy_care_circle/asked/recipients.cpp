#include "asked/recipients.h"

#include <algorithm>
#include <map>
#include <set>

#include "gateway/store.h"
#include "plan_facts.h"

namespace care_circle {
using namespace gateway;

namespace {

bool finishedState(std::string_view state) {
    return state == toText(DeliveryState::delivered) || state == toText(DeliveryState::closed);
}

/// What the timeline says of one delivery.
Recipient recipientOf(const DeliveryView& delivery, const MessageView& message) {
    Recipient one{delivery.partner,
                  delivery.destination,
                  delivery.edition,
                  std::string(toText(delivery.state)),
                  {},
                  {},
                  {},
                  {},
                  delivery.reason};
    bool offered = false;
    Time begun{};
    for (const EventView& event : message.timeline) {
        if (event.delivery != delivery.id) continue;
        if (begun == Time{}) begun = event.at;
        if (event.what == "offered" || event.what == "inflight") one.sent = event.at;
        offered |= event.what == "offered";
        if (event.what == "answer") one.answered = event.at;
        if (event.what == "delivered") (offered ? one.read : one.answered) = event.at;
    }
    if (!finishedState(one.state)) one.since = begun == Time{} ? delivery.changed : begun;
    return one;
}

class Recipients {
public:
    Recipients(const RegisterEntry& plan, const Answering& with) : plan_(plan), with_(with) {}

    std::vector<Recipient> all() {
        // As far as it is still kept.
        if (const std::optional<MessageView> message = with_.message(broughtBy(plan_)))
            addFrom(*message);
        addWaiting();
        addReceipts();
        return std::move(all_);
    }

private:
    void addFrom(const MessageView& message) {
        for (const DeliveryView& delivery : message.deliveries) {
            if (delivery.plan != plan_.key) continue;
            known_.insert(delivery.id);
            all_.push_back(recipientOf(delivery, message));
        }
        for (const EventView& event : message.timeline)
            if (event.what == "left-out")
                all_.push_back(
                    {event.partner, {}, plan_.edition, "left-out", {}, {}, {}, {}, event.text});
    }

    void addWaiting() {
        for (const Register::Waiting& one : with_.plans().waiting(plan_.key)) {
            if (known_.contains(one.delivery)) continue;
            known_.insert(one.delivery);
            all_.push_back({one.partner,
                            one.destination,
                            one.edition,
                            std::string(toText(one.state)),
                            {},
                            {},
                            {},
                            one.since,
                            {}});
        }
    }

    /// The newest edition that each partner has had and that the message does not tell of.
    void addReceipts() {
        std::map<std::string, RegisterReceipt> newest;
        for (RegisterReceipt& receipt : with_.plans().receipts(plan_.key)) {
            if (known_.contains(receipt.delivery)) continue;
            RegisterReceipt& kept = newest[receipt.partner];
            if (kept.at <= receipt.at) kept = std::move(receipt);
        }
        for (const auto& [partner, receipt] : newest) {
            if (hasNewer(partner, receipt.edition)) continue;
            all_.push_back({partner, {}, receipt.edition, "delivered", {}, receipt.at, {}, {}, {}});
        }
    }

    /// Whether this edition is told of as delivered to that partner already.
    bool hasNewer(const std::string& partner, const std::string& edition) const {
        return std::any_of(all_.begin(), all_.end(), [&](const Recipient& one) {
            return one.partner == partner && one.state == "delivered" &&
                   (one.edition == plan_.edition || one.edition == edition);
        });
    }

    const RegisterEntry& plan_;
    const Answering& with_;
    std::vector<Recipient> all_;
    std::set<std::string> known_;  ///< ids of deliveries
};

}  // namespace

std::vector<Recipient> recipientsOf(const RegisterEntry& plan, const Answering& with) {
    return Recipients(plan, with).all();
}

}  // namespace care_circle
