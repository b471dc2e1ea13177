/// @file  Ids for deliveries to come, fetched from the store in heaps.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "gateway/store.h"

namespace gateway {

/// Many threads. Each id is greater than those before.
class IdStock {
public:
    explicit IdStock(Store& store) : store_(store) {}
    std::string next();

private:
    Store& store_;
    std::mutex mutex_;  ///< guards ids_
    std::vector<std::string> ids_;
};

}  // namespace gateway
