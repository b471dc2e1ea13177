/// @file  The keys of a store: what its rows are sealed with, and what its hashes are made with.
///
/// As text, in a file or an environment variable, one key a line (or separated by commas):
///   seal 1 BASE64      32 bytes of AES-256-GCM; the number stands in each row that it sealed
///   hash BASE64        32 bytes of HMAC-SHA-256
/// What begins with # is a comment. The seal key with the highest number seals what is new; the
/// others still open what they sealed.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace gateway {

struct StoreKeys {
    std::map<std::uint16_t, std::string> seal;
    std::string hash;

    std::uint16_t newest() const { return seal.empty() ? 0 : seal.rbegin()->first; }
};

/// Where the keys are: `env` when it is set, else `file`.
struct KeyPlace {
    std::string file;
    std::string env;
};

/// New keys. @param hash  of a store that had one already; empty: a new one
/// @throws Error(unavailable)
StoreKeys makeStoreKeys(std::string hash = {});
/// A new key to seal with, beside those that are there.
void addSealKey(StoreKeys& keys);

/// @throws Error(unavailable) with file and line; never repeats what it found
StoreKeys parseStoreKeys(std::string_view text, const std::string& where);
std::string toText(const StoreKeys& keys);

/// Nothing when there are none at that place. @throws Error(unavailable)
std::string readKeyText(const KeyPlace& place);
/// Makes file and folder when they are missing; readable by its owner alone, durable on return.
/// @throws Error(unavailable)
void writeKeyFile(const std::string& file, const StoreKeys& keys);

}  // namespace gateway
