/// refusals() and purgeRefusals().
#include <limits>

#include "store/store_parts.h"

namespace gateway {

namespace {

/// How far the order of numbers and the order of times may differ.
constexpr Milliseconds kDisorder{3'600'000};

}  // namespace

std::vector<Refusal> SqliteStore::refusals(const RefusalFilter& filter) {
    std::optional<std::int64_t> source;
    if (filter.source && !(source = names_.id(*filter.source))) return {};
    const auto before = filter.before.value_or(std::numeric_limits<std::int64_t>::max());
    std::vector<Refusal> found;
    readers_->with([&](Reader& reader) {
        const Reader::Snapshot snapshot(reader);
        auto rows =
            source ? reader.sql().refusalsOf(*source, before) : reader.sql().refusals(before);
        while (found.size() < filter.most && rows.step()) {
            const Time at = rows.time(1);
            if (filter.since && at < *filter.since - kDisorder) break;
            if (filter.since && at < *filter.since) continue;
            Refusal one;
            one.number = rows.number<std::uint64_t>(0);
            one.at = at;
            one.source = nameOf(reader, rows, 2);
            one.peer = rows.string(3);
            one.controlId = rows.blob(4);
            one.fault = rows.number<Fault>(5);
            one.where = rows.string(6);
            found.push_back(std::move(one));
        }
    });
    return found;
}

std::size_t SqliteStore::purgeRefusals(Time before, std::size_t most) {
    const Time now = options_.clock();
    std::vector<std::uint64_t> old;
    readers_->with([&](Reader& reader) {
        auto rows = reader.sql().oldestRefusals();
        while (old.size() < most && rows.step()) {
            const Time at = rows.time(1);
            if (at < before) old.push_back(rows.number<std::uint64_t>(0));
            // One from another clock's future does not stop those that came after it.
            if (at >= before && at <= now) break;
        }
    });
    if (old.empty()) return 0;
    writer_->write(1, 0, [&](Transaction& transaction) {
        sqlite::Statement erase(transaction.connection(), "DELETE FROM refusal WHERE id = ?");
        for (const std::uint64_t id : old) erase(id).run();
    });
    return old.size();
}

}  // namespace gateway
