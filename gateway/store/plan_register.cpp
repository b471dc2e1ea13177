#include "store/plan_register.h"

#include "store/pack.h"

namespace gateway {

namespace {

RegisterEntry entryOf(const sqlite::Query& row) {
    RegisterEntry entry;
    entry.key = row.string(0);
    entry.network = row.string(1);
    entry.edition = row.string(2);
    entry.state = row.string(3);
    if (!row.null(4)) entry.due = row.time(4);
    entry.dueReason = row.string(5);
    entry.barred = unpackTexts(row.blob(6));
    return entry;
}

}  // namespace

std::optional<RegisterEntry> PlanRegister::find(std::string_view key) const {
    return readers_.with([&](Reader& reader) -> std::optional<RegisterEntry> {
        auto row = reader.sql().plan(key);
        if (!row.step()) return {};
        return entryOf(row);
    });
}

std::vector<RegisterReceipt> PlanRegister::receipts(std::string_view key) const {
    return readers_.with([&](Reader& reader) {
        std::vector<RegisterReceipt> receipts;
        auto rows = reader.sql().receipts(key);
        while (rows.step())
            receipts.push_back({rows.string(0), rows.string(1),
                                ids_.delivery(rows.number<std::uint64_t>(2)), rows.time(3)});
        return receipts;
    });
}

std::vector<RegisterEntry> PlanRegister::dueBefore(Time instant, std::size_t most) const {
    return readers_.with([&](Reader& reader) {
        std::vector<RegisterEntry> entries;
        auto rows = reader.sql().due(instant, most);
        while (rows.step()) entries.push_back(entryOf(rows));
        return entries;
    });
}

}  // namespace gateway
