#include "http/peers.h"

#include <Poco/Net/IPAddress.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace gateway::http {
namespace {
using Seconds = std::chrono::duration<double>;
constexpr std::chrono::seconds kForgetEvery{10};
/// Lines of the log for the refusals of one peer.
constexpr unsigned kTold = 20;
constexpr std::chrono::seconds kToldPer{60};
}  // namespace

std::string Peers::nameOf(const std::string& host) {
    Poco::Net::IPAddress address;
    if (!Poco::Net::IPAddress::tryParse(host, address) ||
        address.family() != Poco::Net::IPAddress::IPv6)
        return host;
    if (address.isIPv4Mapped()) return host;
    return (address & Poco::Net::IPAddress(64, Poco::Net::IPAddress::IPv6)).toString() + "/64";
}

/// Under the lock.
Peers::Peer& Peers::of(const std::string& peer) {
    const auto [at, fresh] = peers_.try_emplace(peer);
    if (fresh && limits_.requestsPerPeer) at->second.tokens = limits_.requestsPerPeer->most;
    return at->second;
}

bool Peers::enter(const std::string& peer) {
    const std::lock_guard lock(mutex_);
    Peer& one = of(peer);
    if (one.connections >= limits_.perPeer) return false;
    ++one.connections;
    return true;
}

void Peers::leave(const std::string& peer) {
    const std::lock_guard lock(mutex_);
    --of(peer).connections;
    forgetOld(std::chrono::steady_clock::now());
}

/// Who is away and has had time enough to have all its requests back is as if it had never been
/// here.
void Peers::forgetOld(Now now) {
    if (now - forgotten_ < kForgetEvery) return;
    forgotten_ = now;
    const Milliseconds whole = std::max<Milliseconds>(
        kToldPer, limits_.requestsPerPeer ? limits_.requestsPerPeer->per : Milliseconds(0));
    std::erase_if(peers_, [&](const auto& one) {
        const Peer& peer = one.second;
        return peer.connections == 0 && peer.inHand == 0 &&
               now - std::max(peer.counted, peer.toldSince) > whole;
    });
}

std::optional<Milliseconds> Peers::tooMany(const std::string& peer, Now now) {
    if (!limits_.requestsPerPeer) return std::nullopt;
    const auto& rate = *limits_.requestsPerPeer;
    const double each = Seconds(rate.per).count() / rate.most;  // seconds until one more
    const std::lock_guard lock(mutex_);
    Peer& one = of(peer);
    if (one.counted != Now())
        one.tokens =
            std::min<double>(rate.most, one.tokens + Seconds(now - one.counted).count() / each);
    one.counted = now;
    if (one.tokens < 1) return std::chrono::ceil<Milliseconds>(Seconds((1 - one.tokens) * each));
    one.tokens -= 1;
    return std::nullopt;
}

Peers::Turn::Turn(Peers& peers, const std::string& peer, Now until) : peers_(peers), peer_(peer) {
    std::unique_lock lock(peers_.mutex_);
    Peer& one = peers_.of(peer);
    const auto room = [&] { return one.inHand < peers_.limits_.atOncePerPeer; };
    if (!room()) {
        ++peers_.waiting_;
        peers_.ended_.wait_until(lock, until, room);
        --peers_.waiting_;
    }
    begun_ = room();
    if (begun_) ++one.inHand;
}

Peers::Turn::~Turn() {
    if (!begun_) return;
    const std::lock_guard lock(peers_.mutex_);
    --peers_.of(peer_).inHand;
    if (peers_.waiting_ > 0) peers_.ended_.notify_all();
}

std::optional<std::uint64_t> Peers::tells(const std::string& peer, Now now) {
    const std::lock_guard lock(mutex_);
    Peer& one = of(peer);
    if (now - one.toldSince > kToldPer) {
        one.toldSince = now;
        one.told = 0;
    }
    if (one.told >= kTold) {
        ++one.untold;
        return std::nullopt;
    }
    ++one.told;
    return std::exchange(one.untold, 0);
}

bool Peers::hold(const std::string& peer, std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    Peer& one = of(peer);
    const std::uint64_t share = std::max(limits_.bigBodies / 2, limits_.bodyBytes);
    if (held_ + bytes > limits_.bigBodies || one.held + bytes > share) return false;
    held_ += bytes;
    one.held += bytes;
    return true;
}

void Peers::giveBack(const std::string& peer, std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    of(peer).held -= bytes;
    held_ -= bytes;
}

}  // namespace gateway::http
