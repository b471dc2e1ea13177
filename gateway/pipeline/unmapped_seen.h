/// @file  Codes that maps met and no row of their table has.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/time.h"
#include "gateway/transformer.h"

namespace gateway {

/// How often each code was met, since the start. Codes may tell of a person: they stay in memory,
/// and go only to the person who asks the admin interface. Bounded; any thread.
class UnmappedSeen {
public:
    static constexpr std::size_t kCodes = 200;   ///< of one table; more are counted together
    static constexpr std::size_t kTables = 500;  ///< further tables are not counted
    static constexpr std::size_t kLength = 100;  ///< bytes of a code that are kept

    struct Seen {
        std::string map, table, code;
        std::uint64_t count = 0;
        Time last{};
        bool others = false;  ///< all codes beyond kCodes; `code` is empty
    };

    void note(std::string_view map, const std::vector<UnmappedCode>& codes, Time now);
    /// By map and table, the most frequent first.
    std::vector<Seen> all() const;

private:
    struct Count {
        std::uint64_t count = 0;
        Time last{};
    };
    struct Table {
        std::map<std::string, Count, std::less<>> codes;
        Count others;
    };
    Count* of(Table& table, std::string_view code);

    mutable std::mutex mutex_;  // guards tables_
    std::map<std::pair<std::string, std::string>, Table> tables_;
};

}  // namespace gateway
