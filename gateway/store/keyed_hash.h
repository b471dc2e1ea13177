/// @file  Keyed hashes: what makes identifiers of persons comparable without being readable.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace gateway {

/// HMAC-SHA-256 cut to 16 bytes. Many threads.
class KeyedHash {
public:
    static constexpr std::size_t kSize = 16;
    static constexpr std::size_t kKeySize = 32;
    /// Keeps hashes of one text for different uses apart.
    enum class Purpose : char {
        orderKey = 'o',
        subject = 's',
        repeat = 'r',
        content = 'c',
        control = 'i',
        lane = 'l'
    };

    explicit KeyedHash(std::string_view key);
    ~KeyedHash();
    static std::string makeKey();

    std::string operator()(Purpose purpose, std::string_view text) const;
    /// The first 8 bytes of a hash as a number.
    static std::uint64_t brief(std::string_view hash);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// Makes keys from a key: all of HMAC-SHA-256. Many threads.
class KeyMaker {
public:
    explicit KeyMaker(std::string_view key);
    ~KeyMaker();
    std::array<unsigned char, 32> make(std::string_view from) const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace gateway
