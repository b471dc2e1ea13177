/// claimLanes(), inflight(), settle() and release().
#include <new>
#include <thread>

#include "store/pack.h"
#include "store/store_parts.h"
#include "store/waiting.h"

namespace gateway {

namespace {

/// Others end meanwhile and leave memory.
constexpr Milliseconds kMemoryPause{20};

void changeOnBoard(Transaction& transaction, const DeliveryRow& row,
                   const LaneBoard::Waiting& waiting) {
    transaction.after([end = endOf(transaction, row), lane = row.lane, waiting](Board& board) {
        board.lanes.change(end, lane, waiting);
    });
}

void send(Transaction& transaction, const DeliveryRow& row) {
    recordSteps(transaction, row, DeliveryState::inflight, {});
    transaction.sql().sendDelivery(DeliveryState::inflight, 1, transaction.now(), row.id).run();
    changeOnBoard(transaction, row, {row.id, DeliveryState::inflight});
}

struct PreparedOutcome {
    std::uint64_t id = 0;
    std::vector<Chunk> answer;
};

void settleOne(Transaction& transaction, const DeliveryRow& row, const Outcome& outcome,
               const PreparedOutcome& prepared) {
    if (outcome.answer && outcome.state != DeliveryState::delivered)
        recordAnswer(transaction, row, *outcome.answer);
    const DeliveryState to = recordSettled(transaction, row, outcome.state, outcome.reason);
    if (to != outcome.state || (to == DeliveryState::delivered && row.flags & delivery_flag::word))
        return endWithWord(transaction, row, to);
    std::int64_t flags = row.flags & delivery_flag::born;
    if (to == DeliveryState::uncertain && outcome.hold) flags |= delivery_flag::hold;
    if (to == DeliveryState::setAside && outcome.blocks) flags |= delivery_flag::blocks;
    const bool open = !finished(to);
    if (row.answerBody) transaction.eraseBody(*row.answerBody);
    transaction.sql()
        .settleDelivery(
            to, open ? std::optional<int>(1) : std::nullopt, flags, transaction.now(),
            outcome.retryAt, transaction.body(prepared.answer),
            transaction.seal().cell(
                Seal::Purpose::answer, row.id,
                outcome.answer ? std::string_view(outcome.answer->summary) : std::string_view()),
            transaction.seal().words(Seal::Purpose::delivery, row.id, outcome.reason), row.id)
        .run();
    if (to == DeliveryState::delivered) addReceipt(transaction, row, transaction.now());
    if (waitsInLane(to, flags))
        changeOnBoard(transaction, row, {row.id, to, blocked(flags), outcome.retryAt});
    else
        leaveLane(transaction, row);
}

void giveBack(Transaction& transaction, const DeliveryRow& row, std::uint64_t epoch) {
    if (row.state != DeliveryState::inflight) {
        transaction.after([id = row.id, epoch](Board& board) { board.lanes.release(id, epoch); });
        return;
    }
    recordSteps(transaction, row, DeliveryState::queued,
                {"given back, nothing was sent", "rendu, rien n'a été envoyé"});
    transaction.sql().sendDelivery(DeliveryState::queued, -1, transaction.now(), row.id).run();
    changeOnBoard(transaction, row, {row.id, DeliveryState::queued});
}

std::string shortName(std::uint64_t lane) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string name;
    for (int i = 0; i < 8; ++i, lane >>= 4) name.push_back(digits[lane & 15]);
    return name;
}

}  // namespace

