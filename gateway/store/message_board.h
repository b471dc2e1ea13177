/// @file  Which waiting message may be translated next: the queues of the order keys and the
/// claims, in memory. What is here follows the file and is rebuilt from it.
#pragma once

#include <cstdint>
#include <deque>
#include <queue>
#include <span>
#include <unordered_map>
#include <vector>

#include "gateway/time.h"

namespace gateway {

/// Not safe for threads: Board guards it. About 90 bytes for a message that waits alone in its key.
class MessageBoard {
public:
    struct Claim {
        std::uint64_t seq = 0;
        std::uint64_t epoch = 0;
        bool redo = false;  ///< translated before; held deliveries are to be made again
    };

    /// A received message, at the end of each of its keys. Equal keys count once.
    void add(std::uint64_t seq, std::span<const std::uint64_t> keys, bool blocked = false);
    /// A message whose held deliveries are to be made again: waits for nobody.
    void addRedo(std::uint64_t seq);
    /// It left its keys; a claim on it is over.
    void remove(std::uint64_t seq);
    void removeRedo(std::uint64_t seq);
    /// Which deliveries the claimer of a redo was told to make again.
    void setRedoIds(std::uint64_t seq, std::uint64_t epoch, std::vector<std::uint64_t> ids);
    std::vector<std::uint64_t> redoIds(std::uint64_t seq) const;
    /// A claimed message that is held and keeps its place; its claim is over.
    void block(std::uint64_t seq);
    void unblock(std::uint64_t seq);

    /// Oldest first; then what follows the first of a key directly, in order.
    /// @param until  when the claims run out, on the clock of expire()
    std::vector<Claim> claim(std::size_t most, Time until);
    void release(std::uint64_t seq, std::uint64_t epoch);
    /// Called between transactions only, so that no claim ends while its change is being written.
    void expire(Time now);
    Time nextExpiry() const;
    bool anyReady() const { return !ready_.empty() || !redoReady_.empty(); }

    enum class Standing { lost, first, redo };
    /// Whether this claim still holds and the message is first in each of its keys, apart from
    /// those that leave in the running transaction.
    Standing standing(std::uint64_t seq, std::uint64_t epoch) const;
    /// Marks a message that leaves in the running transaction.
    void leaving(std::uint64_t seq, bool value);
    /// Whether the message waits here as blocked.
    bool blocked(std::uint64_t seq) const { return blocked_.count(seq) != 0; }

    std::size_t size() const { return waiting_; }

private:
    using Slot = std::uint32_t;
    static constexpr Slot kNone = UINT32_MAX;
    enum : std::uint8_t { kKeyless = 1, kClaimed = 2, kBlocked = 4, kLeaving = 8, kFree = 16 };

    /// One message in one of its keys; those of one message form a ring.
    struct Entry {
        std::uint64_t seq = 0;
        std::uint64_t key = 0;
        Slot next = kNone;     ///< in the key; in the list of free entries
        Slot sibling = kNone;  ///< of the same message
        std::uint8_t flags = 0;
    };
    struct Queue {
        Slot head = kNone;
        Slot tail = kNone;
    };
    struct Held {
        Slot slot = kNone;  ///< kNone: a redo
        std::uint64_t epoch = 0;
        std::vector<std::uint64_t> redoIds;
    };
    struct Expiry {
        Time at;
        std::uint64_t seq;
        std::uint64_t epoch;
        bool operator>(const Expiry& other) const { return at > other.at; }
    };
    struct Ready {
        std::uint64_t seq;
        Slot slot;
        bool operator>(const Ready& other) const { return seq > other.seq; }
    };
    template <class T>
    using Earliest = std::priority_queue<T, std::vector<T>, std::greater<T>>;

    Slot make(std::uint64_t seq, std::uint64_t key, std::uint8_t flags);
    void drop(Slot slot);
    void unlink(Slot slot);
    bool alone(Slot slot) const { return entries_[slot].sibling == slot; }
    bool isFirst(Slot slot) const;
    void offer(Slot slot);
    template <class Action>
    void eachSibling(Slot slot, Action action);
    void setFlag(Slot slot, std::uint8_t flag, bool value);
    void take(Slot slot, std::uint64_t epoch, Time expiry, std::vector<Claim>& out);
    void forgetSettled();
    void endClaim(std::unordered_map<std::uint64_t, Held>::iterator claim);

    std::deque<Entry> entries_;
    Slot free_ = kNone;
    std::unordered_map<std::uint64_t, Queue> queues_;
    Earliest<Ready> ready_;
    std::deque<std::uint64_t> redoReady_;
    std::unordered_map<std::uint64_t, bool> redo_;  ///< seq → asked for again while claimed
    std::unordered_map<std::uint64_t, Held> claims_;
    std::unordered_map<std::uint64_t, Slot> blocked_;
    Earliest<Expiry> expiries_;
    std::uint64_t epoch_ = 0;
    std::size_t waiting_ = 0;

public:
    /// Epochs go on from those of the board that this one replaces.
    void startEpochs(const MessageBoard& former) { epoch_ = former.epoch_; }
};

}  // namespace gateway
