/// @file  What lies in the file is sealed: AES-256-GCM under a key of its own for each value.
///
/// A sealed value is the number of its key (2 bytes, little endian), 16 random bytes from which the
/// value's own key is made (HMAC-SHA-256 under the store's key), 12 random bytes of GCM nonce, the
/// encrypted bytes, and GCM's tag of 16 bytes. So no nonce can come twice under one key, however
/// many values there are. What the value is and which row it belongs to is authenticated: a value
/// that was changed, or moved to another row, is not opened.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "store/sqlite.h"
#include "store/store_keys.h"

namespace gateway {

/// Many threads.
class Seal {
public:
    enum class Purpose : char {
        body = 'b',      ///< one chunk, by its id
        facts = 'f',     ///< of a message
        message = 'm',   ///< its reason
        delivery = 'd',  ///< its reason
        answer = 'a',    ///< the summary of a partner's answer, of a delivery
        event = 'e',     ///< what stands on a timeline, by the event's number
        entry = 'p',     ///< what a policy knows of a plan, by the number of its row
        note = 'n',      ///< of the notebook, by its key's checksum
        check = 'c'      ///< proves that a key is the store's
    };
    static constexpr std::size_t kOverhead = 2 + 16 + 12 + 16;

    /// @param encrypt  false: new values are written as they are; sealed ones are still opened
    Seal(StoreKeys keys, bool encrypt);
    ~Seal();

    /// The number of the key that seals what is new; 0: nothing is sealed.
    std::uint16_t current() const;
    /// Whether that key is here.
    bool has(std::uint16_t key) const;
    /// Other keys from now on; values in work end with those they began with.
    void replace(StoreKeys keys);

    /// @throws Error(internal) when the library fails
    std::string seal(Purpose purpose, std::uint64_t row, std::string_view plain) const;
    /// @throws Error(unavailable) when it was changed or its key is not here
    std::string open(Purpose purpose, std::uint64_t row, std::string_view sealed) const;
    static std::uint16_t keyOf(std::string_view sealed);

    /// A column that holds a text as it is, or a sealed one as BLOB; nothing for an empty one.
    sqlite::Cell cell(Purpose purpose, std::uint64_t row, std::string_view plain) const;
    std::string text(Purpose purpose, std::uint64_t row, const sqlite::Query& query,
                     int column) const;
    /// A sentence in both languages in such a column.
    sqlite::Cell words(Purpose purpose, std::uint64_t row, const Reason& reason) const;
    Reason reason(Purpose purpose, std::uint64_t row, const sqlite::Query& query, int column) const;

private:
    struct Ring;
    std::shared_ptr<const Ring> ring() const;

    const bool encrypt_;
    mutable std::mutex mutex_;  ///< guards ring_
    std::shared_ptr<const Ring> ring_;
};

/// Texts side by side in one column.
std::string joined(std::initializer_list<std::string_view> parts);
/// The parts of such a column; as many as asked for.
std::vector<std::string> parted(std::string_view joined, std::size_t count);

/// 8 bytes that tell damage in what is not sealed.
std::string checksum(std::string_view bytes);

}  // namespace gateway
