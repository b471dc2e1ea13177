/// counts().
#include "store/store_parts.h"

namespace gateway {

namespace {

void add(Counts& counts, const TallyKey& key, const std::string& name, std::uint64_t number) {
    switch (key.kind) {
        case TallyKey::message:
            counts.messages[name][std::string(toText(static_cast<MessageState>(key.state)))] =
                number;
            break;
        case TallyKey::delivery:
            counts.deliveries[name][std::string(toText(static_cast<DeliveryState>(key.state)))] =
                number;
            break;
        case TallyKey::ever:
            (key.state == TallyKey::refused   ? counts.refused
             : key.state == TallyKey::repeats ? counts.repeats
                                              : counts.leftOut) = number;
            break;
        case TallyKey::reused:
            counts.reused += number;
            counts.reusedOf[name] = number;
            break;
        default: break;  // of reconcile()
    }
}

}  // namespace

Counts SqliteStore::counts() {
    Counts counts;
    std::map<std::string, std::uint64_t> oldest;
    Tally tally;
    std::uint64_t replays = 0;
    {
        const std::lock_guard lock(board_.mutex);
        tally = board_.tally;
        replays = board_.replays;
        for (const auto& [name, end] : board_.ends)
            if (const auto id = board_.lanes.oldest(end->number)) oldest[name] = *id;
    }
    for (const auto& [key, n] : tally)
        if (n != 0)
            add(counts, key, names_.text(key.name).value_or(""), static_cast<std::uint64_t>(n));
    readers_->with([&](Reader& reader) {
        for (const auto& [name, id] : oldest) {
            auto row = reader.sql().queuedAt(id);
            if (row.step()) counts.oldestWaiting[name] = row.time(0);
        }
        for (const auto& [name, states] : counts.messages)
            if (states.contains(std::string(toText(MessageState::received))))
                if (const auto oldestOne = oldestReceived(reader, name, replays))
                    counts.oldestReceived[name] = *oldestOne;
    });
    return counts;
}

/// What is translated never waits again, so that each look begins where the last one ended; a
/// replay begins anew.
std::optional<Time> SqliteStore::oldestReceived(Reader& reader, const std::string& source,
                                                std::uint64_t replays) {
    const auto name = names_.id(source);
    if (!name) return {};
    const std::lock_guard lock(oldestMutex_);
    if (replays != oldestSeen_) oldest_.clear();
    oldestSeen_ = replays;
    std::uint64_t& from = oldest_[*name];
    auto row = reader.sql().oldestReceived(from, *name, MessageState::received);
    if (!row.step()) return {};
    from = row.number<std::uint64_t>(0);
    return row.time(1);
}

}  // namespace gateway
