/// @file  Addresses of machines and ranges of them, IPv4 and IPv6.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gateway {

/// 16 bytes; an IPv4 address as IPv6 has it (::ffff:10.2.0.1).
using AddressBytes = std::array<std::uint8_t, 16>;

/// "10.2.0.1", "fd00::1", "::ffff:10.2.0.1"; nothing when it is none.
std::optional<AddressBytes> parsedAddress(std::string_view text);
/// The address of a peer, "10.2.0.1:40213" or "[fd00::1]:40213".
std::optional<AddressBytes> addressOfPeer(std::string_view peer);

/// "10.2.0.0/16", "fd00:12::/32", or one address.
struct AddressRange {
    AddressBytes first{};
    unsigned bits = 128;  ///< of the prefix; of an IPv4 range 96 more

    static std::optional<AddressRange> parsed(std::string_view text);
    /// Whether nothing is set after the prefix.
    bool exact() const;
    /// As it would be written with nothing set after the prefix.
    std::string text() const;
    /// Whether it lets every address of its kind in.
    bool everything() const;
};

/// To whom a range belongs: of those that hold an address, the narrowest.
class AddressRanges {
public:
    /// @return false when that very range is somebody's already
    bool add(const AddressRange& range, std::size_t whose);
    std::optional<std::size_t> find(const AddressBytes& address) const;

private:
    struct Hash {
        std::size_t operator()(const AddressBytes& bytes) const;
    };
    /// The ranges with a prefix of that length.
    struct Length {
        unsigned bits;
        std::unordered_map<AddressBytes, std::size_t, Hash> ranges;
    };
    std::vector<Length> lengths_;  ///< narrowest first
};

}  // namespace gateway
