#include "store/names.h"

#include <algorithm>
#include <mutex>

namespace gateway {

void Names::load(sqlite::Connection& connection) {
    sqlite::Statement select(connection, "SELECT id, text FROM name");
    auto rows = select();
    while (rows.step()) add(rows.integer(0), rows.string(1));
}

void Names::add(std::int64_t id, std::string text) {
    const std::unique_lock lock(mutex_);
    ids_[text] = id;
    texts_[id] = std::move(text);
}

std::optional<std::int64_t> Names::id(std::string_view text) const {
    const std::shared_lock lock(mutex_);
    const auto found = ids_.find(std::string(text));
    if (found == ids_.end()) return {};
    return found->second;
}

std::optional<std::string> Names::text(std::int64_t id) const {
    const std::shared_lock lock(mutex_);
    const auto found = texts_.find(id);
    if (found == texts_.end()) return {};
    return found->second;
}

std::int64_t Names::last() const {
    const std::shared_lock lock(mutex_);
    std::int64_t last = 0;
    for (const auto& [id, text] : texts_) last = std::max(last, id);
    return last;
}

}  // namespace gateway
