#include "pipeline/paused.h"

namespace gateway {

void Paused::load(Store& store) {
    std::set<std::string, std::less<>> ends;
    for (const Pause& pause : store.pauses()) ends.insert(pause.end);
    const std::lock_guard lock(mutex_);
    ends_ = std::move(ends);
}

void Paused::add(const std::string& end) {
    const std::lock_guard lock(mutex_);
    ends_.insert(end);
}

void Paused::remove(const std::string& end) {
    const std::lock_guard lock(mutex_);
    ends_.erase(end);
}

bool Paused::has(const std::string& end) const {
    const std::lock_guard lock(mutex_);
    return ends_.contains(end);
}

}  // namespace gateway
