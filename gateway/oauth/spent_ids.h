/// @file  Ids of tokens that are good once.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "gateway/time.h"

namespace gateway::oauth {

/// Many threads. In memory: a token that was issued before this gateway began is not known to be
/// new, and is told apart by its time (`began`).
class SpentIds {
public:
    static constexpr std::size_t kMost = 100'000;

    enum class Verdict { fresh, spent, full };

    explicit SpentIds(Time began = currentTime(), std::size_t most = kMost)
        : began_(began), most_(most) {}

    /// @param by     the request that shows it; the same one may show it again. Empty: any other
    /// @param until  when the token ends by itself, and its id need not be remembered any more
    Verdict spend(const std::string& id, std::string_view by, Time until, Time now);
    Time began() const { return began_; }

private:
    struct Spent {
        std::string by;
        Time until;
    };
    void forget(Time now);

    const Time began_;
    const std::size_t most_;
    std::mutex mutex_;  ///< guards all below
    std::unordered_map<std::string, Spent> spent_;
    std::multimap<Time, std::string> ends_;
};

}  // namespace gateway::oauth
