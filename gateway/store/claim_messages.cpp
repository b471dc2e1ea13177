/// claimMessages() and releaseMessages().
#include <algorithm>
#include <new>
#include <thread>

#include "store/pack.h"
#include "store/store_parts.h"
#include "store/waiting.h"

namespace gateway {
namespace {

/// Others end meanwhile and leave memory.
constexpr Milliseconds kMemoryPause{20};

}  // namespace

std::vector<MessageClaim> SqliteStore::claimMessages(std::size_t most, Lease lease) {
    std::unique_lock lock(board_.mutex);
    const Waiting waiting(lease, board_.wakes);
    for (;;) {
        expireLeases(lock);
        const auto claims = board_.messages.claim(most, options_.leaseClock() + lease.length);
        if (board_.messages.anyReady()) board_.messagesReady.notify_one();
        if (!claims.empty()) {
            lock.unlock();
            auto fetched = fetch(claims);
            if (!fetched.empty()) return fetched;
            lock.lock();
            continue;
        }
        if (waiting.over(board_.wakes)) return {};
        waiting.wait(board_.messagesReady, lock, untilExpiry());
    }
}

std::vector<MessageClaim> SqliteStore::fetch(const std::vector<MessageBoard::Claim>& claims) try {
    std::vector<std::optional<MessageClaim>> found;
    for (const auto& claim : claims) {
        auto fresh = claim.redo ? std::nullopt : freshMessages_.take(claim.seq);
        if (fresh) {
            fresh->id = ids_.message(claim.seq);
            fresh->epoch = claim.epoch;
        }
        found.push_back(std::move(fresh));
    }
    if (std::any_of(found.begin(), found.end(), [](const auto& one) { return !one; }))
        read(claims, found);
    noteBodies(claims, found);
    std::vector<MessageClaim> out;
    for (auto& one : found)
        if (one) out.push_back(*std::move(one));
    return out;
} catch (...) {
    // No memory, or a disk that cannot be read: nobody has these claims.
    for (const auto& claim : claims) release(claim);
    throw;
}

void SqliteStore::read(const std::vector<MessageBoard::Claim>& claims,
                       std::vector<std::optional<MessageClaim>>& found) {
    readers_->with([&](Reader& reader) {
        const Reader::Snapshot snapshot(reader);
        std::size_t bytes = 0;
        for (std::size_t i = 0; i < claims.size(); ++i) {
            if (bytes > kClaimedBytesMost) {
                found[i].reset();
                release(claims[i]);
                continue;
            }
            if (found[i]) continue;
            // What is damaged is held; what the disk does not give stays claimed and is tried again
            // when the lease is over. So damage in one place stops nothing else.
            try {
                found[i] = fetch(reader, claims[i]);
                if (found[i]) bytes += found[i]->body.size();
            } catch (const Error& error) {
                tellDamage(ids_.message(claims[i].seq), error.what());
                holdDamaged(claims[i]);
            } catch (const sqlite::Failure& failure) {
                tellDamage(ids_.message(claims[i].seq), failure.what());
            } catch (const std::bad_alloc&) {  // there will be memory when others are done
                std::this_thread::sleep_for(kMemoryPause);
                release(claims[i]);
            }
        }
    });
}

void SqliteStore::noteBodies(const std::vector<MessageBoard::Claim>& claims,
                             const std::vector<std::optional<MessageClaim>>& found) {
    const std::lock_guard lock(claimedMutex_);
    for (std::size_t i = 0; i < claims.size(); ++i)
        if (found[i] && !claims[i].redo) claimedBodies_[claims[i].seq] = found[i]->body;
}

Bytes SqliteStore::takeClaimedBody(std::uint64_t seq) {
    const std::lock_guard lock(claimedMutex_);
    auto body = claimedBodies_.extract(seq);
    return body ? std::move(body.mapped()) : Bytes();
}

void SqliteStore::putClaimedBody(std::uint64_t seq, const Bytes& body) {
    if (body.empty()) return;
    const std::lock_guard lock(claimedMutex_);
    claimedBodies_[seq] = body;
}

void SqliteStore::release(const MessageBoard::Claim& claim) {
    const std::lock_guard lock(board_.mutex);
    board_.messages.release(claim.seq, claim.epoch);
    notify();
}

std::optional<MessageClaim> SqliteStore::fetch(Reader& reader, const MessageBoard::Claim& claim) {
    MessageClaim out;
    std::vector<std::uint64_t> redoIds;
    if (claim.redo) {
        auto rows = reader.sql().redosOf(claim.seq, DeliveryState::held, DeliveryState::setAside);
        while (rows.step()) redoIds.push_back(rows.number<std::uint64_t>(0));
        for (const auto id : redoIds) out.held.push_back(ids_.delivery(id));
    }
    auto row = reader.sql().message(claim.seq);
    const bool found = row.step();
    if (!found || (claim.redo && redoIds.empty())) {
        // Closed or settled in the meantime.
        const std::lock_guard lock(board_.mutex);
        claim.redo ? board_.messages.removeRedo(claim.seq) : board_.messages.remove(claim.seq);
        return {};
    }
    out.id = ids_.message(claim.seq);
    out.epoch = claim.epoch;
    out.source = nameOf(reader, row, 2);
    out.codec = nameOf(reader, row, 3);
    out.received = row.time(5);
    out.body = reader.bodyOrEmpty(row, 8, row.number<std::size_t>(7));
    out.facts = unpackFacts(reader.seal().text(Seal::Purpose::facts, claim.seq, row, 10));
    out.replay = claim.redo || (row.integer(11) & message_flag::replayed);
    if (claim.redo) {
        const std::lock_guard lock(board_.mutex);
        board_.messages.setRedoIds(claim.seq, claim.epoch, std::move(redoIds));
    }
    return out;
}

void SqliteStore::releaseMessages(std::span<const ClaimId> batch) {
    for (const ClaimId& claim : batch)
        if (const auto seq = ids_.message(claim.id)) takeClaimedBody(*seq);
    const std::lock_guard lock(board_.mutex);
    for (const ClaimId& claim : batch)
        if (const auto seq = ids_.message(claim.id)) board_.messages.release(*seq, claim.epoch);
    notify();
}

}  // namespace gateway
