#include "store/message_board.h"

#include <algorithm>

namespace gateway {

MessageBoard::Slot MessageBoard::make(std::uint64_t seq, std::uint64_t key, std::uint8_t flags) {
    Slot slot = free_;
    if (slot == kNone) {
        slot = static_cast<Slot>(entries_.size());
        entries_.emplace_back();
    } else {
        free_ = entries_[slot].next;
    }
    entries_[slot] = Entry{seq, key, kNone, slot, flags};
    return slot;
}

void MessageBoard::drop(Slot slot) {
    entries_[slot].flags = kFree;
    entries_[slot].next = free_;
    free_ = slot;
}

template <class Action>
void MessageBoard::eachSibling(Slot slot, Action action) {
    Slot at = slot;
    do {
        const Slot next = entries_[at].sibling;
        action(at);
        at = next;
    } while (at != slot);
}

void MessageBoard::setFlag(Slot slot, std::uint8_t flag, bool value) {
    eachSibling(slot, [&](Slot at) {
        auto& flags = entries_[at].flags;
        flags = static_cast<std::uint8_t>(value ? flags | flag : flags & ~flag);
    });
}

void MessageBoard::add(std::uint64_t seq, std::span<const std::uint64_t> keys, bool isBlocked) {
    const std::uint8_t flags = isBlocked ? kBlocked : 0;
    Slot first = kNone;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (std::find(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(i), keys[i]) !=
            keys.begin() + static_cast<std::ptrdiff_t>(i))
            continue;
        const Slot slot = make(seq, keys[i], flags);
        Queue& queue = queues_[keys[i]];
        if (queue.head == kNone)
            queue.head = slot;
        else
            entries_[queue.tail].next = slot;
        queue.tail = slot;
        if (first == kNone) {
            first = slot;
        } else {
            entries_[slot].sibling = entries_[first].sibling;
            entries_[first].sibling = slot;
        }
    }
    if (first == kNone) first = make(seq, 0, flags | kKeyless);
    ++waiting_;
    if (isBlocked)
        blocked_[seq] = first;
    else
        offer(first);
}

bool MessageBoard::isFirst(Slot slot) const {
    Slot at = slot;
    do {
        const Entry& entry = entries_[at];
        if (!(entry.flags & kKeyless)) {
            Slot head = queues_.find(entry.key)->second.head;
            while (head != at && (entries_[head].flags & kLeaving)) head = entries_[head].next;
            if (head != at) return false;
        }
        at = entry.sibling;
    } while (at != slot);
    return true;
}

void MessageBoard::offer(Slot slot) {
    const Entry& entry = entries_[slot];
    if ((entry.flags & (kClaimed | kBlocked | kFree | kLeaving)) || !isFirst(slot)) return;
    ready_.push({entry.seq, slot});
}

void MessageBoard::unlink(Slot slot) {
    const Entry& entry = entries_[slot];
    if (entry.flags & kKeyless) return;
    const auto found = queues_.find(entry.key);
    Queue& queue = found->second;
    Slot before = kNone;
    for (Slot at = queue.head; at != slot; at = entries_[at].next) before = at;
    if (before == kNone)
        queue.head = entry.next;
    else
        entries_[before].next = entry.next;
    if (queue.tail == slot) queue.tail = before;
    if (queue.head == kNone)
        queues_.erase(found);
    else if (before == kNone)
        offer(queue.head);
}

void MessageBoard::remove(std::uint64_t seq) {
    Slot slot = kNone;
    if (const auto claim = claims_.find(seq); claim != claims_.end()) {
        slot = claim->second.slot;
        claims_.erase(claim);
    } else if (const auto waits = blocked_.find(seq); waits != blocked_.end()) {
        slot = waits->second;
    }
    blocked_.erase(seq);
    if (slot == kNone) return;
    // Nothing of it may look first while its siblings leave one by one.
    setFlag(slot, kLeaving, true);
    std::vector<Slot> mine;
    eachSibling(slot, [&](Slot at) { mine.push_back(at); });
    for (const Slot at : mine) unlink(at);
    for (const Slot at : mine) drop(at);
    --waiting_;
}

void MessageBoard::block(std::uint64_t seq) {
    const auto claim = claims_.find(seq);
    if (claim == claims_.end()) return;
    const Slot slot = claim->second.slot;
    claims_.erase(claim);
    setFlag(slot, kClaimed, false);
    setFlag(slot, kLeaving, false);
    setFlag(slot, kBlocked, true);
    blocked_[seq] = slot;
}

void MessageBoard::unblock(std::uint64_t seq) {
    const auto found = blocked_.find(seq);
    if (found == blocked_.end()) return;
    const Slot slot = found->second;
    blocked_.erase(found);
    setFlag(slot, kBlocked, false);
    offer(slot);
}

