/// @file  Ids of messages and deliveries: numbers of this store, spelled so that they are unique
/// over all stores.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gateway {

/// Digits and capitals without I, L, O and U; no leading zeros.
std::string toBase32(std::uint64_t number);
std::optional<std::uint64_t> fromBase32(std::string_view text);

class Ids {
public:
    static constexpr std::size_t kPrefix = 5;

    Ids() = default;
    explicit Ids(std::string prefix) : prefix_(std::move(prefix)) {}
    /// A random prefix.
    static Ids make();

    const std::string& prefix() const { return prefix_; }
    /// "7K2QF-1A"
    std::string message(std::uint64_t seq) const;
    std::optional<std::uint64_t> message(std::string_view id) const;
    /// "7K2QF1A": 18 characters at most, fit for a control id.
    std::string delivery(std::uint64_t number) const;
    std::optional<std::uint64_t> delivery(std::string_view id) const;

private:
    std::string prefix_;
};

}  // namespace gateway
