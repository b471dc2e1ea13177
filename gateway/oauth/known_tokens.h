/// @file  Tokens that were found good, so that the next request with one costs no signature.
#pragma once

#include <array>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "access/token_reader.h"
#include "gateway/time.h"
#include "oauth/issuer.h"

namespace gateway::oauth {

/// What a good token said, and what is asked of it each time.
struct GoodToken {
    std::shared_ptr<const Token> token;
    const Issuer* issuer = nullptr;
    std::shared_ptr<const KeySet> keys;  ///< that its signature was verified with
    std::optional<Time> until;           ///< `exp`
    std::string id;                      ///< `jti`; may be empty
    Time issued;                         ///< `iat`; the epoch when it has none
    std::string boundTo;  ///< SHA-256 of a certificate, in hexadecimal; empty: bound to none
};

/// Many threads. Bounded: the ones that nobody showed for long go.
class KnownTokens {
public:
    using Digest = std::array<unsigned char, 32>;  ///< SHA-256 of the token
    static constexpr std::size_t kMost = 20'000;

    explicit KnownTokens(std::size_t most = kMost) : half_(most / 2) {}

    static Digest digestOf(const std::string& token);
    std::shared_ptr<const GoodToken> find(const Digest& token);
    void keep(const Digest& token, std::shared_ptr<const GoodToken> good);
    std::size_t size() const;

private:
    struct Hash {
        std::size_t operator()(const Digest& digest) const {
            std::size_t hash = 0;
            std::memcpy(&hash, digest.data(), sizeof hash);
            return hash;
        }
    };
    using Map = std::unordered_map<Digest, std::shared_ptr<const GoodToken>, Hash>;

    const std::size_t half_;
    mutable std::mutex mutex_;  ///< guards both
    Map young_, old_;           ///< what is asked for moves to the young; full, they become the old
};

}  // namespace gateway::oauth
