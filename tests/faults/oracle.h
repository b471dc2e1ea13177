/// @file  What was sent, what was acknowledged, what arrived and in which order: the one judge of
/// all scenarios.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace faults {

/// Planted in every message: nobody may read them outside of the store.
inline constexpr std::string_view kPlantedName = "ZZPLANTEE";
inline constexpr std::string_view kPlantedIns = "199997654321098";

/// Whether a text holds what was planted.
bool leaks(std::string_view text);

/// One message of a load: "L12N345" is number 345 of lane 12, which is one invented person.
struct Numbered {
    int lane = 0;
    int serial = 0;
    std::string id() const;
    static bool read(std::string_view id, Numbered& into);
};

/// An invented ADT^A01 with what is planted, of about that size; the same bytes each time.
std::string admissionOf(const Numbered& one, std::size_t bytes);

/// MSH-10.
std::string controlIdOf(std::string_view message);

struct Verdict {
    std::uint64_t acknowledged = 0, arrived = 0;
    std::uint64_t lost = 0, disorder = 0, altered = 0, duplicates = 0;
    std::string example;  ///< of the worst, an id
};

class Oracle {
public:
    /// @param copies  to how many partners each message goes
    explicit Oracle(int copies = 1) : arrivals_(static_cast<std::size_t>(copies)) {}

    void sent(const std::string& id, std::string_view body);
    void acknowledged(const std::string& id);
    /// All that is acknowledged now.
    std::set<std::string> allAcknowledged() const;
    /// Only these count as acknowledged any more: what came after them went with its disk.
    void onlyAcknowledged(const std::set<std::string>& ids);
    /// One whole message at a partner.
    void arrived(std::size_t partner, std::string_view id, std::string_view body);

    std::uint64_t acknowledged() const;
    std::uint64_t arrived() const;
    /// Acknowledged, and not yet at all partners; those of `without` are not asked.
    std::uint64_t missing(std::size_t without = SIZE_MAX) const;
    Verdict judge(std::size_t without = SIZE_MAX) const;
    /// Milliseconds from the first sending to the arrival at each partner but the first, sorted;
    /// since the last call.
    std::vector<double> latencies();

private:
    using Clock = std::chrono::steady_clock;

    struct Message {
        std::size_t hash = 0;
        Clock::time_point sent{};
        bool acknowledged = false;
    };
    struct Arrived {
        std::unordered_map<std::string, unsigned> times;
        std::map<int, int> newest;  ///< serial by lane
        std::uint64_t disorder = 0, altered = 0, duplicates = 0;
        std::uint64_t awaited = 0;  ///< acknowledged ones among them
        std::string example;
    };

    mutable std::mutex mutex_;  // guards the rest
    std::unordered_map<std::string, Message> sent_;
    std::vector<Arrived> arrivals_;
    std::uint64_t acknowledged_ = 0;
    std::vector<double> latencies_;
};

}  // namespace faults
