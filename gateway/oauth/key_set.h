/// @file  The public keys of an issuer (RFC 7517 §5).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/error.h"
#include "oauth/jws.h"

namespace gateway::oauth {

/// The members of a key that everybody may know.
Json publicHalf(const json_t* key);

class KeySet {
public:
    static constexpr std::size_t kMost = 100;  ///< keys in one set

    /// Takes the keys that can sign with one of our algorithms, their public halves alone.
    /// @throws Error(rejected) for a text that is no set, or has no such key
    explicit KeySet(const std::string& text);

    /// Those that a token may be signed with: of its key id, or of any where it has none.
    std::vector<const json_t*> candidates(Algorithm algorithm, std::string_view kid) const;
    std::size_t size() const { return keys_.size(); }
    /// A private half stood in it, which is everybody's now.
    bool holdsPrivate() const { return holdsPrivate_; }
    friend bool operator==(const KeySet& a, const KeySet& b) { return a.text_ == b.text_; }

private:
    struct Key {
        std::string kid;
        Json jwk;
    };
    std::string text_;
    std::vector<Key> keys_;
    bool holdsPrivate_ = false;
};

}  // namespace gateway::oauth
