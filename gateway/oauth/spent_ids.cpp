#include "oauth/spent_ids.h"

namespace gateway::oauth {

SpentIds::Verdict SpentIds::spend(const std::string& id, std::string_view by, Time until,
                                  Time now) {
    const std::lock_guard lock(mutex_);
    forget(now);
    if (const auto found = spent_.find(id); found != spent_.end())
        return !by.empty() && found->second.by == by ? Verdict::fresh : Verdict::spent;
    if (spent_.size() >= most_) return Verdict::full;
    spent_.emplace(id, Spent{std::string(by), until});
    ends_.emplace(until, id);
    return Verdict::fresh;
}

void SpentIds::forget(Time now) {
    while (!ends_.empty() && ends_.begin()->first < now) {
        spent_.erase(ends_.begin()->second);
        ends_.erase(ends_.begin());
    }
}

}  // namespace gateway::oauth