std::vector<LaneClaim> SqliteStore::claimLanes(std::string_view destination, std::size_t lanes,
                                               std::size_t perLane, Lease lease) {
    std::unique_lock lock(board_.mutex);
    DestinationEnd& end = board_.end(destination);
    const Waiting waiting(lease, board_.wakes);
    for (;;) {
        expireLeases(lock);
        const Time now = options_.clock();
        const auto claims = end.paused ? std::vector<LaneBoard::Claim>()
                                       : board_.lanes.claim(end.number, lanes, perLane, now,
                                                            options_.leaseClock() + lease.length);
        if (!end.paused && board_.lanes.anyReady(end.number, now)) end.ready.notify_one();
        if (!claims.empty()) {
            lock.unlock();
            auto fetched = fetch(claims);
            if (!fetched.empty()) return fetched;
            lock.lock();
            continue;
        }
        if (waiting.over(board_.wakes)) return {};
        const Time retry = end.paused ? Time::max() : board_.lanes.nextRetry(end.number);
        waiting.wait(end.ready, lock, std::min(untilExpiry(), until(retry, now)));
    }
}

std::vector<LaneClaim> SqliteStore::fetch(const std::vector<LaneBoard::Claim>& claims) try {
    std::unordered_map<std::uint64_t, DeliveryClaim> found;
    bool all = true;
    for (const auto& claim : claims)
        for (const auto& claimed : claim.deliveries) {
            if (auto fresh = freshDeliveries_.take(claimed.id))
                found.emplace(claimed.id, *std::move(fresh));
            else
                all = false;
        }
    std::vector<LaneClaim> out;
    const auto each = [&](Reader* reader) {
        std::size_t bytes = 0;
        for (const auto& claim : claims) {
            LaneClaim lane = fetch(reader, claim, found, bytes);
            if (!lane.deliveries.empty()) out.push_back(std::move(lane));
        }
    };
    if (all)
        each(nullptr);
    else
        readers_->with([&](Reader& reader) {
            const Reader::Snapshot snapshot(reader);
            each(&reader);
        });
    return out;
} catch (...) {
    // No memory, or a disk that cannot be read: nobody has these claims.
    for (const auto& claim : claims) unclaim(claim, 0);
    throw;
}

void SqliteStore::unclaim(const LaneBoard::Claim& claim, std::size_t from) {
    const std::lock_guard lock(board_.mutex);
    for (std::size_t i = from; i < claim.deliveries.size(); ++i)
        board_.lanes.release(claim.deliveries[i].id, claim.deliveries[i].epoch);
    notify();
}

/// What stands before a row that cannot be read goes. The row itself is set aside; what the disk
/// does not give stays claimed with the rest of the lane, and is tried again when the lease is
/// over.
LaneClaim SqliteStore::fetch(Reader* reader, const LaneBoard::Claim& claim,
                             std::unordered_map<std::uint64_t, DeliveryClaim>& found,
                             std::size_t& bytes) {
    LaneClaim lane;
    lane.lane = shortName(claim.lane);
    for (std::size_t i = 0; i < claim.deliveries.size(); ++i) {
        const auto& claimed = claim.deliveries[i];
        if (bytes > kClaimedBytesMost) {
            unclaim(claim, i);
            break;
        }
        try {
            const auto fresh = found.find(claimed.id);
            lane.deliveries.push_back(fresh == found.end() ? fetch(*reader, claimed)
                                                           : std::move(fresh->second));
            lane.deliveries.back().id = ids_.delivery(claimed.id);
            lane.deliveries.back().epoch = claimed.epoch;
            bytes += lane.deliveries.back().body.size();
        } catch (const Error& error) {
            tellDamage(ids_.delivery(claimed.id), error.what());
            setDamagedAside({claim.deliveries.begin() + static_cast<std::ptrdiff_t>(i),
                             claim.deliveries.end()});
            break;
        } catch (const sqlite::Failure& failure) {
            tellDamage(ids_.delivery(claimed.id), failure.what());
            break;
        } catch (const std::bad_alloc&) {  // there will be memory when others are done
            std::this_thread::sleep_for(kMemoryPause);
            unclaim(claim, i);
            break;
        }
    }
    return lane;
}

