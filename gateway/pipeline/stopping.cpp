#include "pipeline/stopping.h"

namespace gateway {

void Stopping::ask() {
    const std::lock_guard lock(mutex_);
    asked_ = true;
    changed_.notify_all();
}

void Stopping::wait(Milliseconds time) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, time, [this] { return asked_.load(); });
}

}  // namespace gateway
