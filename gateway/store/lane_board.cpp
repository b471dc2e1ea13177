#include "store/lane_board.h"

#include <algorithm>

namespace gateway {

namespace {

/// Clocks that are corrected go back so far without anybody noticing.
constexpr Milliseconds kDisorder{1'000};

}  // namespace

LaneBoard::End& LaneBoard::end(Destination destination) {
    if (ends_.size() <= destination) ends_.resize(destination + 1);
    return ends_[destination];
}

LaneBoard::Slot LaneBoard::laneOf(Destination destination, std::uint64_t hash) {
    const auto [at, fresh] = end(destination).lanes.try_emplace(hash, kNone);
    if (!fresh) return at->second;
    Slot slot;
    if (freeLanes_.empty()) {
        slot = static_cast<Slot>(lanes_.size());
        lanes_.emplace_back();
    } else {
        slot = freeLanes_.back();
        freeLanes_.pop_back();
    }
    lanes_[slot] = Lane{hash, kNone, kNone, destination, 0, false};
    return at->second = slot;
}

void LaneBoard::dropLane(Slot slot) {
    Lane& lane = lanes_[slot];
    end(lane.destination).lanes.erase(lane.hash);
    lane.head = lane.tail = kNone;
    if (lane.offered) return;  // claim() frees it when it meets it
    freeLanes_.push_back(slot);
}

LaneBoard::Slot LaneBoard::append(Destination destination, std::uint64_t hash,
                                  const Waiting& waiting, Part part) {
    Slot slot = freeItem_;
    if (slot == kNone) {
        slot = static_cast<Slot>(items_.size());
        items_.emplace_back();
    } else {
        freeItem_ = items_[slot].next;
    }
    const Slot at = laneOf(destination, hash);
    items_[slot] =
        Item{waiting.id, waiting.retryAt, kNone, at, waiting.state, waiting.blocked, part};
    Lane& lane = lanes_[at];
    if (lane.head == kNone)
        lane.head = slot;
    else
        items_[lane.tail].next = slot;
    lane.tail = slot;
    if (part == Part::other) return slot;
    End& where = ends_[destination];
    ++where.waiting;
    forgetGone(where);
    where.added.push_back({static_cast<std::uint32_t>(waiting.id), slot});
    return slot;
}

void LaneBoard::add(Destination destination, std::uint64_t hash, const Waiting& waiting) {
    const Slot slot = append(destination, hash, waiting, Part::alone);
    const Slot at = items_[slot].lane;
    if (lanes_[at].head == slot) offer(at);
}

void LaneBoard::add(Destination destination, std::uint64_t hash,
                    std::span<const std::uint64_t> others, const Waiting& waiting) {
    std::vector<std::uint64_t> further;
    for (const std::uint64_t other : others)
        if (other != hash && std::find(further.begin(), further.end(), other) == further.end())
            further.push_back(other);
    if (further.empty()) return add(destination, hash, waiting);
    std::vector<Slot>& places = several_[waiting.id];
    places = {append(destination, hash, waiting, Part::own)};
    for (const std::uint64_t other : further)
        places.push_back(append(destination, other, waiting, Part::other));
    offer(items_[places.front()].lane);
}

void LaneBoard::replace(Destination destination, std::uint64_t hash, std::uint64_t id,
                        const Waiting& waiting) {
    const Slot slot = find(destination, hash, id);
    if (slot == kNone) return;
    eachPlace(slot, [&](Slot at) { items_[at].id = waiting.id; });
    if (auto places = several_.extract(id); !places.empty()) {
        places.key() = waiting.id;
        several_.insert(std::move(places));
    }
    ends_[destination].added.push_back({static_cast<std::uint32_t>(waiting.id), slot});
    change(destination, hash, waiting);
}

template <class Action>
void LaneBoard::eachPlace(Slot slot, Action action) const {
    if (items_[slot].part == Part::alone) return action(slot);
    const std::vector<Slot> places = several_.find(items_[slot].id)->second;
    for (const Slot place : places) action(place);
}

bool LaneBoard::mayGo(const Item& head) const {
    if (head.part == Part::alone) return true;
    if (head.part == Part::other) return false;
    const std::vector<Slot>& places = several_.find(head.id)->second;
    return std::all_of(places.begin(), places.end(), [&](Slot place) {
        const Lane& lane = lanes_[items_[place].lane];
        return lane.head == place && lane.claimed == 0;
    });
}

LaneBoard::Slot LaneBoard::find(Destination destination, std::uint64_t hash,
                                std::uint64_t id) const {
    if (ends_.size() <= destination) return kNone;
    const auto& lanes = ends_[destination].lanes;
    const auto found = lanes.find(hash);
    if (found == lanes.end()) return kNone;
    Slot at = lanes_[found->second].head;
    while (at != kNone && items_[at].id != id) at = items_[at].next;
    return at;
}

void LaneBoard::unlink(Slot slot) {
    const Slot at = items_[slot].lane;
    Lane& lane = lanes_[at];
    Slot before = kNone;
    for (Slot other = lane.head; other != slot; other = items_[other].next) before = other;
    (before == kNone ? lane.head : items_[before].next) = items_[slot].next;
    if (lane.tail == slot) lane.tail = before;
    items_[slot].id = 0;
    items_[slot].next = freeItem_;
    freeItem_ = slot;
    if (lane.head == kNone)
        dropLane(at);
    else
        offer(at);
}

void LaneBoard::remove(Destination destination, std::uint64_t hash, std::uint64_t id) {
    const Slot slot = find(destination, hash, id);
    if (slot == kNone) return;
    const auto claim = claims_.find(id);
    std::vector<Slot> places;
    eachPlace(slot, [&](Slot place) {
        places.push_back(place);
        if (claim != claims_.end()) --lanes_[items_[place].lane].claimed;
    });
    if (claim != claims_.end()) claims_.erase(claim);
    // Those that look at its other places must still find them all.
    for (const Slot place : places) items_[place].part = Part::other;
    for (auto place = places.rbegin(); place != places.rend(); ++place) unlink(*place);
    several_.erase(id);
    --ends_[destination].waiting;
}

void LaneBoard::change(Destination destination, std::uint64_t hash, const Waiting& waiting) {
    const Slot slot = find(destination, hash, waiting.id);
    if (slot == kNone) return;
    Item& item = items_[slot];
    item.state = waiting.state;
    item.blocked = waiting.blocked;
    item.retryAt = waiting.retryAt;
    if (waiting.state == DeliveryState::inflight) return;
    if (const auto claim = claims_.find(waiting.id); claim != claims_.end())
        endClaim(claim);
    else
        offer(item.lane);
}

void LaneBoard::offer(Slot at) {
    Lane& lane = lanes_[at];
    if (lane.claimed != 0 || lane.offered || lane.head == kNone) return;
    const Item& head = items_[lane.head];
    if (head.part == Part::other) {
        // Its own lane is where it is given out.
        const auto places = several_.find(head.id);
        const Slot own = places->second.front();
        if (lanes_[items_[own].lane].head == own && items_[own].part == Part::own)
            offer(items_[own].lane);
        return;
    }
    if (head.blocked || !mayGo(head)) return;
    End& where = ends_[lane.destination];
    if (head.retryAt == Time{}) {
        lane.offered = true;
        where.ready.push_back(at);
    } else {
        where.delayed.push({head.retryAt, at});
    }
}

void LaneBoard::noticeTime(Time now) {
    if (now + kDisorder >= newest_) {
        newest_ = std::max(newest_, now);
        return;
    }
    // Times to try again were meant by a clock that has been put back: nobody waits it out.
    newest_ = now;
    for (End& where : ends_)
        for (; !where.delayed.empty(); where.delayed.pop()) {
            const Slot at = where.delayed.top().lane;
            Lane& lane = lanes_[at];
            if (lane.claimed != 0 || lane.offered || lane.head == kNone) continue;
            Item& head = items_[lane.head];
            if (head.blocked || &ends_[lane.destination] != &where || !mayGo(head)) continue;
            head.retryAt = Time{};
            offer(at);
        }
}

void LaneBoard::ripen(End& where, Time now) {
    noticeTime(now);
    while (!where.delayed.empty() && where.delayed.top().at <= now) {
        const Slot at = where.delayed.top().lane;
        where.delayed.pop();
        Lane& lane = lanes_[at];
        if (lane.claimed != 0 || lane.offered || lane.head == kNone) continue;
        if (&ends_[lane.destination] != &where) continue;
        Item& head = items_[lane.head];
        if (head.blocked || head.retryAt > now || !mayGo(head)) continue;
        head.retryAt = Time{};  // it has come, whatever the clock says when it is claimed
        lane.offered = true;
        where.ready.push_back(at);
    }
}

bool LaneBoard::anyReady(Destination destination, Time now) {
    End& where = end(destination);
    ripen(where, now);
    return !where.ready.empty();
}

bool LaneBoard::gone(const Added& one) const {
    return static_cast<std::uint32_t>(items_[one.slot].id) != one.id;
}

void LaneBoard::forgetGone(End& where) {
    while (!where.added.empty() && gone(where.added.front())) where.added.pop_front();
    // Behind one that waits for long the others come and go.
    if (where.added.size() > 2 * where.waiting + 1'000)
        std::erase_if(where.added, [&](const Added& one) { return gone(one); });
}

std::optional<std::uint64_t> LaneBoard::oldest(Destination destination) {
    End& where = end(destination);
    forgetGone(where);
    if (where.added.empty()) return {};
    return items_[where.added.front().slot].id;
}

Time LaneBoard::nextRetry(Destination destination) const {
    if (ends_.size() <= destination || ends_[destination].delayed.empty()) return Time::max();
    return ends_[destination].delayed.top().at;
}

std::vector<LaneBoard::Claim> LaneBoard::claim(Destination destination, std::size_t lanes,
                                               std::size_t perLane, Time now, Time until) {
    End& where = end(destination);
    ripen(where, now);
    std::vector<Claim> out;
    forgetSettled();
    while (out.size() < lanes && !where.ready.empty()) {
        const Slot at = where.ready.front();
        where.ready.pop_front();
        Lane& lane = lanes_[at];
        lane.offered = false;
        if (lane.head == kNone) {
            freeLanes_.push_back(at);
            continue;
        }
        if (lane.claimed != 0) continue;
        Claim claim;
        claim.lane = lane.hash;
        const std::uint64_t epoch = ++epoch_;
        for (Slot slot = lane.head; slot != kNone && claim.deliveries.size() < perLane;
             slot = items_[slot].next) {
            Item& item = items_[slot];
            if (item.blocked || item.retryAt > now) break;
            const bool several = item.part != Part::alone;
            if (several && (slot != lane.head || !mayGo(item))) break;
            eachPlace(slot, [&](Slot place) { ++lanes_[items_[place].lane].claimed; });
            claims_[item.id] = {slot, epoch};
            expiries_.push({until, item.id, epoch});
            claim.deliveries.push_back({item.id, epoch});
            if (several) break;
        }
        if (claim.deliveries.empty())
            offer(at);
        else
            out.push_back(std::move(claim));
    }
    return out;
}

void LaneBoard::forgetSettled() {
    while (!expiries_.empty()) {
        const auto claim = claims_.find(expiries_.top().id);
        if (claim != claims_.end() && claim->second.epoch == expiries_.top().epoch) break;
        expiries_.pop();
    }
}

void LaneBoard::endClaim(std::unordered_map<std::uint64_t, Held>::iterator claim) {
    const Slot slot = claim->second.item;
    claims_.erase(claim);
    eachPlace(slot, [&](Slot place) { --lanes_[items_[place].lane].claimed; });
    eachPlace(slot, [&](Slot place) { offer(items_[place].lane); });
}

void LaneBoard::release(std::uint64_t id, std::uint64_t epoch) {
    const auto claim = claims_.find(id);
    if (claim != claims_.end() && claim->second.epoch == epoch) endClaim(claim);
}

std::optional<DeliveryState> LaneBoard::claimed(std::uint64_t id, std::uint64_t epoch) const {
    const auto claim = claims_.find(id);
    if (claim == claims_.end() || claim->second.epoch != epoch) return {};
    return items_[claim->second.item].state;
}

std::vector<std::uint64_t> LaneBoard::inflight() const {
    std::vector<std::uint64_t> ids;
    for (const auto& [id, held] : claims_)
        if (items_[held.item].state == DeliveryState::inflight) ids.push_back(id);
    return ids;
}

bool LaneBoard::nothingBefore(std::uint64_t id) const {
    const auto claim = claims_.find(id);
    if (claim == claims_.end()) return false;
    bool nothing = true;
    eachPlace(claim->second.item, [&](Slot slot) {
        for (Slot at = lanes_[items_[slot].lane].head; at != slot; at = items_[at].next) {
            const auto other = claims_.find(items_[at].id);
            if (other == claims_.end() || other->second.epoch != claim->second.epoch)
                nothing = false;
        }
    });
    return nothing;
}

std::vector<std::uint64_t> LaneBoard::expire(Time now) {
    std::vector<std::uint64_t> out;
    std::vector<Expiry> stay;
    while (!expiries_.empty() && expiries_.top().at <= now) {
        const Expiry top = expiries_.top();
        expiries_.pop();
        const auto claim = claims_.find(top.id);
        if (claim == claims_.end() || claim->second.epoch != top.epoch) continue;
        if (items_[claim->second.item].state == DeliveryState::inflight) {
            out.push_back(top.id);
            stay.push_back(top);
        } else {
            endClaim(claim);
        }
    }
    for (const Expiry& expiry : stay) expiries_.push(expiry);
    return out;
}

}  // namespace gateway
