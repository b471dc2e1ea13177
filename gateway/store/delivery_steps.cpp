/// What every change of a delivery has in common.
#include <cstring>

#include "store/store_parts.h"

namespace gateway {

bool waitsInLane(DeliveryState state, std::int64_t flags) {
    switch (state) {
        case DeliveryState::queued:
        case DeliveryState::inflight:
        case DeliveryState::uncertain: return true;
        case DeliveryState::setAside: return (flags & delivery_flag::blocks) != 0;
        default: return false;
    }
}

std::vector<std::uint64_t> briefKeys(std::string_view orderKeys) {
    std::vector<std::uint64_t> keys;
    for (std::size_t at = 0; at + KeyedHash::kSize <= orderKeys.size(); at += KeyedHash::kSize)
        keys.push_back(KeyedHash::brief(orderKeys.substr(at)));
    return keys;
}

std::optional<DeliveryRow> readDelivery(Transaction& transaction, std::uint64_t id) {
    auto row = transaction.sql().getDelivery(id);
    if (!row.step()) return {};
    DeliveryRow delivery;
    delivery.id = id;
    delivery.message = row.number<std::uint64_t>(0);
    delivery.state = row.number<DeliveryState>(1);
    delivery.flags = row.integer(2);
    delivery.lane = row.number<std::uint64_t>(3);
    delivery.partner = row.integer(4);
    delivery.destination = row.integer(5);
    delivery.ord = row.number<std::uint64_t>(6);
    delivery.plan = row.string(7);
    delivery.edition = row.string(8);
    delivery.attempts = row.number<unsigned>(9);
    delivery.changed = row.time(14);
    if (!row.null(10)) delivery.answerBody = row.integer(10);
    if (delivery.flags & delivery_flag::word) try {
            const Seal& seal = transaction.seal();
            delivery.answerSummary = seal.text(Seal::Purpose::answer, id, row, 11);
            delivery.reason = seal.reason(Seal::Purpose::delivery, id, row, 12);
        } catch (const Error&) {  // whoever looks at it is told; what it does goes on
            delivery.reason = {"(damaged in the store)", "(endommagé dans la base)"};
        }
    return delivery;
}

std::vector<DeliveryState> stepsBetween(DeliveryState from, DeliveryState to) {
    using enum DeliveryState;
    if (from == to) return {};
    if (allowed(from, to)) return {to};
    // Sent again, given up, or not sent although it was put in flight: through queued.
    const bool throughQueued =
        (from == uncertain && (to == inflight || to == closed || to == offered)) ||
        (from == inflight && to == closed);
    if (throughQueued && allowed(from, queued) && allowed(queued, to)) return {queued, to};
    throw Error(Fault::internal, "store",
                "a delivery cannot go from " + std::string(toText(from)) + " to " +
                    std::string(toText(to)));
}

namespace {

/// What the audit is to know of it: from where to where.
std::optional<Happening::Kind> told(DeliveryState from, DeliveryState to) {
    using Kind = Happening::Kind;
    switch (to) {
        case DeliveryState::delivered:
            return from == DeliveryState::offered ? Kind::pickedUp : Kind::delivered;
        case DeliveryState::offered: return Kind::offered;
        case DeliveryState::setAside: return Kind::setAside;
        case DeliveryState::uncertain: return Kind::uncertain;
        case DeliveryState::closed: return Kind::closed;
        default: return {};
    }
}

}  // namespace

void recordSteps(Transaction& transaction, const DeliveryRow& row, DeliveryState to,
                 const Reason& reason) {
    DeliveryState from = row.state;
    const auto steps = stepsBetween(from, to);
    for (const DeliveryState step : steps) {
        transaction.event(row.message, row.id, What::of(step), {}, step == to ? reason : Reason());
        transaction.move(TallyKey::delivery, row.destination, static_cast<int>(from),
                         static_cast<int>(step), row.id);
        if (const auto kind = told(from, step))
            transaction.happened(
                {*kind, row.message, row.id, row.destination, row.partner, row.plan, row.edition});
        from = step;
    }
    if (steps.empty() && !reason.empty())
        transaction.event(row.message, row.id, What::of(to), {}, reason);
}

DeliveryState withWord(DeliveryState settled, std::int64_t flags) {
    using enum DeliveryState;
    const bool sent = settled == delivered || settled == uncertain;
    if (sent && (flags & delivery_flag::refused)) return setAside;
    if (sent && (flags & delivery_flag::accepted)) return delivered;
    return settled;
}

DeliveryState recordSettled(Transaction& transaction, const DeliveryRow& row, DeliveryState settled,
                            const Reason& reason) {
    const DeliveryState last = withWord(settled, row.flags);
    if (last != DeliveryState::setAside || last == settled) {
        recordSteps(transaction, row, last, last == settled ? reason : Reason());
        return last;
    }
    recordSteps(transaction, row, settled, reason);
    DeliveryRow between = row;
    between.state = settled;
    recordSteps(transaction, between, last, row.reason);
    return last;
}

void recordAnswer(Transaction& transaction, const DeliveryRow& row, const Answer& answer) {
    constexpr std::size_t kMost = 16 << 10;  // it is looked at by people
    if (answer.summary.empty() && answer.body.size() == 0) return;
    transaction.event(row.message, row.id, What::answer(), {},
                      {answer.summary, std::string(answer.body.view().substr(0, kMost))});
}

LaneBoard::Destination endOf(Transaction& transaction, Board& board, std::int64_t destination) {
    return board.end(transaction.nameText(destination)).number;
}

std::vector<std::uint64_t> otherLanesOf(Transaction& transaction, std::uint64_t delivery) {
    std::vector<std::uint64_t> lanes;
    auto rows = transaction.sql().otherLanes(delivery);
    while (rows.step()) lanes.push_back(rows.number<std::uint64_t>(0));
    return lanes;
}

void addReceipt(Transaction& transaction, const DeliveryRow& row, Time at) {
    if (row.plan.empty()) return;
    transaction.sql()
        .addReceipt(row.plan, row.id, transaction.nameText(row.partner), row.edition, at)
        .run();
}

LaneBoard::Destination endOf(Transaction& transaction, const DeliveryRow& row) {
    const std::lock_guard lock(transaction.board().mutex);
    return endOf(transaction, transaction.board(), row.destination);
}

void leaveLane(Transaction& transaction, const DeliveryRow& row) {
    transaction.after([end = endOf(transaction, row), lane = row.lane, id = row.id](Board& board) {
        board.lanes.remove(end, lane, id);
    });
}

std::optional<DeliveryRow> claimedRow(Transaction& transaction, std::uint64_t id,
                                      std::uint64_t epoch) {
    std::optional<DeliveryState> state;
    {
        const std::lock_guard lock(transaction.board().mutex);
        state = transaction.board().lanes.claimed(id, epoch);
    }
    if (!state) return {};
    auto row = readDelivery(transaction, id);
    if (!row || row->state != *state) return {};
    return row;
}

std::optional<DeliveryRow> firstOfClaim(Transaction& transaction, const ClaimId& claim) {
    const auto id = transaction.ids().delivery(claim.id);
    auto row = id ? claimedRow(transaction, *id, claim.epoch) : std::nullopt;
    if (!row) return {};
    const std::lock_guard lock(transaction.board().mutex);
    if (!transaction.board().lanes.nothingBefore(*id)) return {};
    return row;
}

void endWithWord(Transaction& transaction, const DeliveryRow& row, DeliveryState state) {
    const Reason reason = state == DeliveryState::setAside ? row.reason : Reason();
    transaction.sql()
        .settleDelivery(state, finished(state) ? std::nullopt : std::optional<int>(1),
                        row.flags & (delivery_flag::born | delivery_flag::word), transaction.now(),
                        0, row.answerBody,
                        transaction.seal().cell(Seal::Purpose::answer, row.id,
                                                std::string_view(row.answerSummary)),
                        transaction.seal().words(Seal::Purpose::delivery, row.id, reason), row.id)
        .run();
    if (state == DeliveryState::delivered) addReceipt(transaction, row, transaction.now());
    leaveLane(transaction, row);
}

void makeUncertain(Transaction& transaction, std::uint64_t id, const Reason& reason) {
    const auto row = readDelivery(transaction, id);
    if (!row || row->state != DeliveryState::inflight) return;
    const DeliveryState now = recordSettled(transaction, *row, DeliveryState::uncertain, reason);
    if (now != DeliveryState::uncertain) return endWithWord(transaction, *row, now);
    if (row->answerBody) transaction.eraseBody(*row->answerBody);
    transaction.sql()
        .settleDelivery(DeliveryState::uncertain, 1, row->flags, transaction.now(), 0, nullptr,
                        nullptr, transaction.seal().words(Seal::Purpose::delivery, id, reason), id)
        .run();
    transaction.after([end = endOf(transaction, *row), lane = row->lane, id](Board& board) {
        board.lanes.change(end, lane, {id, DeliveryState::uncertain, false, Time{}});
    });
}

}  // namespace gateway