/// The first of them; those after it are given back.
void SqliteStore::setDamagedAside(std::vector<LaneBoard::Claimed> claimed) {
    writer_->writeLater([claimed = std::move(claimed)](Transaction& transaction) {
        const auto row = claimedRow(transaction, claimed[0].id, claimed[0].epoch);
        if (!row) return;
        Outcome outcome;
        outcome.state = DeliveryState::setAside;
        outcome.reason = damage();
        settleOne(transaction, *row, outcome, {});
        transaction.after([claimed](Board& board) {
            for (std::size_t i = 1; i < claimed.size(); ++i)
                board.lanes.release(claimed[i].id, claimed[i].epoch);
        });
    });
}

Reason damage() {
    return {
        "what the store holds of it is damaged: restore the store from a backup, or close it "
        "and have it sent again",
        "ce que la base en garde est endommagé : restaurer une sauvegarde, ou le clore et le "
        "faire renvoyer"};
}

void SqliteStore::tellDamage(std::string_view id, const std::string& what) {
    ++damaged_;
    if (log_) log_->error("store cannot read", {{"id", id}, {"reason", what}});
}

DeliveryClaim SqliteStore::fetch(Reader& reader, const LaneBoard::Claimed& claimed) {
    auto row = reader.sql().delivery(claimed.id);
    if (!row.step())
        throw Error(Fault::unavailable, "store",
                    Reason{"a delivery's row is missing", "la ligne d'un envoi manque"});
    DeliveryClaim out;
    out.message = ids_.message(row.number<std::uint64_t>(1));
    out.partner = nameOf(reader, row, 4);
    out.destination = nameOf(reader, row, 5);
    out.mediaType = nameOf(reader, row, 6);
    out.extension = nameOf(reader, row, 7);
    out.attempts = row.number<unsigned>(9);
    out.uncertain = row.number<DeliveryState>(2) == DeliveryState::uncertain;
    out.queued = row.time(10);
    out.body = reader.bodyOrEmpty(row, 14, row.number<std::size_t>(13));
    out.controlId = row.string(17);
    out.plan = row.string(18);
    out.edition = row.string(19);
    return out;
}

std::vector<Settled> SqliteStore::inflight(std::span<const ClaimId> batch) {
    std::vector<Settled> settled(batch.size());
    if (batch.empty()) return settled;
    writer_->write(batch.size(), 0, [&](Transaction& transaction) {
        for (std::size_t i = 0; i < batch.size(); ++i) {
            settled[i] = Settled::lost;
            const auto row = firstOfClaim(transaction, batch[i]);
            if (!row) continue;
            send(transaction, *row);
            settled[i] = Settled::done;
        }
    });
    return settled;
}

std::vector<Settled> SqliteStore::settle(std::span<const Outcome> batch) {
    std::vector<PreparedOutcome> prepared(batch.size());
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        prepared[i].id = ids_.delivery(batch[i].id).value_or(0);
        if (!batch[i].answer) continue;
        prepared[i].answer = toChunks(batch[i].answer->body.view());
        bytes += batch[i].answer->body.size();
    }
    std::vector<Settled> settled(batch.size());
    if (batch.empty()) return settled;
    writer_->write(batch.size(), bytes, [&](Transaction& transaction) {
        for (std::size_t i = 0; i < batch.size(); ++i) {
            const auto row = claimedRow(transaction, prepared[i].id, batch[i].epoch);
            settled[i] = row ? Settled::done : Settled::lost;
            if (row) settleOne(transaction, *row, batch[i], prepared[i]);
        }
    });
    return settled;
}

void SqliteStore::release(std::span<const ClaimId> batch) {
    if (batch.empty()) return;
    writer_->write(batch.size(), 0, [&](Transaction& transaction) {
        for (const ClaimId& claim : batch) {
            const auto id = ids_.delivery(claim.id);
            const auto row = id ? claimedRow(transaction, *id, claim.epoch) : std::nullopt;
            if (row) giveBack(transaction, *row, claim.epoch);
        }
    });
}

}  // namespace gateway
