#include "access/address_range.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace gateway {
namespace {

constexpr AddressBytes kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0};
constexpr unsigned kMappedBits = 96;

bool isMapped(const AddressBytes& bytes) {
    return std::equal(bytes.begin(), bytes.begin() + kMappedBits / 8, kMapped.begin());
}

AddressBytes masked(AddressBytes bytes, unsigned bits) {
    for (unsigned i = 0; i < bytes.size(); ++i) {
        const unsigned kept = bits > i * 8 ? std::min(bits - i * 8, 8U) : 0;
        bytes[i] = static_cast<std::uint8_t>(bytes[i] & (0xff00U >> kept));
    }
    return bytes;
}

}  // namespace

std::optional<AddressBytes> parsedAddress(std::string_view text) {
    char copy[INET6_ADDRSTRLEN + 1];
    if (text.empty() || text.size() >= sizeof copy) return std::nullopt;
    copy[text.copy(copy, sizeof copy - 1)] = '\0';
    AddressBytes bytes = kMapped;
    if (::inet_pton(AF_INET, copy, bytes.data() + kMappedBits / 8) == 1) return bytes;
    if (::inet_pton(AF_INET6, copy, bytes.data()) == 1) return bytes;
    return std::nullopt;
}

std::optional<AddressBytes> addressOfPeer(std::string_view peer) {
    const std::size_t colon = peer.rfind(':');
    if (colon == peer.npos) return std::nullopt;
    std::string_view host = peer.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    return parsedAddress(host.substr(0, host.find('%')));  // of a link-local one, its interface
}

std::optional<AddressRange> AddressRange::parsed(std::string_view text) {
    const std::size_t slash = text.find('/');
    const std::optional<AddressBytes> first = parsedAddress(text.substr(0, slash));
    if (!first) return std::nullopt;
    const bool four = text.find(':') == text.npos;
    AddressRange range{*first, 128};
    if (slash == text.npos) return range;
    const std::string_view length = text.substr(slash + 1);
    const char* const end = length.data() + length.size();
    unsigned bits = 0;
    const auto [stop, error] = std::from_chars(length.data(), end, bits);
    if (length.empty() || error != std::errc() || stop != end || bits > (four ? 32U : 128U))
        return std::nullopt;
    range.bits = bits + (four ? kMappedBits : 0);
    return range;
}

bool AddressRange::exact() const { return masked(first, bits) == first; }

bool AddressRange::everything() const {
    return bits == 0 || (bits == kMappedBits && isMapped(first));
}

std::string AddressRange::text() const {
    const AddressBytes begin = masked(first, bits);
    const bool four = bits >= kMappedBits && isMapped(begin);
    char text[INET6_ADDRSTRLEN];
    if (four)
        ::inet_ntop(AF_INET, begin.data() + kMappedBits / 8, text, sizeof text);
    else
        ::inet_ntop(AF_INET6, begin.data(), text, sizeof text);
    return std::string(text) + "/" + std::to_string(four ? bits - kMappedBits : bits);
}

std::size_t AddressRanges::Hash::operator()(const AddressBytes& bytes) const {
    std::uint64_t halves[2];
    std::memcpy(halves, bytes.data(), sizeof halves);
    return std::hash<std::uint64_t>{}(halves[0] * 0x9E3779B97F4A7C15ULL ^ halves[1]);
}

bool AddressRanges::add(const AddressRange& range, std::size_t whose) {
    auto at = std::find_if(lengths_.begin(), lengths_.end(),
                           [&](const Length& one) { return one.bits <= range.bits; });
    if (at == lengths_.end() || at->bits != range.bits) at = lengths_.insert(at, {range.bits, {}});
    return at->ranges.emplace(masked(range.first, range.bits), whose).second;
}

std::optional<std::size_t> AddressRanges::find(const AddressBytes& address) const {
    for (const Length& length : lengths_) {
        const auto found = length.ranges.find(masked(address, length.bits));
        if (found != length.ranges.end()) return found->second;
    }
    return std::nullopt;
}

}  // namespace gateway
