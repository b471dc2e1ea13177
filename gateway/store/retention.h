/// @file  Takes away what is finished and old enough, and gives the room back.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "gateway/store.h"
#include "store/names.h"
#include "store/reader.h"
#include "store/transaction.h"
#include "store/writer.h"

namespace gateway {

/// What is old is looked for beside the writer, along the order of acceptance of each source; only
/// taking it away costs the writer time. Accepting and delivering know nothing of it: there is no
/// column or index that they would have to keep.
class Retention {
public:
    Retention(Writer& writer, Readers& readers, const Names& names);
    /// As Store::purge(). A source that was named and is not any more keeps the times that it had
    /// last.
    std::size_t purge(Time now, std::span<const Keep> keep, std::size_t most);

private:
    enum Stage : int { bodies = 1, metadata = 2 };
    struct Task {
        Stage stage;
        std::int64_t source;
        Milliseconds age;
        Time now;
    };
    /// What was found in one portion.
    struct Found {
        std::vector<std::uint64_t> old, early;  ///< to be taken; passed, but not to be taken yet
        std::uint64_t cursor = 0;
        bool end = true;
    };
    /// Where the second look at those passed is; only in memory, a restart begins it again.
    struct SecondLook {
        std::uint64_t cursor = 0;
        Time next{};
    };

    std::vector<Keep> withFormer(std::span<const Keep> keep);
    void load();
    std::size_t purge(const Task& task, std::size_t most);
    std::size_t first(const Task& task, std::size_t most);
    std::size_t second(const Task& task, std::size_t most);
    Found findAlong(const Task& task, std::size_t most);
    Found findPassed(const Task& task, std::uint64_t after, std::size_t most);
    /// @return whether there is more room to give back
    bool giveBack();

    Writer& writer_;
    Readers& readers_;
    const Names& names_;
    std::mutex mutex_;  ///< guards all below; one purge at a time
    std::map<std::pair<int, std::int64_t>, SecondLook> second_;
    bool loaded_ = false;
    std::map<std::string, std::pair<Milliseconds, Milliseconds>> last_;  ///< of each source
};

}  // namespace gateway
