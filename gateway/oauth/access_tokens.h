/// @file  Access tokens for this gateway as a client (RFC 6749 §4.4), fetched once for many and
/// kept until shortly before they end.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "http/client.h"
#include "oauth/client_credentials.h"
#include "oauth/key_source.h"

namespace gateway::oauth {

/// Many threads: one of them asks the server, the others wait for what it gets.
class AccessTokens {
public:
    /// @throws Error(rejected) for TLS files that are not good
    explicit AccessTokens(ClientCredentials credentials, WallClock now = currentTime);

    /// @throws Error(unavailable), whatever the server says or does not say
    std::string token(http::Deadline deadline);
    /// That one is not taken any more: the next who asks gets another.
    void drop(const std::string& token) noexcept;
    void closeIdle() noexcept { client_.closeIdle(); }

private:
    struct Kept {
        std::string token;
        Time until;  ///< shortly before its end
    };
    using Lock = std::unique_lock<std::mutex>;
    std::string ask(Lock& lock, http::Deadline deadline);
    Kept fetch(http::Deadline deadline);
    std::string form() const;
    std::string assertion() const;
    Kept readAnswer(const http::Response& answer) const;

    const ClientCredentials credentials_;
    const WallClock now_;
    http::Client client_;

    std::mutex mutex_;  ///< guards all below
    std::condition_variable changed_;
    std::optional<Kept> kept_;
    std::optional<Error> failure_;  ///< of the last that was asked for
    bool asking_ = false;
    std::uint64_t asked_ = 0;  ///< how often, ended ones
};

}  // namespace gateway::oauth
