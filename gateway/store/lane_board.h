/// @file  Which delivery may be sent next: lanes, claims and waiting times, in memory. What is here
/// follows the file and is rebuilt from it.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <queue>
#include <span>
#include <unordered_map>
#include <vector>

#include "gateway/state.h"
#include "gateway/time.h"

namespace gateway {

/// Not safe for threads: Board guards it. About 110 bytes for a delivery that is alone in its lane.
/// A destination is a number that the board's owner gives.
class LaneBoard {
public:
    using Destination = std::uint32_t;

    /// What waits in a lane: queued, in flight, uncertain, or set aside and blocking.
    struct Waiting {
        std::uint64_t id = 0;
        DeliveryState state = DeliveryState::queued;
        bool blocked = false;  ///< a person decides; the lane waits
        Time retryAt{};
    };
    struct Claimed {
        std::uint64_t id = 0;
        std::uint64_t epoch = 0;
    };
    struct Claim {
        std::uint64_t lane = 0;
        std::vector<Claimed> deliveries;
    };
    /// At the end of its lane.
    void add(Destination destination, std::uint64_t lane, const Waiting& waiting);
    /// At the end of each of its lanes: it is given out when it is first in all of them, under its
    /// own lane, and until then what stands behind it waits in each. Every change names that lane.
    void add(Destination destination, std::uint64_t lane, std::span<const std::uint64_t> others,
             const Waiting& waiting);
    /// Another one in the place of one that nobody has claimed.
    void replace(Destination destination, std::uint64_t lane, std::uint64_t id,
                 const Waiting& waiting);
    void remove(Destination destination, std::uint64_t lane, std::uint64_t id);
    /// Changes what waits, in its place; ends the claim on it unless it is now in flight.
    void change(Destination destination, std::uint64_t lane, const Waiting& waiting);

    /// @param now  the time of day, of which times to try again are
    /// @param until  when the claims run out, on the clock of expire()
    std::vector<Claim> claim(Destination destination, std::size_t lanes, std::size_t perLane,
                             Time now, Time until);
    /// Ends a claim without a change of the delivery.
    void release(std::uint64_t id, std::uint64_t epoch);

    /// The state of a claimed delivery, or nothing when the claim does not hold any more.
    std::optional<DeliveryState> claimed(std::uint64_t id, std::uint64_t epoch) const;
    /// All that is in flight.
    std::vector<std::uint64_t> inflight() const;
    /// Whether all that stands before it in its lane is claimed with it.
    bool nothingBefore(std::uint64_t id) const;
    /// Ends the claims that ran out; called between transactions only. @return those in flight:
    /// they stay claimed, so that nobody gets the lane until the caller has made them uncertain
    /// with change()
    std::vector<std::uint64_t> expire(Time now);

    Time nextExpiry() const { return expiries_.empty() ? Time::max() : expiries_.top().at; }
    Time nextRetry(Destination destination) const;
    /// What waits here longest.
    std::optional<std::uint64_t> oldest(Destination destination);
    bool anyReady(Destination destination, Time now);
    void startEpochs(const LaneBoard& former) { epoch_ = former.epoch_; }

private:
    using Slot = std::uint32_t;
    static constexpr Slot kNone = UINT32_MAX;

    /// Whether a delivery stands in one lane alone, in its own of several, or in another of them.
    enum class Part : std::uint8_t { alone, own, other };
    struct Item {
        std::uint64_t id = 0;
        Time retryAt{};
        Slot next = kNone;
        Slot lane = kNone;
        DeliveryState state = DeliveryState::queued;
        bool blocked = false;  ///< this, retryAt and state say nothing in an `other` lane
        Part part = Part::alone;
    };
    struct Lane {
        std::uint64_t hash = 0;
        Slot head = kNone;
        Slot tail = kNone;
        Destination destination = 0;
        std::uint32_t claimed = 0;  ///< how many of its deliveries are claimed
        bool offered = false;       ///< stands in ready
    };
    struct Delay {
        Time at;
        Slot lane;
        bool operator>(const Delay& other) const { return at > other.at; }
    };
    struct Held {
        Slot item = kNone;
        std::uint64_t epoch = 0;
    };
    struct Expiry {
        Time at;
        std::uint64_t id;
        std::uint64_t epoch;
        bool operator>(const Expiry& other) const { return at > other.at; }
    };
    template <class T>
    using Earliest = std::priority_queue<T, std::vector<T>, std::greater<T>>;
    /// An item when it was added; the slot may have another since.
    struct Added {
        std::uint32_t id;  ///< its lower half
        Slot slot;
    };
    struct End {
        std::unordered_map<std::uint64_t, Slot> lanes;
        std::deque<Slot> ready;
        Earliest<Delay> delayed;
        std::deque<Added> added;  ///< in order, with some that have left since
        std::size_t waiting = 0;
    };

    End& end(Destination destination);
    Slot laneOf(Destination destination, std::uint64_t hash);
    Slot append(Destination destination, std::uint64_t hash, const Waiting& waiting, Part part);
    void unlink(Slot slot);
    /// Whether its other lanes, if it has any, let the head of a lane go.
    bool mayGo(const Item& head) const;
    /// All places of what stands there; its own lane comes first.
    template <class Action>
    void eachPlace(Slot slot, Action action) const;
    Slot find(Destination destination, std::uint64_t lane, std::uint64_t id) const;
    void offer(Slot lane);
    void ripen(End& end, Time now);
    void noticeTime(Time now);
    void endClaim(std::unordered_map<std::uint64_t, Held>::iterator claim);
    void dropLane(Slot lane);
    void forgetSettled();
    bool gone(const Added& one) const;
    void forgetGone(End& where);

    std::deque<Item> items_;
    std::deque<Lane> lanes_;
    Slot freeItem_ = kNone;
    std::vector<Slot> freeLanes_;
    std::vector<End> ends_;
    std::unordered_map<std::uint64_t, std::vector<Slot>> several_;  ///< of what has several lanes
    std::unordered_map<std::uint64_t, Held> claims_;
    Earliest<Expiry> expiries_;
    std::uint64_t epoch_ = 0;
    Time newest_{};  ///< that was ever seen, or since the clock was put back
};

}  // namespace gateway
