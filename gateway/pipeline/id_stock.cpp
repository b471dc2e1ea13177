#include "pipeline/id_stock.h"

#include <algorithm>

namespace gateway {

std::string IdStock::next() {
    const std::lock_guard lock(mutex_);
    if (ids_.empty()) {
        ids_ = store_.reserve(256);
        std::reverse(ids_.begin(), ids_.end());
    }
    std::string id = std::move(ids_.back());
    ids_.pop_back();
    return id;
}

}  // namespace gateway
