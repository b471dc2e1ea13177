/// @file  Sources and destinations that a person has paused, as the store has them.
#pragma once

#include <mutex>
#include <set>
#include <string>

#include "gateway/store.h"

namespace gateway {

/// Many threads. The store alone knows who, when and why; and gives nothing of a paused destination
/// out. Here is what the inbox asks for each arrival, and the dispatcher before each delivery.
class Paused {
public:
    void load(Store& store);
    void add(const std::string& end);
    void remove(const std::string& end);
    bool has(const std::string& end) const;

private:
    mutable std::mutex mutex_;  ///< guards ends_
    std::set<std::string, std::less<>> ends_;
};

}  // namespace gateway
