/// @file  Who is connected, and what share of the server each has.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "http/limits.h"

namespace gateway::http {

/// All peers of one server. A peer is an address; of IPv6 the network of 64 bits, for whoever has
/// one address has all of it. Many threads.
class Peers {
public:
    using Now = std::chrono::steady_clock::time_point;

    explicit Peers(const Limits& limits) : limits_(limits) {}

    /// The peer of an address: "192.0.2.7", "2001:db8:0:1::/64", "local".
    static std::string nameOf(const std::string& host);

    /// One more connection, unless that are too many of this peer.
    bool enter(const std::string& peer);
    void leave(const std::string& peer);

    /// One more request; how long it is to wait when that are more than `requestsPerPeer` says.
    std::optional<Milliseconds> tooMany(const std::string& peer, Now now);

    /// Whether the log is to hear of one more refusal of this peer, and of how many it has not
    /// heard: a peer that is refused without end fills no disk.
    std::optional<std::uint64_t> tells(const std::string& peer, Now now);

    /// A request in hand, for as long as it lives. Over `atOncePerPeer` it waits until another of
    /// that peer ends.
    class Turn {
    public:
        Turn(Peers& peers, const std::string& peer, Now until);
        ~Turn();
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        /// False: it did not begin until `until`.
        bool begun() const { return begun_; }

    private:
        Peers& peers_;
        const std::string& peer_;
        bool begun_ = false;
    };

    /// Bytes of large bodies that are being read: false when this peer's share or that of all is
    /// used up.
    bool hold(const std::string& peer, std::uint64_t bytes);
    void giveBack(const std::string& peer, std::uint64_t bytes);

private:
    struct Peer {
        unsigned connections = 0;
        unsigned inHand = 0;
        std::uint64_t held = 0;
        double tokens = 0;  ///< requests that it may make at once
        Now counted{};
        unsigned told = 0;  ///< refusals, since `toldSince`
        std::uint64_t untold = 0;
        Now toldSince{};
    };
    Peer& of(const std::string& peer);
    void forgetOld(Now now);

    const Limits limits_;
    std::mutex mutex_;  ///< guards all below
    std::condition_variable ended_;
    std::map<std::string, Peer> peers_;
    std::uint64_t held_ = 0;
    unsigned waiting_ = 0;
    Now forgotten_{};
};

}  // namespace gateway::http