void MessageBoard::addRedo(std::uint64_t seq) {
    const auto [at, fresh] = redo_.try_emplace(seq, false);
    if (fresh)
        redoReady_.push_back(seq);
    else if (claims_.count(seq))
        at->second = true;
}

void MessageBoard::removeRedo(std::uint64_t seq) {
    claims_.erase(seq);
    const auto found = redo_.find(seq);
    if (found == redo_.end()) return;
    const bool again = found->second;
    redo_.erase(found);
    if (again) addRedo(seq);
}

void MessageBoard::setRedoIds(std::uint64_t seq, std::uint64_t epoch,
                              std::vector<std::uint64_t> ids) {
    const auto claim = claims_.find(seq);
    if (claim != claims_.end() && claim->second.epoch == epoch)
        claim->second.redoIds = std::move(ids);
}

std::vector<std::uint64_t> MessageBoard::redoIds(std::uint64_t seq) const {
    const auto claim = claims_.find(seq);
    return claim == claims_.end() ? std::vector<std::uint64_t>() : claim->second.redoIds;
}

void MessageBoard::take(Slot slot, std::uint64_t epoch, Time expiry, std::vector<Claim>& out) {
    const std::uint64_t seq = entries_[slot].seq;
    setFlag(slot, kClaimed, true);
    claims_[seq] = {slot, epoch, {}};
    expiries_.push({expiry, seq, epoch});
    out.push_back({seq, epoch, false});
}

std::vector<MessageBoard::Claim> MessageBoard::claim(std::size_t most, Time until) {
    std::vector<Claim> out;
    std::vector<Slot> heads;
    const std::uint64_t epoch = ++epoch_;
    forgetSettled();
    while (out.size() < most && !redoReady_.empty()) {
        const std::uint64_t seq = redoReady_.front();
        redoReady_.pop_front();
        if (!redo_.count(seq) || claims_.count(seq)) continue;
        claims_[seq] = {kNone, epoch, {}};
        expiries_.push({until, seq, epoch});
        out.push_back({seq, epoch, true});
    }
    while (out.size() < most && !ready_.empty()) {
        const auto [seq, slot] = ready_.top();
        ready_.pop();
        const Entry& entry = entries_[slot];
        if (entry.seq != seq || (entry.flags & (kClaimed | kBlocked | kFree | kLeaving)) ||
            !isFirst(slot))
            continue;
        take(slot, epoch, until, out);
        heads.push_back(slot);
    }
    for (const Slot head : heads) {
        if (!alone(head) || (entries_[head].flags & kKeyless)) continue;
        for (Slot at = entries_[head].next; at != kNone && out.size() < most;
             at = entries_[at].next) {
            if (!alone(at) || (entries_[at].flags & (kClaimed | kBlocked | kLeaving))) break;
            take(at, epoch, until, out);
        }
    }
    return out;
}

void MessageBoard::endClaim(std::unordered_map<std::uint64_t, Held>::iterator claim) {
    const std::uint64_t seq = claim->first;
    const Slot slot = claim->second.slot;
    claims_.erase(claim);
    if (slot == kNone) {
        redoReady_.push_back(seq);
        return;
    }
    setFlag(slot, kClaimed, false);
    offer(slot);
}

void MessageBoard::release(std::uint64_t seq, std::uint64_t epoch) {
    const auto claim = claims_.find(seq);
    if (claim == claims_.end() || claim->second.epoch != epoch) return;
    if (claim->second.slot != kNone && (entries_[claim->second.slot].flags & kLeaving)) return;
    endClaim(claim);
}

void MessageBoard::expire(Time now) {
    while (!expiries_.empty() && expiries_.top().at <= now) {
        const Expiry top = expiries_.top();
        expiries_.pop();
        const auto claim = claims_.find(top.seq);
        if (claim == claims_.end() || claim->second.epoch != top.epoch) continue;
        endClaim(claim);
    }
}

void MessageBoard::forgetSettled() {
    while (!expiries_.empty()) {
        const auto claim = claims_.find(expiries_.top().seq);
        if (claim != claims_.end() && claim->second.epoch == expiries_.top().epoch) break;
        expiries_.pop();
    }
}

Time MessageBoard::nextExpiry() const {
    return expiries_.empty() ? Time::max() : expiries_.top().at;
}

MessageBoard::Standing MessageBoard::standing(std::uint64_t seq, std::uint64_t epoch) const {
    const auto claim = claims_.find(seq);
    if (claim == claims_.end() || claim->second.epoch != epoch) return Standing::lost;
    if (claim->second.slot == kNone) return Standing::redo;
    const Slot slot = claim->second.slot;
    if ((entries_[slot].flags & kLeaving) || !isFirst(slot)) return Standing::lost;
    return Standing::first;
}

void MessageBoard::leaving(std::uint64_t seq, bool value) {
    if (const auto claim = claims_.find(seq); claim != claims_.end() && claim->second.slot != kNone)
        setFlag(claim->second.slot, kLeaving, value);
}

}  // namespace gateway
