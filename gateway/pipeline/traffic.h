/// @file  What has come in and gone out since the start, by source and destination.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/store.h"
#include "gateway/time.h"

namespace gateway {

/// Figures for whoever watches; no decision rests on them. Many threads.
class Traffic {
public:
    struct In {
        std::uint64_t accepted = 0;   ///< new ones
        std::uint64_t refused = 0;    ///< at the door, for what they hold
        std::uint64_t later = 0;      ///< told to come later
        std::uint64_t repeats = 0;    ///< known already
        std::uint64_t reused = 0;     ///< an id that came before with other content
        std::uint64_t conflicts = 0;  ///< refused for that
        Time heard{};                 ///< when something came, taken or not; zero: not yet
    };
    struct Out {
        std::uint64_t delivered = 0, refused = 0, unavailable = 0, uncertain = 0;
        Time tried{};     ///< zero: not yet
        Time answered{};  ///< delivered or refused: somebody was there
        Time delivery{};  ///< taken
    };
    using Ins = std::map<std::string, In, std::less<>>;
    using Outs = std::map<std::string, Out, std::less<>>;

    /// What became of one arrival.
    enum class Entry { accepted, refused, later, repeat, conflict };
    struct Came {
        std::string source;
        Entry entry;
    };
    void came(const std::vector<Came>& all, Time now);
    void reused(const std::string& source);
    /// A try ended so.
    void tried(const std::string& destination, DeliveryState became, Time now);

    Ins in() const;
    Outs out() const;

private:
    mutable std::mutex mutex_;  ///< guards both
    Ins in_;
    Outs out_;
};

}  // namespace gateway
