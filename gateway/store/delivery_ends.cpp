/// What becomes of deliveries that wait without their partner's doing.
#include "store/store_parts.h"

namespace gateway {
namespace {

bool mayEnd(DeliveryState from, DeliveryState to) {
    using enum DeliveryState;
    if (to == delivered) return from == offered;
    return from == queued || from == offered || from == held || from == setAside;
}

std::vector<std::uint64_t> openOf(Transaction& transaction, const std::string& plan) {
    std::vector<std::uint64_t> ids;
    auto rows = transaction.sql().openOfPlan(plan);
    while (rows.step()) ids.push_back(rows.number<std::uint64_t>(0));
    return ids;
}

void handOver(Transaction& transaction, const DeliveryRow& row, const DeliveryEnd& end) {
    recordSteps(transaction, row, DeliveryState::delivered, end.reason);
    if (row.answerBody) transaction.eraseBody(*row.answerBody);
    transaction.sql()
        .settleDelivery(DeliveryState::delivered, nullptr, row.flags & delivery_flag::born,
                        transaction.now(), 0, nullptr, nullptr, nullptr, row.id)
        .run();
    addReceipt(transaction, row, end.at == Time{} ? transaction.now() : end.at);
}

}  // namespace

void closeDelivery(Transaction& transaction, const DeliveryRow& row, const Reason& why) {
    recordSteps(transaction, row, DeliveryState::closed, why);
    if (row.answerBody) transaction.eraseBody(*row.answerBody);
    transaction.sql()
        .settleDelivery(DeliveryState::closed, nullptr, row.flags & delivery_flag::born,
                        transaction.now(), 0, nullptr, nullptr,
                        transaction.seal().words(Seal::Purpose::delivery, row.id, why), row.id)
        .run();
}

void endDeliveries(Transaction& transaction, const DeliveryEnd& end) {
    if (end.state != DeliveryState::closed && end.state != DeliveryState::delivered)
        throw Error(Fault::internal, "store", "a delivery ends as closed or delivered");
    if (end.plan.empty()) return;
    for (const std::uint64_t id : openOf(transaction, end.plan)) {
        const auto row = readDelivery(transaction, id);
        if (!row || !mayEnd(row->state, end.state)) continue;
        if (!end.partner.empty() && transaction.nameText(row->partner) != end.partner) continue;
        if (!end.edition.empty() && row->edition != end.edition) continue;
        if (end.state == DeliveryState::delivered) {
            handOver(transaction, *row, end);
            continue;
        }
        closeDelivery(transaction, *row, end.reason);
        leaveLane(transaction, *row);
    }
}

}  // namespace gateway
