#include "pipeline/unmapped_seen.h"

#include <algorithm>

namespace gateway {
namespace {

/// Its beginning, not cut within a character.
std::string_view beginning(std::string_view code) {
    if (code.size() <= UnmappedSeen::kLength) return code;
    std::size_t size = UnmappedSeen::kLength;
    while (size > 0 && (static_cast<unsigned char>(code[size]) & 0xC0) == 0x80) --size;
    return code.substr(0, size);
}

}  // namespace

UnmappedSeen::Count* UnmappedSeen::of(Table& table, std::string_view code) {
    if (const auto found = table.codes.find(code); found != table.codes.end())
        return &found->second;
    if (table.codes.size() >= kCodes) return &table.others;
    return &table.codes.try_emplace(std::string(code)).first->second;
}

void UnmappedSeen::note(std::string_view map, const std::vector<UnmappedCode>& codes, Time now) {
    if (codes.empty()) return;
    const std::lock_guard lock(mutex_);
    for (const UnmappedCode& one : codes) {
        auto key = std::pair(std::string(map), one.table);
        auto table = tables_.find(key);
        if (table == tables_.end()) {
            if (tables_.size() >= kTables) continue;
            table = tables_.try_emplace(std::move(key)).first;
        }
        Count& count = *of(table->second, beginning(one.code));
        ++count.count;
        count.last = now;
    }
}

std::vector<UnmappedSeen::Seen> UnmappedSeen::all() const {
    std::vector<Seen> all;
    const std::lock_guard lock(mutex_);
    for (const auto& [key, table] : tables_) {
        const auto begin = static_cast<std::ptrdiff_t>(all.size());
        for (const auto& [code, count] : table.codes)
            all.push_back({key.first, key.second, code, count.count, count.last});
        std::stable_sort(all.begin() + begin, all.end(),
                         [](const Seen& a, const Seen& b) { return a.count > b.count; });
        if (table.others.count > 0)
            all.push_back({key.first, key.second, {}, table.others.count, table.others.last, true});
    }
    return all;
}

}  // namespace gateway
