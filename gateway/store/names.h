/// @file  Names that recur in many rows (sources, partners, destinations, …) as numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/sqlite.h"

namespace gateway {

/// All committed names. Many threads.
class Names {
public:
    void load(sqlite::Connection& connection);
    void add(std::int64_t id, std::string text);
    std::optional<std::int64_t> id(std::string_view text) const;
    std::optional<std::string> text(std::int64_t id) const;
    std::int64_t last() const;

private:
    mutable std::shared_mutex mutex_;  ///< guards both
    std::unordered_map<std::string, std::int64_t> ids_;
    std::unordered_map<std::int64_t, std::string> texts_;
};

}  // namespace gateway
